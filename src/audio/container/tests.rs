//! Small files made here, each wrong in one way.

use std::io::{Cursor, Read};

use super::*;

mod kinds;

const RATE: u32 = 8_000;

fn surveyed(bytes: &[u8]) -> Survey {
    survey(Cursor::new(bytes))
        .expect("a length")
        .expect("a known kind")
}

/// The files that a decoder gets.
fn streams(bytes: &[u8]) -> Vec<Vec<u8>> {
    let survey = surveyed(bytes);
    if survey.streams.is_empty() {
        return vec![bytes.to_vec()];
    }
    let read = |parts| {
        let mut all = Vec::new();
        let mut spliced = Spliced::new(Cursor::new(bytes), parts);
        spliced.read_to_end(&mut all).expect("read");
        all
    };
    survey.streams.into_iter().map(read).collect()
}

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    sized(name, body.len() as u32, body)
}

fn sized(name: &[u8; 4], size: u32, body: &[u8]) -> Vec<u8> {
    let padding = &[0][..body.len() % 2];
    [&name[..], &size.to_le_bytes(), body, padding].concat()
}

/// A `fmt ` chunk's body of 16-bit mono.
fn pcm() -> Vec<u8> {
    let mut body = vec![1, 0, 1, 0];
    body.extend(RATE.to_le_bytes());
    body.extend((2 * RATE).to_le_bytes());
    body.extend([2, 0, 16, 0]);
    body
}

fn riff(size: u32, chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    [b"RIFF", &size.to_le_bytes()[..], b"WAVE", &body].concat()
}

fn honest(chunks: &[Vec<u8>]) -> Vec<u8> {
    let size = chunks.iter().map(Vec::len).sum::<usize>() as u32 + 4;
    riff(size, chunks)
}

/// Two seconds that no header looks like.
fn sound() -> Vec<u8> {
    (0..4 * RATE)
        .map(|n| (n * 7919 % 251) as u8 | 0x80)
        .collect()
}

fn plain() -> Vec<u8> {
    honest(&[chunk(b"fmt ", &pcm()), chunk(b"data", &sound())])
}

fn check_wav(name: &str, bytes: &[u8]) {
    let survey = surveyed(bytes);
    assert_eq!(
        (survey.container, survey.codec),
        (Container::Wav, Codec::Pcm),
        "{name}"
    );
    assert_eq!(survey.duration_secs, Some(2.0), "{name}");
    assert_eq!(
        (survey.sample_rate, survey.channel_count),
        (Some(RATE), Some(1)),
        "{name}"
    );
    assert!(!survey.is_cut_off, "{name}");
    assert_eq!(streams(bytes), [plain()], "{name}");
}

#[test]
fn a_wav_that_is_fine_stays_as_it_is() {
    check_wav("plain", &plain());
    assert!(surveyed(&plain()).streams.is_empty());
}

#[test]
fn lengths_of_programs_that_could_not_know_them_are_counted() {
    for size in [
        0_u32,
        0x7fff_f000,
        0x8000_0000,
        0xffff_ffff,
        0xffff_fff8,
        0x7fff_ffff,
    ] {
        for outer in [0, size, size.wrapping_add(36)] {
            let bytes = riff(
                outer,
                &[chunk(b"fmt ", &pcm()), sized(b"data", size, &sound())],
            );
            check_wav(&format!("{size:x} in {outer:x}"), &bytes);
        }
    }
    // A recorder that crashed: the length is that of the last time it was written.
    let stale = sized(b"data", 2 * RATE, &sound());
    check_wav(
        "stale",
        &riff(2 * RATE + 36, &[chunk(b"fmt ", &pcm()), stale]),
    );
}

