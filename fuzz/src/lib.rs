//! What the fuzz targets share. The companion's readers are compiled in from their sources, since the feature `native`
//! would bring the network along, and with it minutes of compiling.

use std::{
    fs,
    path::{Path, PathBuf},
    process,
};

use deepmelody::{analysis, audio, digest, tags};

#[path = "../../src/native"]
#[allow(
    dead_code,
    unused_imports,
    reason = "the targets need only parts of it"
)]
pub mod native {
    //! The companion's readers.
    pub mod collection;
    pub mod decode;
    pub mod text;
}

/// Writes `bytes` into a file of this process, for readers that take a path. It lies in memory where the system lets it.
pub fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let memory = Path::new("/dev/shm");
    let folder = match memory.is_dir() {
        true => memory.to_owned(),
        false => std::env::temp_dir(),
    };
    let folder = folder.join(format!("deepmelody-fuzz-{}", process::id()));
    let path = folder.join(name);
    if !folder.is_dir() {
        fs::create_dir(&folder).expect("a folder");
    }
    fs::write(&path, bytes).expect("a file");
    path
}
