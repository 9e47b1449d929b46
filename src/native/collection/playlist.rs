//! L7, native: playlists: M3U and M3U8, one entry a line and lines of comment; PLS, an INI file of `FileN=` lines.
//!
//! Only the entries' paths are taken: titles in playlists are whatever the player showed, and files' tags know better.

use std::path::Path;

use super::{Entries, Listed, resolve};

/// The entries of an M3U playlist that lies in `folder`.
pub(super) fn parse_m3u(text: &str, folder: &Path) -> Entries {
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| resolve(line, folder).map(Listed::plain))
        .collect()
}

/// The entries of a PLS playlist that lies in `folder`, in the order of their numbers.
pub(super) fn parse_pls(text: &str, folder: &Path) -> Entries {
    let mut numbered: Vec<(u64, &str)> = text.lines().filter_map(pls_entry).collect();
    numbered.sort_by_key(|(number, _)| *number);
    let paths = numbered.into_iter().map(|(_, path)| resolve(path, folder));
    paths.map(|path| path.map(Listed::plain)).collect()
}

fn pls_entry(line: &str) -> Option<(u64, &str)> {
    let (key, path) = line.trim().split_once('=')?;
    let (name, number) = key.split_at_checked(4)?;
    name.eq_ignore_ascii_case("file")
        .then(|| number.trim().parse().ok())
        .flatten()
        .map(|number| (number, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(entries: Entries) -> Vec<String> {
        let path =
            |entry: Result<Listed, String>| entry.map(|song| song.path.display().to_string());
        entries
            .into_iter()
            .map(|entry| path(entry).unwrap_or_else(|problem| problem))
            .collect()
    }

    #[test]
    fn m3u_has_an_entry_a_line() {
        let text =
            "#EXTM3U\r\n#EXTINF:123,Artist - Title\r\nsub/a=1.mp3\r\n\r\n/b.ogg\nhttp://radio/\n";
        let expected = [
            "/l/sub/a=1.mp3",
            "/b.ogg",
            "http://radio/ is not on this machine",
        ];
        assert_eq!(paths(parse_m3u(text, Path::new("/l"))), expected);
        assert!(parse_m3u("", Path::new("")).is_empty());
    }

    #[test]
    fn pls_is_numbered() {
        let text = "[playlist]\nFile10=c.mp3\nfile2=b=2.mp3\nTitle2=B\nFile1=a.mp3\nLength1=-1\nFile=x\nÄÖ=y\nNumberOfEntries=3\n";
        let expected = ["/l/a.mp3", "/l/b=2.mp3", "/l/c.mp3"];
        assert_eq!(paths(parse_pls(text, Path::new("/l"))), expected);
    }
}
