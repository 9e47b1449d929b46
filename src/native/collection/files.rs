//! L7, native: audio files: finding them, naming them, telling them apart.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use anyhow::Context;
use sha2::{Digest, Sha256};

use crate::digest::hex;

/// Endings of file names, in lower case, that promise audio.
const EXTENSIONS: [&str; 14] = [
    "wav", "wave", "flac", "mp3", "ogg", "oga", "m4a", "m4b", "mp4", "aac", "aif", "aiff", "caf",
    "mka",
];

/// Hexadecimal digits of an id: 64 bits, so that among a million songs a collision is a one-in-36-million chance.
const ID_DIGITS: usize = 16;

/// All audio files of a folder, which is walked to its ends, in the order of their paths. Links to folders are not
/// followed.
///
/// # Errors
/// When a folder can't be read.
pub fn songs_in(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut songs = Vec::new();
    walk(folder, &mut songs)?;
    Ok(songs)
}

fn walk(folder: &Path, songs: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let read = || fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>();
    let mut entries =
        read().with_context(|| format!("the folder {} cannot be read", folder.display()))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder {
            walk(&path, songs)?;
        } else if promises_audio(&path) && path.is_file() {
            songs.push(path);
        }
    }
    Ok(())
}

/// By the name alone; hidden files, such as those that some systems leave beside others, promise nothing.
fn promises_audio(path: &Path) -> bool {
    let is_hidden = path
        .file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase());
    !is_hidden && extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()))
}

/// An id that depends on the file's bytes alone.
///
/// # Errors
/// When the file can't be read.
pub fn content_id(path: &Path) -> anyhow::Result<String> {
    let mut hasher = Sha256::new();
    File::open(path)
        .and_then(|mut file| io::copy(&mut file, &mut HashWriter(&mut hasher)))
        .with_context(|| format!("{} cannot be read", path.display()))?;
    let mut id = hex(&hasher.finalize());
    id.truncate(ID_DIGITS);
    Ok(id)
}

/// Feeds what is written to a hash.
struct HashWriter<'a>(&'a mut Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A title from a file's name: no ending, no leading track number, underscores as spaces, a capital first.
pub fn readable_name(path: &Path) -> String {
    let stem = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().replace('_', " "))
        .unwrap_or_default();
    let words = stem.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = without_track_number(&words);
    let mut characters = name.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => "Untitled".to_owned(),
    }
}

/// "07 - Song", "07. Song" and "07 Song" without the number; "1999" and "99 Balloons Later" keep theirs.
fn without_track_number(name: &str) -> &str {
    let digits = name.chars().take_while(char::is_ascii_digit).count();
    let rest = &name[digits..];
    let title = rest.trim_start_matches(['.', '-', ' ', ')']);
    let is_numbered =
        rest.starts_with(['.', '-', ')']) || rest.starts_with(" -") || name.starts_with('0');
    if (1..=3).contains(&digits) && is_numbered && !title.is_empty() {
        title
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_become_titles() {
        for (file, title) in [
            ("a/07 - blue_sky.mp3", "Blue sky"),
            ("07. Song.flac", "Song"),
            ("03 The End.ogg", "The End"),
            ("1999.wav", "1999"),
            ("99 Balloons.wav", "99 Balloons"),
            ("12-13.wav", "13"),
            ("élan.wav", "Élan"),
            ("___.wav", "Untitled"),
        ] {
            assert_eq!(readable_name(Path::new(file)), title, "{file}");
        }
    }

    #[test]
    fn folders_are_walked_in_order_and_other_files_passed_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let make = |name: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(&path, name).expect("a file");
            path
        };
        make("notes.txt");
        let expected = [make("a/2.MP3"), make("a/b/1.flac"), make("c.ogg")];
        make("cover.jpg");
        make(".hidden.mp3");
        assert_eq!(songs_in(folder.path()).expect("songs"), expected);
        assert!(songs_in(&folder.path().join("nowhere")).is_err());
    }

    #[test]
    fn ids_depend_on_contents_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let id = |name: &str, contents: &str| {
            let path = folder.path().join(name);
            fs::write(&path, contents).expect("a file");
            content_id(&path).expect("an id")
        };
        assert_eq!(id("a", "x"), id("b", "x"));
        assert_ne!(id("a", "x"), id("a", "y"));
        assert_eq!(id("c", "").len(), ID_DIGITS);
    }
}
