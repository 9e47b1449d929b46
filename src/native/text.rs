//! Text files as people's programs save them: UTF-8 with or without a byte order mark, UTF-16, old character sets.

use std::{fs, path::Path};

use anyhow::{Context, ensure};

/// Largest text file that is read where a list is expected: some hundred thousand songs.
pub const MAX_LIST_BYTES: u64 = 64 << 20;

/// A list: UTF-8, UTF-16, or else Latin-1, in which old players wrote theirs.
///
/// # Errors
/// When it can't be read, is too large, or is no text.
pub fn read_list(path: &Path) -> anyhow::Result<String> {
    let length = fs::metadata(path)?.len();
    ensure!(
        length <= MAX_LIST_BYTES,
        "it has {length} bytes: at most {MAX_LIST_BYTES} are read"
    );
    let text = decode(fs::read(path)?, |bytes| {
        Some(bytes.iter().copied().map(char::from).collect())
    });
    let text = text
        .filter(|text| !text.contains('\0'))
        .context("it is no text")?;
    // Lists that were put together of others have the mark in the middle, too.
    Ok(text.replace("\n\u{feff}", "\n").replace("\r\u{feff}", "\r"))
}

/// A text that this program wrote, and others may have saved since: UTF-8, or UTF-16 with a byte order mark.
///
/// # Errors
/// When it can't be read or is in another character set.
pub fn read(path: &Path) -> anyhow::Result<String> {
    let name = path.display();
    let bytes = fs::read(path).with_context(|| format!("{name} cannot be read"))?;
    decode(bytes, |_| None).with_context(|| format!("{name} is neither UTF-8 nor UTF-16 text"))
}

/// Without a byte order mark; what is neither UTF-8 nor UTF-16 goes to `other`.
fn decode(bytes: Vec<u8>, other: fn(&[u8]) -> Option<String>) -> Option<String> {
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => return utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => return utf_16(rest, u16::from_be_bytes),
        // "#" or "p" and a zero: UTF-16 of a program that leaves the mark out.
        [1..=0x7f, 0, 1..=0x7f, 0, ..] => return utf_16(&bytes, u16::from_le_bytes),
        _ => {}
    }
    match String::from_utf8(bytes) {
        Ok(text) => Some(
            text.strip_prefix('\u{feff}')
                .map(str::to_owned)
                .unwrap_or(text),
        ),
        Err(error) => other(error.as_bytes()),
    }
}

fn utf_16(bytes: &[u8], read: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|&pair| read(pair)).collect();
    String::from_utf16(&units).ok()
}

/// The lines of a text, whether they end in CR, LF or both.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r'])
        .map(str::trim)
        .filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_save_a_text_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("text");
        let units =
            |read: fn(u16) -> [u8; 2]| "é\n".encode_utf16().flat_map(read).collect::<Vec<_>>();
        let with = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
        for bytes in [
            "é\n".as_bytes().to_vec(),
            "\u{feff}é\n".as_bytes().to_vec(),
            with(b"\xff\xfe", units(u16::to_le_bytes)),
            with(b"\xfe\xff", units(u16::to_be_bytes)),
        ] {
            fs::write(&path, &bytes).expect("a file");
            assert_eq!(read(&path).expect("text"), "é\n", "{bytes:?}");
            assert_eq!(read_list(&path).expect("a list"), "é\n", "{bytes:?}");
        }
        fs::write(&path, b"\xe9\n").expect("a file");
        assert!(read(&path).is_err());
        assert_eq!(read_list(&path).expect("a list"), "é\n");
        fs::write(&path, "a\n\u{feff}b\r\u{feff}c").expect("a file");
        assert_eq!(
            lines(&read_list(&path).expect("a list")).collect::<String>(),
            "abc"
        );
        fs::write(&path, "p\0a\0t\0h\0").expect("a file");
        assert_eq!(read_list(&path).expect("a list"), "path");
        fs::write(&path, b"\0\0\0").expect("a file");
        assert!(read_list(&path).is_err());
    }

    #[test]
    fn lines_end_in_every_way() {
        assert_eq!(
            lines("a\rb\r\nc\n\n d ").collect::<Vec<_>>(),
            ["a", "b", "c", "d"]
        );
    }
}
