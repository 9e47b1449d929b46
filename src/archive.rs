//! ZIP archives of files that are stored as they are (PKWARE's APPNOTE 6.3.10).
//!
//! An entry's header comes before its contents and holds their checksum. Programs that write as they go put the
//! checksum behind the contents instead, in a "data descriptor"; a stored entry then has no end that a reader of a
//! stream could find, and Java's, among others, rejects it. So here a header is made once the contents are known, and
//! the caller puts header and contents in order.

//!
//! ```
//! use deepmelody::archive::{Archive, Contents};
//!
//! let file = b"la la la";
//! let mut contents = Contents::default();
//! contents.add(file);
//! let mut archive = Archive::default();
//! let mut bytes = archive.header("song/refrain.txt", &contents);
//! bytes.extend(file);
//! bytes.extend(archive.end());
//! assert!(bytes.starts_with(b"PK"));
//! ```

use crc32fast::Hasher;

/// Signatures of local headers, central headers, and the ends of archives (4.3.7, 4.3.12, 4.3.14 to 4.3.16).
const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END_64: u32 = 0x0606_4b50;
const END_64_LOCATOR: u32 = 0x0706_4b50;
const END: u32 = 0x0605_4b50;
/// Versions that a reader needs: 2.0, and 4.5 for sizes of 64 bits (4.4.3).
const VERSION: u16 = 20;
const VERSION_64: u16 = 45;
/// The system that attributes are of, in the upper byte (4.4.2). Of MS-DOS, unzip would take names for its code page.
const UNIX: u16 = 3 << 8;
/// A regular file that everyone may read and its owner write, in the upper half.
const MODE: u32 = 0o100_644 << 16;
/// Names are UTF-8 (4.4.4, bit 11).
const FLAGS: u16 = 1 << 11;
/// The first of January 1980, midnight: archives of the same files are the same (4.4.6).
const DATE: u16 = 0x0021;
/// Says that the number is in the extra field of 64 bits (4.5.3).
const SEE_EXTRA: u32 = u32::MAX;

/// The checksum and length of a file that is being written.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    checksum: Hasher,
    length: u64,
}

impl Contents {
    /// Counts the next bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.checksum.update(bytes);
        self.length += bytes.len() as u64;
    }
}

/// A file of an archive.
#[derive(Clone, Debug)]
struct Entry {
    name: String,
    checksum: u32,
    length: u64,
    /// Where its header begins.
    offset: u64,
}

/// An archive as it grows.
#[derive(Clone, Debug, Default)]
pub struct Archive {
    entries: Vec<Entry>,
    length: u64,
}

impl Archive {
    /// The bytes that stand before the contents of the next file; `name` has slashes between folders.
    pub fn header(&mut self, name: &str, contents: &Contents) -> Vec<u8> {
        let entry = Entry {
            name: name.to_owned(),
            checksum: contents.checksum.clone().finalize(),
            length: contents.length,
            offset: self.length,
        };
        let header = entry.local_header();
        self.length += header.len() as u64 + entry.length;
        self.entries.push(entry);
        header
    }

    /// The bytes behind the last file.
    pub fn end(&self) -> Vec<u8> {
        let mut bytes: Vec<u8> = self
            .entries
            .iter()
            .flat_map(Entry::central_header)
            .collect();
        let directory_bytes = bytes.len() as u64;
        let count = self.entries.len() as u64;
        let is_long = short(self.length) == SEE_EXTRA;
        if is_long {
            let end_64 = self.length + directory_bytes;
            put_32(&mut bytes, &[END_64]);
            put_64(&mut bytes, &[44]);
            put_16(&mut bytes, &[VERSION_64, VERSION_64]);
            put_32(&mut bytes, &[0, 0]);
            put_64(&mut bytes, &[count, count, directory_bytes, self.length]);
            put_32(&mut bytes, &[END_64_LOCATOR, 0]);
            put_64(&mut bytes, &[end_64]);
            put_32(&mut bytes, &[1]);
        }
        let count = u16::try_from(count).unwrap_or(u16::MAX);
        put_32(&mut bytes, &[END]);
        put_16(&mut bytes, &[0, 0, count, count]);
        put_32(&mut bytes, &[short(directory_bytes), short(self.length)]);
        put_16(&mut bytes, &[0]);
        bytes
    }
}

impl Entry {
    fn version(&self) -> u16 {
        match short(self.length.max(self.offset)) {
            SEE_EXTRA => VERSION_64,
            _ => VERSION,
        }
    }

    /// What both headers have: version, flags, method (stored), time, date, checksum, sizes, lengths of name and extra.
    fn common(&self, extra_bytes: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        put_16(&mut bytes, &[self.version(), FLAGS, 0, 0, DATE]);
        put_32(
            &mut bytes,
            &[self.checksum, short(self.length), short(self.length)],
        );
        put_16(&mut bytes, &[self.name.len() as u16, extra_bytes as u16]);
        bytes
    }

    fn local_header(&self) -> Vec<u8> {
        let lengths = [self.length, self.length];
        let extra = extra(if short(self.length) == SEE_EXTRA {
            &lengths
        } else {
            &[]
        });
        let mut bytes = LOCAL.to_le_bytes().to_vec();
        bytes.extend(self.common(extra.len()));
        bytes.extend(self.name.as_bytes());
        bytes.extend(extra);
        bytes
    }

