//! Keeps commands from overwriting their own inputs, whatever name or link leads to them, and, without `--force`, files
//! that this program did not write.

use std::{
    fs::{self, File},
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use anyhow::ensure;

use super::CommandContext;

/// As much of a file's beginning and end as it takes to recognise it.
const RECOGNISED_BYTES: u64 = 64 * 1024;

/// A kind of file that commands write, and replace where it is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A catalogue, or the head of a split one.
    Catalogue,
    /// A catalogue as CSV or Parquet.
    Table,
    /// Anything else: nothing in the file shows which program wrote it.
    Unmarked,
}

/// What a command reads, and whether the user allows it to replace files of others.
#[derive(Debug)]
pub struct Guard {
    inputs: Vec<PathBuf>,
    replaces_all: bool,
}

impl Guard {
    /// Guards these inputs.
    pub fn new<P: Into<PathBuf>>(
        context: &CommandContext,
        inputs: impl IntoIterator<Item = P>,
    ) -> Self {
        Self {
            inputs: inputs.into_iter().map(Into::into).collect(),
            replaces_all: context.replaces_all(),
        }
    }

    /// Refuses to write a file of this kind to `path`; to be asked before the work begins.
    ///
    /// # Errors
    /// When an input lies there, or another file that this program did not write.
    pub fn check(&self, path: &Path, kind: Kind) -> anyhow::Result<()> {
        let name = path.display();
        if fs::symlink_metadata(path).is_err() {
            return Ok(());
        }
        ensure!(!path.is_dir(), "{name} is a folder: expected a file name");
        if let Some(input) = self.inputs.iter().find(|input| is_same_file(input, path)) {
            let input = input.display();
            anyhow::bail!("{name} would replace {input}, which is read here: write elsewhere");
        }
        ensure!(
            self.replaces_all || is_ours(path, kind),
            "{name} is there already, and this program does not know it for its own: write elsewhere, or allow with \
             --force that it is replaced"
        );
        Ok(())
    }
}

/// Whether two paths lead to one file, through links or other spellings.
fn is_same_file(a: &Path, b: &Path) -> bool {
    let canonical = |path: &Path| fs::canonicalize(path).ok();
    identity(a).is_some_and(|a| Some(a) == identity(b))
        || canonical(a).is_some_and(|a| Some(a) == canonical(b))
}

/// Device and number of the file: hard links share them.
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(_path: &Path) -> Option<(u64, u64)> {
    None
}

/// Whether the file is empty or of the kind that this program writes.
fn is_ours(path: &Path, kind: Kind) -> bool {
    let Ok((mut head, tail)) = ends(path) else {
        return false;
    };
    if kind == Kind::Catalogue {
        // It may have been saved as UTF-16.
        head.retain(|&byte| byte != 0);
    }
    let contains = |bytes: &[u8], text: &str| {
        let mut windows = bytes.windows(text.len());
        windows.any(|window| window == text.as_bytes())
    };
    head.is_empty()
        || match kind {
            Kind::Catalogue => contains(&head, "\"deepmelody-"),
            Kind::Table if head.starts_with(b"PAR1") => contains(&tail, "model_id"),
            Kind::Table => head.starts_with(b"id,title,artist,album,licence,year,url,"),
            Kind::Unmarked => false,
        }
}

fn ends(path: &Path) -> std::io::Result<(Vec<u8>, Vec<u8>)> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut read = |start: u64| -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(start))?;
        (&mut file).take(RECOGNISED_BYTES).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    Ok((read(0)?, read(length.saturating_sub(RECOGNISED_BYTES))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(inputs: &[&Path]) -> Guard {
        Guard {
            inputs: inputs.iter().map(|path| path.to_path_buf()).collect(),
            replaces_all: false,
        }
    }

    #[test]
    fn inputs_are_safe_under_every_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = |name: &str| folder.path().join(name);
        fs::write(place("song.wav"), "sound").expect("a file");
        fs::create_dir(place("sub")).expect("a folder");
        fs::hard_link(place("song.wav"), place("hard.wav")).expect("a link");
        let song = place("song.wav");
        let guard = Guard {
            replaces_all: true,
            ..guard(&[&song])
        };
        let refused = |path: &Path| guard.check(path, Kind::Unmarked).expect_err("refused");
        for name in ["song.wav", "sub/../song.wav", "hard.wav"] {
            let message = refused(&place(name)).to_string();
            assert!(message.contains("which is read here"), "{message}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&song, place("soft.wav")).expect("a link");
            refused(&place("soft.wav"));
        }
        refused(&place("sub"));
        fs::write(place("other.wav"), "sound").expect("a file");
        guard
            .check(&place("other.wav"), Kind::Unmarked)
            .expect("allowed by --force");
        guard.check(&place("new.wav"), Kind::Unmarked).expect("new");
    }

    #[test]
    fn only_files_of_ours_are_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        let is_replaced = |contents: &str, kind| {
            fs::write(&path, contents).expect("a file");
            guard(&[]).check(&path, kind).is_ok()
        };
        let catalogue = "\u{feff} {\"format\":\"deepmelody-catalogue\",\"version\":1}";
        assert!(is_replaced(catalogue, Kind::Catalogue));
        assert!(!is_replaced(catalogue, Kind::Table));
        assert!(!is_replaced("Dear diary,", Kind::Catalogue));
        assert!(is_replaced("", Kind::Unmarked));
        assert!(is_replaced(
            "id,title,artist,album,licence,year,url,duration_secs\n",
            Kind::Table
        ));
        assert!(!is_replaced("id,title\n1,My own\n", Kind::Table));
        assert!(is_replaced("PAR1..model_id..PAR1", Kind::Table));
        assert!(!is_replaced("PAR1..PAR1", Kind::Table));
        assert!(!is_replaced("RIFF....WAVE", Kind::Unmarked));
    }
}
