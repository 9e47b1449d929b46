//! The songs that a user means: folders, single files, playlists, and lists with metadata.

mod files;
mod listed;
mod playlist;
mod resolve;
mod table;

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};

use super::text;

pub use files::{content_id, readable_name};
use listed::Entries;
pub use listed::Listed;

/// What was found where the user pointed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collection {
    /// Each file once.
    pub songs: Vec<Listed>,
    /// Folders that can't be read, and entries of lists that lead nowhere, and why.
    pub problems: Vec<String>,
}

/// All songs in the given places, in their order. Folders are walked; files are taken for playlists or lists by the
/// ending of their names, otherwise for songs. A file named twice is taken once, with all that is said about it.
///
/// # Errors
/// When a place does not exist, or a list can't be read.
pub fn gather(places: &[PathBuf]) -> anyhow::Result<Collection> {
    let mut gathered = Gathered::default();
    for place in places {
        ensure!(place.exists(), "{} does not exist", place.display());
        if place.is_dir() {
            let found = files::songs_in(place);
            gathered.collection.problems.extend(found.problems);
            for path in found.songs {
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
            Some(known) => {
                known.said.complete(song.said);
                known.shown.complete(song.shown);
            }
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
    let text = text::read_list(path).with_context(|| format!("the list {name} cannot be read"))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let entries =
        parse(&text, folder).with_context(|| format!("the list {name} cannot be used"))?;
    Ok(Some(entries))
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
                "\u{feff}#EXTM3U\nfile:///nowhere/x.wav\n#EXTINF:1,Dee\nd.wav\nmusic\\b c.wav\n"
                    .as_bytes(),
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
        assert_eq!(found.songs[2].shown.title.as_deref(), Some("Dee"));
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
}
