//! Playlists: M3U and M3U8, one entry a line and lines of comment; PLS, an INI file of `FileN=` and `TitleN=` lines.
//!
//! Titles in playlists are whatever the player showed: they count where a file's tags say nothing.

use std::{collections::BTreeMap, path::Path};

use super::{
    listed::{Entries, Listed},
    resolve::resolve,
};
use crate::{
    native::text,
    tags::{Tags, said},
};

/// The entries of an M3U playlist that lies in `folder`.
pub(super) fn parse_m3u(text: &str, folder: &Path) -> Entries {
    let mut entries = Entries::new();
    let mut shown = Tags::default();
    for line in text::lines(text) {
        if let Some(information) = line.strip_prefix("#EXTINF:") {
            // Seconds and a player's own fields, a comma, and the title.
            shown = information
                .split_once(',')
                .map(|(_, title)| title_of(title))
                .unwrap_or_default();
        } else if !line.starts_with('#') {
            entries.push(entry(line, folder, std::mem::take(&mut shown)));
        }
    }
    entries
}

/// The entries of a PLS playlist that lies in `folder`, in the order of their numbers.
pub(super) fn parse_pls(text: &str, folder: &Path) -> Entries {
    let mut numbered: BTreeMap<u64, (Vec<&str>, Tags)> = BTreeMap::new();
    for line in text::lines(text) {
        if let Some((number, path)) = numbered_value(line, "file") {
            numbered.entry(number).or_default().0.push(path);
        } else if let Some((number, title)) = numbered_value(line, "title") {
            numbered.entry(number).or_default().1 = title_of(title);
        }
    }
    let entries = numbered.into_values().flat_map(|(paths, shown)| {
        paths
            .into_iter()
            .map(move |path| entry(path, folder, shown.clone()))
    });
    entries.collect()
}

fn entry(path: &str, folder: &Path, mut shown: Tags) -> Result<Listed, String> {
    let path = resolve(path, folder)?;
    // Most programs put the artist first; for those that do not, the file's name decides.
    let is_name = |text: &Option<String>| {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        text.as_ref()
            .is_some_and(|text| text.to_lowercase() == stem.to_lowercase())
    };
    if is_name(&shown.artist) && !is_name(&shown.title) {
        std::mem::swap(&mut shown.artist, &mut shown.title);
    }
    Ok(Listed {
        shown,
        ..Listed::plain(path)
    })
}

/// "Artist - Title", as players show a song.
fn title_of(text: &str) -> Tags {
    let (artist, title) = match text.split_once(" - ") {
        Some((artist, title)) => (said(artist), said(title)),
        None => (None, said(text)),
    };
    Tags {
        title,
        artist,
        ..Tags::default()
    }
}

/// Number and value of a line such as "File3=song.mp3".
fn numbered_value<'a>(line: &'a str, key: &str) -> Option<(u64, &'a str)> {
    let (name, value) = line.split_once('=')?;
    let (word, number) = name.trim().split_at_checked(key.len())?;
    word.eq_ignore_ascii_case(key)
        .then(|| number.trim().parse().ok())
        .flatten()
        .map(|number| (number, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(entries: &Entries) -> Vec<String> {
        let path = |entry: &Result<Listed, String>| match entry {
            Ok(song) => song.path.display().to_string(),
            Err(problem) => problem.clone(),
        };
        entries.iter().map(path).collect()
    }

    fn shown(entries: &Entries) -> Vec<(Option<&str>, Option<&str>)> {
        let songs = entries.iter().flatten();
        songs
            .map(|song| (song.shown.artist.as_deref(), song.shown.title.as_deref()))
            .collect()
    }

    #[test]
    fn m3u_has_an_entry_a_line_however_lines_end() {
        let text = "#EXTM3U\n#EXTINF:123 tvg-id=\"x\",Artist - Title\nsub/a=1.mp3\n\n/b.ogg\n#EXTINF:-1,Alone\nhttp://radio/\n#EXTINF:1,Last\nc.mp3\n";
        let expected = [
            "/l/sub/a=1.mp3",
            "/b.ogg",
            "http://radio/ is not on this machine",
            "/l/c.mp3",
        ];
        for end in ["\n", "\r\n", "\r"] {
            let entries = parse_m3u(&text.replace('\n', end), Path::new("/l"));
            assert_eq!(paths(&entries), expected);
            let titles = [
                (Some("Artist"), Some("Title")),
                (None, None),
                (None, Some("Last")),
            ];
            assert_eq!(shown(&entries), titles);
        }
        assert!(parse_m3u("", Path::new("")).is_empty());
    }

    #[test]
    fn the_files_name_tells_title_from_artist() {
        let text = "#EXTINF:2,Ann - Blue Sky\nblue sky.wav\n#EXTINF:2,Red Sun - Bob\nRed Sun.wav\n";
        let entries = parse_m3u(text, Path::new("/l"));
        let titles = [
            (Some("Ann"), Some("Blue Sky")),
            (Some("Bob"), Some("Red Sun")),
        ];
        assert_eq!(shown(&entries), titles);
    }

    #[test]
    fn pls_is_numbered() {
        let text = "[playlist]\nFile10=c.mp3\nfile2=b=2.mp3\nTitle2=A - B\nFile1=a.mp3\nLength1=-1\nFile=x\nÄÖ=y\nNumberOfEntries=3\n";
        let expected = ["/l/a.mp3", "/l/b=2.mp3", "/l/c.mp3"];
        for end in ["\n", "\r"] {
            let entries = parse_pls(&text.replace('\n', end), Path::new("/l"));
            assert_eq!(paths(&entries), expected);
            assert_eq!(shown(&entries)[1], (Some("A"), Some("B")));
        }
    }
}
