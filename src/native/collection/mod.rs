//! L7, native: the songs that a user means: folders, single files, playlists, and lists with metadata.

mod files;
mod playlist;
mod table;

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};

use super::decode::Tags;

pub use files::{content_id, readable_name};

/// Largest playlist or list that is read: some hundred thousand songs.
const MAX_LIST_BYTES: u64 = 64 << 20;

/// A song to be described.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Its file.
    pub path: PathBuf,
    /// What a list says about it; that counts more than the file's own tags.
    pub said: Tags,
}

impl Listed {
    fn plain(path: PathBuf) -> Self {
        Self {
            path,
            said: Tags::default(),
        }
    }
}

/// What was found where the user pointed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collection {
    /// Each file once.
    pub songs: Vec<Listed>,
    /// Entries of lists that lead nowhere, and why.
    pub problems: Vec<String>,
}

/// Entries of one list: the song, or why there is none.
type Entries = Vec<Result<Listed, String>>;

/// All songs in the given places, in their order. Folders are walked; files are taken for playlists or lists by the
/// ending of their names, otherwise for songs. A file named twice is taken once, with all that is said about it.
///
/// # Errors
/// When a place does not exist, or a folder or a list can't be read.
pub fn gather(places: &[PathBuf]) -> anyhow::Result<Collection> {
    let mut gathered = Gathered::default();
    for place in places {
        ensure!(place.exists(), "{} does not exist", place.display());
        if place.is_dir() {
            for path in files::songs_in(place)? {
                gathered.add(Listed::plain(path));
            }
        } else {
            match read_list(place)? {
                Some(entries) => gathered.add_list(place, entries),
                None => gathered.add(Listed::plain(place.clone())),
            }
        }
    }
    Ok(gathered.collection)
}

#[derive(Default)]
struct Gathered {
    collection: Collection,
    /// Position of each file.
    positions: HashMap<PathBuf, usize>,
}

impl Gathered {
    fn add(&mut self, song: Listed) {
        let file = fs::canonicalize(&song.path).unwrap_or_else(|_| song.path.clone());
        let songs = &mut self.collection.songs;
        let position = *self.positions.entry(file).or_insert(songs.len());
        match songs.get_mut(position) {
            Some(known) => known.said.complete(song.said),
            None => songs.push(song),
        }
    }

    fn add_list(&mut self, list: &Path, entries: Entries) {
        for entry in entries {
            let found = entry.and_then(|song| match song.path.exists() {
                true => Ok(song),
                false => Err(format!("{} does not exist", song.path.display())),
            });
            match found {
                Ok(song) => self.add(song),
                Err(problem) => {
                    let problem = format!("{}: {problem}", list.display());
                    self.collection.problems.push(problem);
                }
            }
        }
    }
}

/// The entries of a playlist or list; `None` for files whose names promise neither.
fn read_list(path: &Path) -> anyhow::Result<Option<Entries>> {
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let parse: fn(&str, &Path) -> anyhow::Result<Entries> = match ending.to_lowercase().as_str() {
        "m3u" | "m3u8" => |text, folder| Ok(playlist::parse_m3u(text, folder)),
        "pls" => |text, folder| Ok(playlist::parse_pls(text, folder)),
        "csv" => table::parse_csv,
        "jsonl" | "ndjson" => |text, folder| Ok(table::parse_json_lines(text, folder)),
        _ => return Ok(None),
    };
    let name = path.display();
    let text = read_text(path).with_context(|| format!("the list {name} cannot be read"))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let entries =
        parse(&text, folder).with_context(|| format!("the list {name} cannot be used"))?;
    Ok(Some(entries))
}

/// UTF-8 with or without a byte order mark; else Latin-1, in which old players wrote their lists.
fn read_text(path: &Path) -> anyhow::Result<String> {
    let length = fs::metadata(path)?.len();
    ensure!(
        length <= MAX_LIST_BYTES,
        "it has {length} bytes: at most {MAX_LIST_BYTES} are read"
    );
    let text = String::from_utf8(fs::read(path)?)
        .unwrap_or_else(|error| error.as_bytes().iter().copied().map(char::from).collect());
    let text = text
        .strip_prefix('\u{feff}')
        .map(str::to_owned)
        .unwrap_or(text);
    match text.contains('\0') {
        true => Err(io::Error::new(io::ErrorKind::InvalidData, "it is no text").into()),
        false => Ok(text),
    }
}