    fn central_header(&self) -> Vec<u8> {
        let mut numbers = Vec::new();
        if short(self.length) == SEE_EXTRA {
            numbers.extend([self.length, self.length]);
        }
        if short(self.offset) == SEE_EXTRA {
            numbers.push(self.offset);
        }
        let extra = extra(&numbers);
        let mut bytes = CENTRAL.to_le_bytes().to_vec();
        put_16(&mut bytes, &[UNIX | self.version()]);
        bytes.extend(self.common(extra.len()));
        // No comment, first disk, no attributes of the contents.
        put_16(&mut bytes, &[0, 0, 0]);
        put_32(&mut bytes, &[MODE, short(self.offset)]);
        bytes.extend(self.name.as_bytes());
        bytes.extend(extra);
        bytes
    }
}

/// The extra field of 64-bit numbers; nothing without any.
fn extra(numbers: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::new();
    if !numbers.is_empty() {
        put_16(&mut bytes, &[1, 8 * numbers.len() as u16]);
        put_64(&mut bytes, numbers);
    }
    bytes
}

/// A number in 32 bits, or the sign that it is elsewhere.
fn short(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(SEE_EXTRA)
}

fn put_16(bytes: &mut Vec<u8>, numbers: &[u16]) {
    bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

fn put_32(bytes: &mut Vec<u8>, numbers: &[u32]) {
    bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

fn put_64(bytes: &mut Vec<u8>, numbers: &[u64]) {
    bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(bytes: &[u8]) -> Contents {
        let mut contents = Contents::default();
        let (first, rest) = bytes.split_at(bytes.len() / 2);
        contents.add(first);
        contents.add(rest);
        contents
    }

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = Archive::default();
        let mut bytes = Vec::new();
        for (name, file) in files {
            bytes.extend(archive.header(name, &contents(file)));
            bytes.extend(*file);
        }
        bytes.extend(archive.end());
        bytes
    }

    #[test]
    fn headers_come_first_and_are_whole() {
        let bytes = archive(&[("a.txt", b"123456789"), ("\u{e9}/b", b"")]);
        // PK 3 4, version 2.0, UTF-8 names and no data descriptor, stored, midnight, 1980-01-01.
        assert_eq!(bytes[..14], *b"PK\x03\x04\x14\0\0\x08\0\0\0\0\x21\0");
        // The check value of CRC-32.
        assert_eq!(bytes[14..18], 0xcbf4_3926_u32.to_le_bytes());
        assert_eq!(bytes[18..30], *b"\x09\0\0\0\x09\0\0\0\x05\0\0\0");
        assert_eq!(bytes[30..44], *b"a.txt123456789");
        assert_eq!(bytes[44..48], *b"PK\x03\x04");
        let end = bytes.len() - 22;
        assert_eq!(bytes[end..end + 12], *b"PK\x05\x06\0\0\0\0\x02\0\x02\0");
        let directory = u32::from_le_bytes([
            bytes[end + 16],
            bytes[end + 17],
            bytes[end + 18],
            bytes[end + 19],
        ]);
        assert_eq!(directory, 44 + 30 + 4);
        assert_eq!(bytes[directory as usize..][..4], *b"PK\x01\x02");
    }

    #[test]
    fn long_files_have_long_numbers() {
        let mut archive = Archive::default();
        let long = Contents {
            length: 5 << 30,
            ..Contents::default()
        };
        let header = archive.header("long", &long);
        assert_eq!(header[4..6], VERSION_64.to_le_bytes());
        assert_eq!(header[18..26], [0xff; 8]);
        assert_eq!(header[34..38], *b"\x01\0\x10\0");
        assert_eq!(header[38..46], (5_u64 << 30).to_le_bytes());
        let short = archive.header("short", &contents(b"x"));
        assert_eq!(short[18..22], 1_u32.to_le_bytes());
        let end = archive.end();
        let find = |sign: u32| {
            end.windows(4)
                .position(|window| window == sign.to_le_bytes())
        };
        let locator = find(END_64_LOCATOR).expect("a locator");
        let directory_bytes = find(END_64).expect("a long end") as u64;
        let start = archive.length + directory_bytes;
        assert_eq!(end[locator + 8..locator + 16], start.to_le_bytes());
    }

    /// Opened by Python's zipfile, and by unzip, where there are such.
    #[test]
    fn other_programs_open_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("all.zip");
        std::fs::write(
            &path,
            archive(&[("one.wav", &[7; 1000]), ("two \u{e9}.wav", b"2")]),
        )
        .expect("a file");
        let opens = |program: &str, arguments: &[&str]| {
            let mut command = std::process::Command::new(program);
            let output = command.args(arguments).arg(&path).output();
            output.map(|output| {
                (
                    output.status.success(),
                    String::from_utf8_lossy(&output.stdout).into_owned(),
                )
            })
        };
        let script = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nprint(z.namelist())";
        for (program, arguments) in [("python3", &["-c", script][..]), ("unzip", &["-t"])] {
            if let Ok((is_fine, said)) = opens(program, arguments) {
                assert!(is_fine && said.contains("one.wav"), "{program}: {said}");
            }
        }
    }
}