#[test]
fn chunks_that_are_a_little_wrong_cost_nothing() {
    let (format, data) = (chunk(b"fmt ", &pcm()), chunk(b"data", &sound()));
    let info = b"INFOINAM\x05\0\0\0Title";
    let unpadded = [&b"LIST"[..], &(info.len() as u32).to_le_bytes(), info].concat();
    assert_eq!(unpadded.len() % 2, 1);
    let long_format = [&pcm()[..], &[0; 4]].concat();
    let cases = [
        (
            "tags behind",
            vec![format.clone(), data.clone(), chunk(b"LIST", info)],
        ),
        (
            "a list before",
            vec![chunk(b"LIST", info), format.clone(), data.clone()],
        ),
        (
            "an unpadded list",
            vec![format.clone(), unpadded, data.clone()],
        ),
        (
            "a list too long",
            vec![
                format.clone(),
                sized(b"LIST", 9_999_999, info),
                data.clone(),
            ],
        ),
        (
            "a list longer by six",
            vec![
                format.clone(),
                sized(b"LIST", info.len() as u32 + 7, info),
                data.clone(),
            ],
        ),
        (
            "a long fact",
            vec![format.clone(), chunk(b"fact", &[0; 12]), data.clone()],
        ),
        (
            "an odd fact",
            vec![format.clone(), chunk(b"fact", &[0; 7]), data.clone()],
        ),
        (
            "a long format",
            vec![chunk(b"fmt ", &long_format), data.clone()],
        ),
        ("the format last", vec![data.clone(), format.clone()]),
        (
            "an empty chunk",
            vec![format.clone(), chunk(b"JUNK", b""), data.clone()],
        ),
    ];
    for (name, chunks) in cases {
        check_wav(name, &honest(&chunks));
        check_wav(name, &riff(4, &chunks));
        check_wav(name, &riff(u32::MAX, &chunks));
    }
}

#[test]
fn tags_before_and_padding_behind_are_left_out() {
    let tag = [&b"ID3\x04\0\0\0\0\0\x05"[..], &[0; 5]].concat();
    check_wav("ID3 before", &[tag, plain()].concat());
    check_wav("padding", &[plain(), vec![0; 100]].concat());
}

#[test]
fn a_wav_that_is_cut_off_says_what_is_missing() {
    let whole = plain();
    let survey = surveyed(&whole[..44 + RATE as usize]);
    assert!(survey.is_cut_off);
    assert_eq!(
        (survey.duration_secs, survey.header_secs),
        (Some(0.5), Some(2.0))
    );
    let header_only = surveyed(&whole[..30]);
    assert!(header_only.is_cut_off);
    assert_eq!(header_only.duration_secs, None);
}

#[test]
fn long_sizes_are_read() {
    let data = sound();
    let mut sizes = (data.len() as u64 + 72).to_le_bytes().to_vec();
    sizes.extend((data.len() as u64).to_le_bytes());
    sizes.extend([0; 12]);
    for name in [b"RF64", b"BW64"] {
        let chunks = [
            chunk(b"ds64", &sizes),
            chunk(b"fmt ", &pcm()),
            sized(b"data", u32::MAX, &data),
            chunk(b"LIST", b"INFO"),
        ];
        let mut bytes = riff(u32::MAX, &chunks);
        bytes[..4].copy_from_slice(name);
        check_wav("RF64", &bytes);
    }
    let named = |name: &[u8; 4], size: u64, body: &[u8]| {
        let tail = [
            0xf3, 0xac, 0xd3, 0x11, 0x8c, 0xd1, 0, 0xc0, 0x4f, 0x8e, 0xdb, 0x8a,
        ];
        let padding = vec![0; (8 - body.len() % 8) % 8];
        [&name[..], &tail, &(size + 24).to_le_bytes(), body, &padding].concat()
    };
    let body = [
        named(b"wave", 0, &[])[..16].to_vec(),
        named(b"junk", 3, &[0; 3]),
        named(b"fmt ", 16, &pcm()),
        named(b"data", data.len() as u64, &data),
    ]
    .concat();
    let riff_tail = [
        0x2e, 0x91, 0xcf, 0x11, 0xa5, 0xd6, 0x28, 0xdb, 0x04, 0xc1, 0, 0,
    ];
    let size = (24 + body.len() as u64).to_le_bytes();
    let bytes = [&b"riff"[..], &riff_tail, &size, &body].concat();
    let survey = surveyed(&bytes);
    assert_eq!(
        (survey.container, survey.duration_secs),
        (Container::W64, Some(2.0))
    );
    assert_eq!(streams(&bytes), [plain()]);
}

#[test]
fn codecs_in_wav_are_named() {
    let survey_of = |tag: u16| {
        let mut format = pcm();
        format[..2].copy_from_slice(&tag.to_le_bytes());
        format.extend([0, 0]);
        surveyed(&honest(&[
            chunk(b"fmt ", &format),
            chunk(b"data", &sound()),
        ]))
    };
    assert_eq!(survey_of(0x31).name(), "WAV with GSM 6.10");
    assert_eq!(survey_of(0x161).name(), "WAV with Windows Media Audio");
    assert_eq!(
        survey_of(0x1234).name(),
        "WAV with an unknown codec (format tag 0x1234)"
    );
    // Extensible: the first bytes of the GUID are the tag.
    let mut extensible = pcm();
    extensible[..2].copy_from_slice(&[0xfe, 0xff]);
    extensible.extend([
        22, 0, 16, 0, 4, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71,
    ]);
    let bytes = honest(&[chunk(b"fmt ", &extensible), chunk(b"data", &sound())]);
    assert_eq!(surveyed(&bytes).name(), "WAV with A-law");
}

