//! The file that an entry of a list means: lists are written by programs that encode names in different ways.

use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

/// The file that an entry of a list in `folder` means: of the readings of the entry the first that exists, or the
/// plainest one.
pub(super) fn resolve(entry: &str, folder: &Path) -> Result<PathBuf, String> {
    let entry = entry.trim();
    let readings = match entry.split_once(':') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("file") => {
            vec![decoded(local_part(rest)?)]
        }
        Some((scheme, rest)) if is_scheme(scheme) && rest.starts_with("//") => {
            return Err(format!("{entry} is not on this machine"));
        }
        // Players that encode relative paths as in a URL do not say so.
        _ => vec![entry.as_bytes().to_vec(), decoded(entry)],
    };
    if readings.iter().all(Vec::is_empty) {
        return Err("an entry without a path".to_owned());
    }
    let plainest = folder.join(path_of(&readings[0]));
    let mut candidates = readings.iter().flat_map(|bytes| spellings(bytes));
    Ok(candidates
        .find_map(|path| Some(folder.join(path)).filter(|path| path.exists()))
        .unwrap_or(plainest))
}

fn is_scheme(text: &str) -> bool {
    text.len() > 1
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte))
}

/// The path of a file URL (RFC 8089) behind its "file:".
fn local_part(rest: &str) -> Result<&str, String> {
    let Some(authority) = rest.strip_prefix("//") else {
        return Ok(rest);
    };
    let (host, path) = authority.split_at(authority.find('/').unwrap_or(0));
    match host.is_empty() || host.eq_ignore_ascii_case("localhost") {
        true => Ok(without_slash_before_drive(path, authority)),
        false => Err(format!(
            "file:{rest} is on the machine {host:?}: only files of this machine are read"
        )),
    }
}

/// "/C:/Music" as "C:/Music".
fn without_slash_before_drive<'a>(path: &'a str, whole: &'a str) -> &'a str {
    let path = if path.is_empty() { whole } else { path };
    match path.as_bytes() {
        [b'/', letter, b':', ..] if letter.is_ascii_alphabetic() => &path[1..],
        _ => path,
    }
}

/// Percent signs of a URL's path as the bytes they stand for (RFC 3986, section 2.1).
fn decoded(path: &str) -> Vec<u8> {
    let bytes = path.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let value = digits
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        plain.push(value.unwrap_or(bytes[at]));
        at += if value.is_some() { 3 } else { 1 };
    }
    plain
}

/// The ways in which a file system may spell a name: as it is, with slashes for backslashes, with accents in one
/// character (NFC) or two (NFD, as macOS wrote), and in Latin-1.
fn spellings(bytes: &[u8]) -> Vec<PathBuf> {
    let mut paths = vec![path_of(bytes)];
    let Ok(text) = std::str::from_utf8(bytes) else {
        return paths;
    };
    let slashed = text.replace('\\', "/");
    for text in [text, &slashed] {
        paths.push(PathBuf::from(text));
        paths.push(PathBuf::from(text.nfc().collect::<String>()));
        paths.push(PathBuf::from(text.nfd().collect::<String>()));
        let latin_1: Option<Vec<u8>> = text.nfc().map(|letter| u8::try_from(letter).ok()).collect();
        paths.extend(latin_1.map(|bytes| path_of(&bytes)));
    }
    paths
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    PathBuf::from(OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn urls_are_resolved_or_refused() {
        let resolved = |entry| resolve(entry, Path::new("/lists"));
        for url in [
            "file:///a%20b/%C3%A9.wav",
            "file://localhost/a%20b/é.wav",
            "FILE:/a%20b/%c3%a9.wav",
        ] {
            assert_eq!(resolved(url), Ok("/a b/é.wav".into()), "{url}");
        }
        assert_eq!(resolved("50% off.wav"), Ok("/lists/50% off.wav".into()));
        assert_eq!(resolved("file:///50%/%zz%+1"), Ok("/50%/%zz%+1".into()));
        assert_eq!(
            resolved("file:///C:/Music/a.wav"),
            Ok("/lists/C:/Music/a.wav".into())
        );
        assert_eq!(
            resolved("Live: at home.wav"),
            Ok("/lists/Live: at home.wav".into())
        );
        assert!(resolved("https://example.org/a.mp3").is_err());
        assert!(resolved("file://elsewhere/a.mp3").is_err());
        assert!(resolved("  ").is_err());
        assert!(resolved("file:").is_err());
    }

    #[test]
    fn names_are_found_in_every_spelling() {
        let folder = tempfile::tempdir().expect("a folder");
        let found = |entry: &str| resolve(entry, folder.path()).expect("a path").exists();
        for name in [
            "Re\u{301}t.wav",
            "Blue (50%).wav",
            "S\u{f3}l.wav",
            "a%20b.wav",
        ] {
            fs::create_dir_all(folder.path().join("sub")).expect("a folder");
            fs::write(folder.path().join("sub").join(name), "").expect("a file");
        }
        for entry in [
            "sub/R\u{e9}t.wav",
            "sub\\R\u{e9}t.wav",
            "sub/R%C3%A9t.wav",
            "sub/So\u{301}l.wav",
            "sub/Blue%20%2850%25%29.wav",
            "sub/Blue (50%).wav",
            "sub/a%20b.wav",
        ] {
            assert!(found(entry), "{entry}");
        }
        assert!(!found("sub/none.wav"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_that_are_no_utf_8_are_found() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join(path_of(b"\xe9.wav")), "").expect("a file");
        for entry in ["\u{e9}.wav", "%E9.wav"] {
            assert!(
                resolve(entry, folder.path()).expect("a path").exists(),
                "{entry}"
            );
        }
    }
}