/// The file that an entry of a list in `folder` means.
fn resolve(entry: &str, folder: &Path) -> Result<PathBuf, String> {
    let entry = entry.trim();
    let local = match entry.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("file") => decoded(rest),
        Some(_) => return Err(format!("{entry} is not on this machine")),
        None => entry.to_owned(),
    };
    if local.is_empty() {
        return Err("an entry without a path".to_owned());
    }
    let path = folder.join(&local);
    if path.exists() || !local.contains('\\') {
        Ok(path)
    } else {
        Ok(folder.join(local.replace('\\', "/")))
    }
}

/// Percent signs of a URL's path as the bytes they stand for (RFC 3986, section 2.1).
fn decoded(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let value = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        plain.push(value.unwrap_or(bytes[at]));
        at += if value.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_of(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, contents) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, contents).expect("a file");
        }
        folder
    }

    #[test]
    fn places_are_gathered_in_order_and_each_file_once() {
        let folder = folder_of(&[
            ("music/a.wav", b""),
            ("music/b c.wav", b""),
            ("d.wav", b""),
            (
                "list.csv",
                b"path,title\nmusic/a.wav,Alpha\nmusic/none.wav,\n",
            ),
            (
                "list.m3u8",
                "\u{feff}#EXTM3U\nfile:///nowhere/x.wav\nd.wav\nmusic\\b c.wav\n".as_bytes(),
            ),
        ]);
        let place = |name: &str| folder.path().join(name);
        let places = ["music", "list.csv", "list.m3u8"].map(place);
        let found = gather(&places).expect("a collection");
        let names: Vec<_> = found
            .songs
            .iter()
            .map(|song| song.path.file_name().expect("a name").to_owned())
            .collect();
        assert_eq!(names, ["a.wav", "b c.wav", "d.wav"]);
        assert_eq!(found.songs[0].said.title.as_deref(), Some("Alpha"));
        assert_eq!(found.problems.len(), 2, "{:?}", found.problems);
        assert!(found.problems[0].ends_with("none.wav does not exist"));
        assert!(found.problems[1].contains("/nowhere/x.wav does not exist"));
    }

    #[test]
    fn missing_places_and_lists_that_are_none_are_refused() {
        let folder = folder_of(&[("a.m3u", b"\0\0"), ("b.csv", b"title\nAlpha\n")]);
        let refusal = |name: &str| {
            let refusal = gather(&[folder.path().join(name)]).expect_err("refused");
            format!("{refusal:#}")
        };
        assert!(refusal("none").ends_with("does not exist"));
        assert!(refusal("a.m3u").ends_with("it is no text"));
        assert!(refusal("b.csv").contains("no column \"path\""));
    }

    #[test]
    fn old_lists_are_latin_1() {
        let folder = folder_of(&[("\u{e9}.wav", b""), ("old.m3u", b"\xe9.wav\n")]);
        let found = gather(&[folder.path().join("old.m3u")]).expect("a collection");
        assert_eq!(found.songs[0].path, folder.path().join("\u{e9}.wav"));
    }

    #[test]
    fn urls_are_resolved_or_refused() {
        let resolved = |entry| resolve(entry, Path::new("/lists"));
        assert_eq!(
            resolved("file:///a%20b/%C3%A9.wav"),
            Ok("/a b/é.wav".into())
        );
        assert_eq!(resolved("50% off.wav"), Ok("/lists/50% off.wav".into()));
        assert_eq!(resolved("file:///50%/%zz"), Ok("/50%/%zz".into()));
        assert!(resolved("https://example.org/a.mp3").is_err());
        assert!(resolved("  ").is_err());
    }
}
