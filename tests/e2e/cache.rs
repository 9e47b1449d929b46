//! Where `scripts/setup.sh tests` puts what the tests need and no package manager has.

use std::env;
use std::path::PathBuf;

/// A file in there.
pub fn file(name: &str) -> PathBuf {
    let cache = env::var_os("DEEPMELODY_CACHE").map(PathBuf::from);
    let home =
        || PathBuf::from(env::var_os("HOME").expect("a home folder")).join(".cache/deepmelody");
    cache.unwrap_or_else(home).join(name)
}

/// A program: the one in there, or else the machine's own.
pub fn program(name: &str) -> PathBuf {
    let path = file("bin").join(name);
    match path.is_file() {
        true => path,
        false => PathBuf::from(name),
    }
}
