//! Tags with one thing wrong each: the rest is read all the same.

use std::io::Cursor;

use super::*;

fn titles(bytes: &[u8]) -> [Option<String>; 3] {
    let Tags {
        title,
        artist,
        album,
        ..
    } = read(Cursor::new(bytes));
    [title, artist, album]
}

fn expect(bytes: &[u8], expected: [&str; 3]) {
    let expected = expected.map(|text| (!text.is_empty()).then(|| text.to_owned()));
    assert_eq!(titles(bytes), expected);
}

fn short(size: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| (size >> shift) as u8 & 0x7f)
}

fn plain(size: usize) -> [u8; 4] {
    (size as u32).to_be_bytes()
}

fn frame(name: &[u8; 4], size: fn(usize) -> [u8; 4], body: &[u8]) -> Vec<u8> {
    [&name[..], &size(body.len()), &[0, 0], body].concat()
}

/// A tag before bytes of no kind.
fn id3(version: u8, flags: u8, frames: &[Vec<u8>]) -> Vec<u8> {
    let body = frames.concat();
    [
        &b"ID3"[..],
        &[version, 0, flags],
        &short(body.len()),
        &body,
        &[0x55; 600],
    ]
    .concat()
}

fn utf_16(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    [1, 0xff, 0xfe].into_iter().chain(units).collect()
}

#[test]
fn plain_sizes_in_id3v2_4_lose_nothing() {
    let comment = [&b"\x03eng\0"[..], &[b'x'; 300]].concat();
    for size in [short, plain] {
        let frames = [
            frame(b"COMM", size, &comment),
            frame(b"TIT2", size, b"\x03Blue Monday Morning"),
            frame(b"TPE1", size, b"\x03The Plain Sizes"),
            frame(b"TALB", size, &[&b"\x03"[..], &[b'a'; 200]].concat()),
        ];
        let album = "a".repeat(200);
        for version in [3, 4] {
            expect(
                &id3(version, 0, &frames),
                ["Blue Monday Morning", "The Plain Sizes", &album],
            );
        }
    }
}

#[test]
fn one_odd_frame_costs_only_itself() {
    let mut odd = utf_16("Odd");
    odd.push(0x41);
    let lone = [1, 0xff, 0xfe, 0x00, 0xd8, 0x41, 0x00];
    let frames = [
        frame(b"TCOM", short, &lone),
        frame(b"TPE1", short, &odd),
        frame(b"TXXX", short, &[1, 0xff]),
        frame(b"TALB", short, b"\x09nonsense"),
        frame(b"TIT2", short, b"\0Caf\xe9 \x93del\x94 Mar"),
        frame(b"TDRC", short, b"\x032009-05-04"),
    ];
    let file = id3(4, 0, &frames);
    expect(&file, ["Café “del” Mar", "Odd", ""]);
    assert_eq!(read(Cursor::new(file)).year, Some(2009));
    // The tag claims to be longer than the file.
    let cut = &id3(4, 0, &frames)[..120];
    assert_eq!(titles(cut)[1].as_deref(), Some("Odd"));
}

#[test]
fn older_and_unsynchronised_tags_are_read() {
    let old = |name: &[u8; 3], body: &[u8]| [&name[..], &plain(body.len())[1..], body].concat();
    let frames = [
        old(b"TT2", b"\0Old"),
        old(b"TP1", b"\0Timer"),
        old(b"TAL", b"\0Vinyl"),
    ];
    expect(&id3(2, 0, &frames), ["Old", "Timer", "Vinyl"]);
    // 0xff 0xfe becomes 0xff 0x00 0xfe.
    let title = [1, 0xff, 0x00, 0xfe, b'A', 0, b'B', 0];
    let mut named = frame(b"TIT2", plain, &title);
    named[7] -= 1;
    expect(
        &id3(3, 0x80, &[named, frame(b"TPE1", plain, b"\0C")]),
        ["AB", "C", ""],
    );
}

/// A WAV of silence with this chunk before its samples, or behind them.
fn wav(chunk: &[u8], is_first: bool) -> Vec<u8> {
    let format = b"fmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0";
    let data = [&b"data\x20\0\0\0"[..], &[0; 32]].concat();
    let (before, behind) = if is_first {
        (chunk, &[][..])
    } else {
        (&[][..], chunk)
    };
    [
        &b"RIFF\xff\xff\xff\x7fWAVE"[..],
        format,
        before,
        &data,
        behind,
    ]
    .concat()
}

fn item(name: &[u8; 4], text: &[u8], padding: &[u8]) -> Vec<u8> {
    [&name[..], &(text.len() as u32).to_le_bytes(), text, padding].concat()
}

fn list(items: &[Vec<u8>]) -> Vec<u8> {
    let body = [&b"INFO"[..], &items.concat()].concat();
    let padding = &[0][..body.len() % 2];
    [
        &b"LIST"[..],
        &(body.len() as u32).to_le_bytes(),
        &body,
        padding,
    ]
    .concat()
}

#[test]
fn info_texts_are_read_in_either_character_set() {
    let items = [
        item(b"INAM", b"Caf\xe9 del Mar\0", b"\0"),
        item(b"ISFT", &[0xff; 4], b""),
        item(b"IART", "Bj\u{f6}rk".as_bytes(), b""),
        item(b"IPRD", b"D\xe9but\0", b""),
    ];
    for is_first in [true, false] {
        expect(
            &wav(&list(&items), is_first),
            ["Café del Mar", "Björk", "Début"],
        );
    }
}

