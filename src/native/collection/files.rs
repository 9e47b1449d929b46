//! Audio files: finding them in folders, recognising them, naming them.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use anyhow::Context;
use sha2::{Digest, Sha256};

use crate::digest::hex;

/// Endings of file names, in lower case, of audio files. Those that cannot be read are reported.
const EXTENSIONS: [&str; 46] = [
    "wav", "wave", "bwf", "rf64", "w64", "flac", "mp1", "mp2", "mp3", "mpga", "ogg", "oga", "ogx",
    "ogv", "opus", "spx", "m4a", "m4b", "m4r", "m4v", "mp4", "mov", "aac", "adts", "aif", "aiff",
    "aifc", "caf", "mka", "mkv", "weba", "webm", "wma", "asf", "ape", "wv", "mpc", "tta", "ac3",
    "dts", "amr", "au", "dsf", "dff", "avi", "3gp",
];
/// First bytes that only audio files have: they count whatever the file's name.
const SIGNATURES: [(usize, &[u8]); 8] = [
    (0, b"fLaC"),
    (0, b"OggS"),
    (0, b"ID3"),
    (0, b"caff"),
    (8, b"WAVE"),
    (8, b"AIFF"),
    (8, b"AIFC"),
    (4, b"ftypM4A"),
];

/// Hexadecimal digits of an id: 64 bits, so that among a million songs a collision is a one-in-36-million chance.
const ID_DIGITS: usize = 16;

/// What a folder holds.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// Audio files in the order of their paths.
    pub(super) songs: Vec<PathBuf>,
    /// Folders that can't be read.
    pub(super) problems: Vec<String>,
}

/// All audio files of a folder, which is walked to its ends. Links to folders are not followed; folders that can't be
/// read are reported, and the others read.
pub(super) fn songs_in(folder: &Path) -> Walked {
    let mut walked = Walked::default();
    walk(folder, &mut walked);
    walked
}

fn walk(folder: &Path, walked: &mut Walked) {
    let read = || fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>();
    let mut entries = match read() {
        Ok(entries) => entries,
        Err(error) => {
            let problem = format!("the folder {} cannot be read: {error}", folder.display());
            walked.problems.push(problem);
            return;
        }
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder {
            walk(&path, walked);
        } else if has_audio_extension(&path) && path.is_file() {
            walked.songs.push(path);
        }
    }
}

/// By its name, or else by its beginning; hidden files, such as those that some systems leave beside others, promise
/// nothing.
fn has_audio_extension(path: &Path) -> bool {
    let is_hidden = path
        .file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase());
    let is_known = extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()));
    !is_hidden && (is_known || begins_as_audio(path))
}

fn begins_as_audio(path: &Path) -> bool {
    let mut head = Vec::new();
    let is_plain = fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    // What cannot be opened is known by its name or not at all.
    let read = is_plain.then(|| {
        File::open(path)
            .and_then(|file| file.take(16).read_to_end(&mut head))
            .ok()
    });
    read.flatten().is_some()
        && SIGNATURES.iter().any(|(at, signature)| {
            head.get(*at..)
                .is_some_and(|rest| rest.starts_with(signature))
        })
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
        assert_eq!(songs_in(folder.path()).songs, expected);
        assert!(songs_in(folder.path()).problems.is_empty());
        let nowhere = songs_in(&folder.path().join("nowhere"));
        assert!(nowhere.songs.is_empty());
        assert!(nowhere.problems[0].contains("nowhere cannot be read"));
    }

    #[test]
    fn contents_count_where_names_say_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, contents: &[u8]| {
            fs::write(folder.path().join(name), contents).expect("a file");
        };
        write("a song", b"fLaC....");
        write("b.bin", b"RIFF....WAVEfmt ");
        write("c.bin", b"RIFF....WEBPVP8 ");
        write("d.txt", b"Dear diary");
        write("e.wma", b"");
        write(".f", b"OggS");
        let songs = songs_in(folder.path()).songs;
        let names: Vec<_> = songs.iter().filter_map(|path| path.file_name()).collect();
        assert_eq!(names, ["a song", "b.bin", "e.wma"]);
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