/// An AIFF of 16-bit mono whose lengths are as given.
fn aiff(outer: u32, frames: u32, size: u32) -> Vec<u8> {
    let mut common = vec![0, 1];
    common.extend(frames.to_be_bytes());
    // 8,000 Hz: 2^12 times 1.953125.
    common.extend([0, 16, 0x40, 0x0b, 0xfa, 0, 0, 0, 0, 0, 0, 0]);
    let body = [&[0; 8][..], &sound()].concat();
    [
        &b"FORM"[..],
        &outer.to_be_bytes(),
        b"AIFFCOMM\0\0\0\x12",
        &common,
        b"SSND",
        &size.to_be_bytes(),
        &body,
    ]
    .concat()
}

#[test]
fn an_aiff_is_counted_and_put_together() {
    let length = 4 * RATE;
    let fine = aiff(46 + length, 2 * RATE, length + 8);
    for (outer, frames, size) in [
        (46 + length, 2 * RATE, length + 8),
        (38, 2 * RATE, length + 8),
        (u32::MAX, 0, 0),
        (0, u32::MAX, u32::MAX),
        (0, 7, 0x7fff_fff0),
    ] {
        let bytes = aiff(outer, frames, size);
        let survey = surveyed(&bytes);
        assert_eq!(
            (survey.container, survey.codec),
            (Container::Aiff, Codec::Pcm)
        );
        assert_eq!(
            (survey.sample_rate, survey.duration_secs),
            (Some(RATE), Some(2.0))
        );
        let name = format!("{outer:x} {frames:x} {size:x}");
        assert_eq!(streams(&bytes), [kinds::swapped(&plain())], "{name}");
    }
    let cut = surveyed(&fine[..fine.len() - 2 * RATE as usize]);
    assert_eq!((cut.is_cut_off, cut.header_secs), (true, Some(2.0)));
}

/// A frame of 128 kbit/s at 44.1 kHz: 417 bytes.
fn mp3_frame(fill: u8) -> Vec<u8> {
    let mut frame = vec![fill; 417];
    frame[..4].copy_from_slice(&[0xff, 0xfb, 0x90, 0x00]);
    frame
}

fn counting_frame(name: &[u8; 4], frames: u32, bytes: u32) -> Vec<u8> {
    let mut frame = mp3_frame(0);
    frame[36..40].copy_from_slice(name);
    frame[43] = 3;
    frame[44..48].copy_from_slice(&frames.to_be_bytes());
    frame[48..52].copy_from_slice(&bytes.to_be_bytes());
    frame
}

fn mp3(frames: usize) -> Vec<u8> {
    mp3_frame(0x55).repeat(frames)
}

fn check_mp3(name: &str, bytes: &[u8], frames: usize) -> Survey {
    let survey = surveyed(bytes);
    assert_eq!(survey.name(), "MP3", "{name}");
    let secs = frames as f64 * 1152.0 / 44_100.0;
    let found = survey.duration_secs.expect("counted");
    assert!((found - secs).abs() < 1e-6, "{name}: {found} for {secs}");
    survey
}

#[test]
fn frames_are_counted_whatever_the_header_counts() {
    let all = mp3(50);
    let length = all.len() as u32 + 417;
    for count in [0, 10, u32::MAX] {
        for bytes in [0, length] {
            let file = [counting_frame(b"Xing", count, bytes), all.clone()].concat();
            let survey = check_mp3("a wrong count", &file, 50);
            assert!(!survey.is_cut_off);
            assert_eq!(
                streams(&file),
                std::slice::from_ref(&all),
                "{count} {bytes}"
            );
        }
    }
    let right = [counting_frame(b"Info", 50, length), all.clone()].concat();
    assert!(check_mp3("right", &right, 50).streams.is_empty());
    assert!(check_mp3("no count", &all, 50).streams.is_empty());
    let cut = [counting_frame(b"Info", 100, 100 * 417), all.clone()].concat();
    let survey = check_mp3("cut off", &cut, 50);
    assert!(survey.is_cut_off && survey.streams.is_empty());
    assert!((survey.header_secs.expect("promised") - 100.0 * 1152.0 / 44_100.0).abs() < 1e-6);
}