#[test]
fn info_without_padding_or_with_wrong_lengths_is_read() {
    let unpadded = [item(b"INAM", b"Title", b""), item(b"IART", b"Artist!", b"")];
    expect(&wav(&list(&unpadded), true), ["Title", "Artist!", ""]);
    let mut too_long = [item(b"INAM", b"Good", b""), item(b"IART", b"Long", b"")];
    too_long[1][4..8].copy_from_slice(&9999_u32.to_le_bytes());
    expect(&wav(&list(&too_long), true), ["Good", "Long", ""]);
}

#[test]
fn id3_in_a_wav_is_read() {
    let tag = id3(3, 0, &[frame(b"TIT2", plain, b"\0Inside")]);
    let tag = &tag[..tag.len() - 600];
    let chunk = [
        &b"id3 "[..],
        &(tag.len() as u32).to_le_bytes(),
        tag,
        &[0][..tag.len() % 2],
    ]
    .concat();
    expect(&wav(&chunk, false), ["Inside", "", ""]);
}

fn comment_block(entries: &[&[u8]]) -> Vec<u8> {
    let counted = |text: &[u8]| [&(text.len() as u32).to_le_bytes()[..], text].concat();
    let all: Vec<Vec<u8>> = entries.iter().map(|entry| counted(entry)).collect();
    [
        counted(b"vendor"),
        (entries.len() as u32).to_le_bytes().to_vec(),
        all.concat(),
    ]
    .concat()
}

#[test]
fn vorbis_comments_are_read_one_by_one() {
    let entries: [&[u8]; 6] = [
        b"nonsense",
        b"COMMENT=\xff\xfe",
        b"title=Caf\xe9",
        b"ARTIST= ",
        b"AlbumArtist=A band",
        b"DATE=1999-01-01",
    ];
    let block = comment_block(&entries);
    let info = [&[0, 0, 0, 34][..], &[0; 34]].concat();
    let header = [0x84, 0, 0, block.len() as u8];
    let flac = [&b"fLaC"[..], &info, &header, &block].concat();
    expect(&flac, ["Café", "A band", ""]);
    // A last entry that is cut off.
    expect(&flac[..flac.len() - 4], ["Café", "A band", ""]);
    assert_eq!(read(Cursor::new(flac)).year, Some(1999));
    let packet = [&b"\x03vorbis"[..], &block, &[b' '; 300]].concat();
    let page = |flags: u8, segments: &[u8], body: &[u8]| {
        [
            &b"OggS\0"[..],
            &[flags],
            &[0; 20],
            &[segments.len() as u8],
            segments,
            body,
        ]
        .concat()
    };
    let (first, second) = packet.split_at(255);
    let ogg = [
        page(2, &[30], &[1; 30]),
        page(0, &[255], first),
        page(1, &[second.len() as u8], second),
    ]
    .concat();
    expect(&ogg, ["Café", "A band", ""]);
}

#[test]
fn files_of_every_kind_tell_what_they_are() {
    let files: [&[u8]; 5] = [
        include_bytes!("../../tests/audio/stereo.flac"),
        include_bytes!("../../tests/audio/stereo.mp3"),
        include_bytes!("../../tests/audio/mono.mp3"),
        include_bytes!("../../tests/audio/stereo.ogg"),
        include_bytes!("../../tests/audio/stereo.m4a"),
    ];
    for file in files {
        expect(file, ["A chord", "DeepMelody", "Test tones"]);
    }
}

#[test]
fn damage_anywhere_is_survived() {
    let files = [
        id3(
            4,
            0,
            &[
                frame(b"COMM", plain, &[b'x'; 300]),
                frame(b"TIT2", plain, b"\x03A"),
            ],
        ),
        wav(
            &list(&[item(b"INAM", b"Title", b""), item(b"IART", b"A", b"")]),
            true,
        ),
        include_bytes!("../../tests/audio/stereo.ogg")[..600].to_vec(),
        include_bytes!("../../tests/audio/stereo.flac")[..600].to_vec(),
    ];
    for file in files {
        for position in 0..file.len().min(200) {
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut damaged = file.clone();
                damaged[position] = value;
                read(Cursor::new(damaged));
            }
            read(Cursor::new(&file[..position]));
        }
    }
}

#[test]
fn years_are_the_dates_first_four_digits() {
    assert_eq!(year_of(" 1999 "), Some(1999));
    assert_eq!(year_of("2009/05"), Some(2009));
    for date in ["", "May 2009", "99", "0000-01-01", "0999"] {
        assert_eq!(year_of(date), None, "{date}");
    }
}

#[test]
fn only_links_to_the_web_are_links() {
    assert!(is_link("https://example.org/song"));
    for text in ["", "see the booklet", "javascript:alert(1)", "ftp://x"] {
        assert!(!is_link(text), "{text}");
    }
}

#[test]
fn frames_end_with_their_tag_and_what_is_utf_8_is_read_as_such() {
    let frames = [
        frame(b"TIT2", plain, "\0M\u{f6}tor".as_bytes()),
        [&b"TPE1"[..], &[0, 1, 0, 0, 0, 0], b"\0Artist"].concat(),
    ];
    expect(&id3(3, 0, &frames), ["M\u{f6}tor", "Artist", ""]);
    let unreadable = frame(b"TALB", plain, b"\x01\xff\xfe\x00\xd8");
    expect(&id3(3, 0, &[unreadable]), ["", "", ""]);
}

#[test]
fn old_tags_at_the_end_complete_what_others_say() {
    let field = |text: &str| [text.as_bytes(), &[0; 30]].concat()[..30].to_vec();
    let mut tag = [b"TAG".to_vec(), field("Old"), field("\u{c4}nn"), field("")].concat();
    tag.resize(128, b' ');
    let bytes = [id3(3, 0, &[frame(b"TIT2", plain, b"\0New")]), tag].concat();
    expect(&bytes, ["New", "\u{c4}nn", ""]);
}