#[test]
fn joined_files_are_read_whole() {
    let part = [counting_frame(b"Info", 20, 21 * 417), mp3(20)].concat();
    let id3 = [&b"ID3\x03\0\0\0\0\0\x08"[..], &[0; 8]].concat();
    let id3v1 = [&b"TAG"[..], &[b' '; 125]].concat();
    let joined = [&id3[..], &part, &id3v1, &id3, &part, &id3v1].concat();
    let survey = check_mp3("joined", &joined, 40);
    assert!(!survey.is_cut_off);
    assert_eq!(streams(&joined), [mp3(40)]);
    let damaged = [mp3(10), vec![0; 1000], mp3(10)].concat();
    check_mp3("damage between", &damaged, 20);
    assert_eq!(streams(&damaged), [mp3(20)]);
}

#[test]
fn a_change_of_rate_begins_another_stream() {
    // 48 kHz: 384 bytes.
    let mut frame = vec![0x55; 384];
    frame[..4].copy_from_slice(&[0xff, 0xfb, 0x94, 0x00]);
    let other = frame.repeat(30);
    let joined = [mp3(20), other.clone()].concat();
    let secs = surveyed(&joined).duration_secs.expect("counted");
    assert!((secs - (20.0 / 44_100.0 + 30.0 / 48_000.0) * 1152.0).abs() < 1e-6);
    assert_eq!(streams(&joined), [mp3(20), other]);
}

#[test]
fn texts_are_no_mp3() {
    for bytes in [
        &b"Dear diary,\n"[..],
        &[0; 5000],
        &[0xff; 5000],
        b"",
        b"\xff",
    ] {
        assert_eq!(survey(Cursor::new(bytes)).expect("a length"), None);
    }
}

/// A page with one packet.
fn page(flags: u8, position: u64, serial: u32, body: &[u8]) -> Vec<u8> {
    [
        &b"OggS\0"[..],
        &[flags],
        &position.to_le_bytes(),
        &serial.to_le_bytes(),
        &[0; 8],
        &[1, body.len() as u8],
        body,
    ]
    .concat()
}

fn ogg(serial: u32, offset: u64) -> Vec<u8> {
    let rate = RATE.to_le_bytes();
    let head = [&b"\x01vorbis\0\0\0\0\x01"[..], &rate, &[0; 14]].concat();
    let second = u64::from(RATE);
    [
        page(2, 0, serial, &head),
        page(0, 0, serial, b"comments"),
        page(0, offset + second, serial, &[7; 100]),
        page(0, u64::MAX, serial, &[7; 100]),
        page(4, offset + 2 * second, serial, &[7; 100]),
    ]
    .concat()
}

#[test]
fn an_ogg_is_counted_from_where_it_begins() {
    let whole = ogg(1, 0);
    let survey = surveyed(&whole);
    assert_eq!(survey.name(), "Ogg with Vorbis");
    assert_eq!(
        (survey.sample_rate, survey.duration_secs),
        (Some(RATE), Some(2.0))
    );
    assert!(!survey.is_cut_off && survey.streams.is_empty());
    let broadcast = surveyed(&ogg(1, 3 * 3600 * u64::from(RATE)));
    assert_eq!(broadcast.duration_secs, Some(1.0));
    assert!(!broadcast.is_cut_off);
    assert!(surveyed(&whole[..whole.len() - 10]).is_cut_off);
}

#[test]
fn chained_oggs_are_told_apart() {
    let (first, second) = (ogg(1, 0), ogg(2, 0));
    let chained = [first.clone(), second.clone()].concat();
    let survey = surveyed(&chained);
    assert_eq!(survey.duration_secs, Some(4.0));
    assert!(!survey.is_cut_off);
    assert_eq!(streams(&chained), [first, second]);
}

#[test]
fn a_flac_is_counted_by_its_last_frame() {
    let file = include_bytes!("../../../tests/audio/stereo.flac");
    let fine = surveyed(file);
    assert!(fine.streams.is_empty() && !fine.is_cut_off);
    assert_eq!(
        (fine.sample_rate, fine.channel_count),
        (Some(22_050), Some(2))
    );
    assert!((fine.duration_secs.expect("counted") - 1.2).abs() < 1e-9);
    let id3v2 = [&b"ID3\x04\0\0\0\0\0\x05"[..], &[0; 5]].concat();
    let id3v1 = [&b"TAG"[..], &[b' '; 125]].concat();
    let wrapped = [&id3v2[..], file, &id3v1].concat();
    assert_eq!(streams(&wrapped), [kinds::bare_flac(file)]);
    for total in [0, 1, 0xf_ffff_ffff_u64] {
        let mut lying = file.to_vec();
        let at = 21;
        lying[at] = (lying[at] & 0xf0) | (total >> 32) as u8;
        lying[at + 1..at + 5].copy_from_slice(&(total as u32).to_be_bytes());
        assert_eq!(streams(&lying), [kinds::bare_flac(file)], "{total}");
    }
    let half = surveyed(&file[..file.len() / 2]);
    assert!(half.is_cut_off);
    assert!((half.header_secs.expect("promised") - 1.2).abs() < 1e-9);
    let garbage = surveyed(&[&b"fLaC"[..], &[7; 500]].concat());
    assert!(!garbage.is_cut_off, "damaged from its first block on");
}

#[test]
fn an_m4a_tells_codec_rate_and_duration() {
    let told = |bytes: &[u8]| {
        let survey = surveyed(bytes);
        let secs = survey.duration_secs.expect("counted");
        assert!((1.2..1.3).contains(&secs), "{secs}");
        assert!(!survey.is_cut_off);
        (survey.codec, survey.sample_rate)
    };
    let files: [&[u8]; 3] = [
        include_bytes!("../../../tests/audio/faststart.m4a"),
        include_bytes!("../../../tests/audio/stereo.m4a"),
        include_bytes!("../../../tests/audio/lossless.m4a"),
    ];
    assert_eq!(told(files[0]), (Codec::Aac, Some(48_000)));
    assert_eq!(told(files[1]), (Codec::Aac, Some(44_100)));
    assert_eq!(told(files[2]), (Codec::Alac, None));
    assert!(surveyed(&files[0][..files[0].len() - 5]).is_cut_off);
    assert!(surveyed(&files[1][..5000]).is_cut_off);
}

#[test]
fn other_kinds_are_named() {
    for (head, name) in [
        (
            &b"\x30\x26\xb2\x75\x8e\x66\xcf\x11................"[..],
            "Windows Media (WMA, ASF)",
        ),
        (b"wvpk....................", "WavPack"),
        (
            b"MThd\0\0\0\x06............",
            "MIDI, which is notes without sound",
        ),
        (
            b"RIFF....RMIDdata........",
            "MIDI, which is notes without sound",
        ),
        (
            b"\x1a\x45\xdf\xa3.......A_OPUS......",
            "Matroska/WebM with Opus",
        ),
        (b"PK\x03\x04................", "a ZIP archive"),
    ] {
        assert_eq!(surveyed(head).name(), name);
    }
    let opus = include_bytes!("../../../tests/audio/opus.ogg");
    assert_eq!(surveyed(opus).name(), "Ogg with Opus");
    let adts = include_bytes!("../../../tests/audio/stereo.aac");
    assert_eq!(surveyed(adts).name(), "AAC (ADTS)");
    let secs = surveyed(adts).duration_secs.expect("counted");
    assert!((1.2..1.3).contains(&secs), "{secs}");
}

#[test]
fn damage_anywhere_is_survived() {
    let files = [
        plain(),
        honest(&[
            chunk(b"LIST", b"INFOINAM\x05\0\0\0Title"),
            chunk(b"fmt ", &pcm()),
            chunk(b"data", &[0x80; 64]),
        ]),
        aiff(0, 0, 40),
        [counting_frame(b"Xing", 3, 0), mp3(3)].concat(),
        ogg(1, 0),
        include_bytes!("../../../tests/audio/stereo.flac")[..3000].to_vec(),
        include_bytes!("../../../tests/audio/faststart.m4a")[..3000].to_vec(),
    ];
    for file in files {
        let head = file.len().min(300);
        for length in 0..head {
            let _ = survey(Cursor::new(&file[..length]));
        }
        for position in 0..head {
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut damaged = file.clone();
                damaged[position] = value;
                if let Ok(Some(survey)) = survey(Cursor::new(&damaged)) {
                    let length = damaged.len() as u64;
                    for part in survey.streams.iter().flatten() {
                        let is_inside = match part {
                            Part::New(bytes) => bytes.len() < 10_000,
                            Part::Kept(range) | Part::Recoded(range, _) => {
                                range.start <= range.end && range.end <= length
                            }
                        };
                        assert!(is_inside, "{part:?}");
                    }
                }
            }
        }
    }
}
