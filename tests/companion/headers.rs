//! Files whose headers are wrong in one way each: what the bytes hold is read, and nothing is said to be missing.

use std::{fs, sync::atomic::AtomicBool};

use deepmelody::native::decode::{DecodedSong, decode_file};

use crate::support::{Shape, Workshop, shipped};

fn decoded(workshop: &Workshop, name: &str, bytes: &[u8]) -> DecodedSong {
    let path = workshop.file(name, bytes);
    let song = decode_file(&path, &AtomicBool::new(false)).expect(name);
    assert!(song.warnings.is_empty(), "{name}: {:?}", song.warnings);
    song
}

fn secs(song: &DecodedSong) -> f64 {
    song.recording.channels[0].len() as f64 / f64::from(song.recording.sample_rate)
}

fn original(name: &str) -> Vec<u8> {
    fs::read(shipped(name)).expect("a file")
}

fn find(bytes: &[u8], needle: &[u8]) -> usize {
    let mut windows = bytes.windows(needle.len());
    windows
        .position(|window| window == needle)
        .expect("it is there")
}

/// A WAV of two seconds, and what it decodes to.
fn wav(workshop: &Workshop) -> (Vec<u8>, DecodedSong) {
    let path = workshop.song("plain.wav", 2.0, 1);
    let bytes = fs::read(path).expect("a song");
    let song = decoded(workshop, "plain.wav", &bytes);
    (bytes, song)
}

#[test]
fn wav_sizes_are_counted() {
    let workshop = Workshop::new();
    let (plain, expected) = wav(&workshop);
    for size in [0_u32, 100, 0x7fff_f000, 0x8000_0000, 0xffff_fff8, u32::MAX] {
        for outer in [0, 4, size] {
            let mut bytes = plain.clone();
            bytes[4..8].copy_from_slice(&outer.to_le_bytes());
            bytes[40..44].copy_from_slice(&size.to_le_bytes());
            let song = decoded(&workshop, "sizes.wav", &bytes);
            assert_eq!(song.recording, expected.recording, "{size:x} in {outer:x}");
        }
    }
}

#[test]
fn wav_chunks_that_are_a_little_wrong_cost_nothing() {
    let workshop = Workshop::new();
    let (plain, expected) = wav(&workshop);
    let (head, data) = plain.split_at(36);
    let mut long_format = head.to_vec();
    long_format[16] = 20;
    long_format.extend([0; 4]);
    for (name, bytes) in [
        (
            "unpadded list",
            [head, b"LIST\x11\0\0\0INFOINAM\x05\0\0\0Title", data].concat(),
        ),
        (
            "list too long",
            [head, b"LIST\xff\xff\0\0INFOINAM\x04\0\0\0Song", data].concat(),
        ),
        (
            "item too long",
            [head, b"LIST\x10\0\0\0INFOINAM\xff\0\0\0Song", data].concat(),
        ),
        (
            "fact of 12 bytes",
            [head, b"fact\x0c\0\0\0............", data].concat(),
        ),
        (
            "fact of 7 bytes",
            [head, b"fact\x07\0\0\0........", data].concat(),
        ),
        ("format of 20 bytes", [&long_format[..], data].concat()),
    ] {
        let song = decoded(&workshop, "chunks.wav", &bytes);
        assert_eq!(song.recording, expected.recording, "{name}");
    }
    let tagged = [head, b"LIST\x10\0\0\0INFOINAM\xff\0\0\0Song", data].concat();
    let tags = decoded(&workshop, "tags.wav", &tagged).tags;
    assert_eq!(tags.title.as_deref(), Some("Song"));
}

#[test]
fn rf64_and_wave64_are_read() {
    let workshop = Workshop::new();
    let (plain, expected) = wav(&workshop);
    let length = (plain.len() - 44) as u64;
    let sizes = [
        &(length + 72).to_le_bytes()[..],
        &length.to_le_bytes(),
        &[0; 12],
    ]
    .concat();
    let rf64 = [
        b"RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0",
        &sizes[..],
        &plain[12..40],
        b"\xff\xff\xff\xff",
        &plain[44..],
    ]
    .concat();
    let guid = |name: &[u8; 4], tail: &[u8; 12]| [&name[..], tail].concat();
    let other = *b"\xf3\xac\xd3\x11\x8c\xd1\0\xc0\x4f\x8e\xdb\x8a";
    let w64 = [
        guid(b"riff", b"\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0"),
        (length + 104).to_le_bytes().to_vec(),
        guid(b"wave", &other),
        guid(b"fmt ", &other),
        40_u64.to_le_bytes().to_vec(),
        plain[20..36].to_vec(),
        guid(b"data", &other),
        (length + 24).to_le_bytes().to_vec(),
        plain[44..].to_vec(),
    ]
    .concat();
    for (name, bytes) in [("rf64.wav", rf64), ("song.w64", w64)] {
        assert_eq!(
            decoded(&workshop, name, &bytes).recording,
            expected.recording,
            "{name}"
        );
    }
}

#[test]
fn flac_is_read_whatever_stands_around_it_and_in_its_header() {
    let workshop = Workshop::new();
    let plain = original("stereo.flac");
    let expected = decoded(&workshop, "plain.flac", &plain).recording;
    let id3v2 = [&b"ID3\x04\0\0\0\0\0\x05"[..], &[0; 5]].concat();
    let id3v1 = [&b"TAG"[..], &[b' '; 125]].concat();
    let with_total = |total: u64| {
        let mut bytes = plain.clone();
        bytes[21] = (bytes[21] & 0xf0) | (total >> 32) as u8;
        bytes[22..26].copy_from_slice(&(total as u32).to_be_bytes());
        bytes
    };
    for (name, bytes) in [
        ("ID3v2 before", [&id3v2[..], &plain].concat()),
        ("ID3v1 behind", [&plain[..], &id3v1].concat()),
        ("unknown total", with_total(0)),
        ("absurd total", with_total(0xf_ffff_ffff)),
        ("total too small", with_total(1000)),
    ] {
        let song = decoded(&workshop, "odd.flac", &bytes);
        assert_eq!(song.recording, expected, "{name}");
    }
}

#[test]
fn mp3_frames_are_read_whatever_the_header_counts() {
    let workshop = Workshop::new();
    let plain = original("stereo.mp3");
    let at = find(&plain, b"Info");
    for frames in [0_u32, 5, u32::MAX] {
        let mut bytes = plain.clone();
        bytes[at + 8..at + 12].copy_from_slice(&frames.to_be_bytes());
        bytes[at + 12..at + 16].copy_from_slice(&[0; 4]);
        let song = decoded(&workshop, "count.mp3", &bytes);
        assert!((secs(&song) - 1.2).abs() < 0.1, "{frames}: {}", secs(&song));
        assert_eq!(song.tags.title.as_deref(), Some("A chord"));
    }
}

#[test]
fn joined_files_are_read_whole() {
    let workshop = Workshop::new();
    for (name, tolerance) in [
        ("stereo.mp3", 0.12),
        ("stereo.ogg", 0.001),
        ("stereo.aac", 0.1),
    ] {
        let twice = original(name).repeat(2);
        let song = decoded(&workshop, name, &twice);
        assert!(
            (secs(&song) - 2.4).abs() <= tolerance,
            "{name}: {}",
            secs(&song)
        );
        let channel = &song.recording.channels[0];
        let energy = |samples: &[f32]| samples.iter().map(|x| f64::from(x * x)).sum::<f64>();
        let (first, second) = channel.split_at(channel.len() / 2);
        let ratio = energy(second) / energy(first);
        assert!((0.9..1.1).contains(&ratio), "{name}: {ratio}");
    }
    // Another rate: brought to the higher one.
    let mixed = [original("stereo.ogg"), original("mono.ogg")].concat();
    let song = decoded(&workshop, "mixed.ogg", &mixed);
    assert_eq!(song.recording.sample_rate, 48_000);
    assert!((secs(&song) - 2.4).abs() < 0.001, "{}", secs(&song));
}

/// The checksum of an Ogg page (RFC 3533, section 6): x^32 + 0x04c11db7, from 0, not reflected.
fn checksum(page: &[u8]) -> u32 {
    page.iter().fold(0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte) << 24, |crc: u32, _| match crc >> 31 {
            0 => crc << 1,
            _ => (crc << 1) ^ 0x04c1_1db7,
        })
    })
}

#[test]
fn an_ogg_from_the_middle_of_a_broadcast_is_as_long_as_its_sound() {
    let workshop = Workshop::new();
    let plain = original("stereo.ogg");
    for hours in [1, 3] {
        let mut bytes = plain.clone();
        let starts: Vec<usize> = (0..bytes.len())
            .filter(|&at| bytes[at..].starts_with(b"OggS"))
            .collect();
        for (index, &start) in starts.iter().enumerate() {
            let end = starts.get(index + 1).copied().unwrap_or(bytes.len());
            let page = &mut bytes[start..end];
            let position = u64::from_le_bytes(page[6..14].try_into().expect("eight bytes"));
            if position > 0 && position != u64::MAX {
                let later = position + hours * 3600 * 44_100;
                page[6..14].copy_from_slice(&later.to_le_bytes());
            }
            page[22..26].fill(0);
            let sum = checksum(page);
            page[22..26].copy_from_slice(&sum.to_le_bytes());
        }
        let song = decoded(&workshop, "broadcast.ogg", &bytes);
        assert!((secs(&song) - 1.2).abs() < 0.05, "{}", secs(&song));
    }
}

#[test]
fn an_aiff_is_read_whatever_its_header_counts() {
    let workshop = Workshop::new();
    let (plain, expected) = wav(&workshop);
    let samples: Vec<u8> = plain[44..]
        .as_chunks::<2>()
        .0
        .iter()
        .flat_map(|&[low, high]| [high, low])
        .collect();
    let frames = (samples.len() / 4) as u32;
    for (outer, count, size) in [
        (samples.len() as u32 + 46, frames, samples.len() as u32 + 8),
        (0, 0, 0),
        (u32::MAX, u32::MAX, u32::MAX),
    ] {
        let bytes = [
            b"FORM",
            &outer.to_be_bytes()[..],
            b"AIFFCOMM\0\0\0\x12\0\x02",
            &count.to_be_bytes(),
            // 22,050 Hz: 2^14 times 1.3458...
            b"\0\x10\x40\x0d\xac\x44\0\0\0\0\0\0SSND",
            &size.to_be_bytes(),
            &[0; 8],
            &samples,
        ]
        .concat();
        let song = decoded(&workshop, "song.aiff", &bytes);
        assert_eq!(
            song.recording, expected.recording,
            "{outer:x} {count:x} {size:x}"
        );
    }
}

#[test]
fn mp3_in_a_wav_is_read() {
    let workshop = Workshop::new();
    let mp3 = original("mono.mp3");
    let start = find(&mp3, b"\xff\xf3");
    let sound = &mp3[start..];
    let mut format = b"\x55\0\x01\0\x22\x56\0\0\x10\x27\0\0\x01\0\0\0\x0c\0".to_vec();
    format.extend([1, 0, 2, 0, 0, 0, 0, 1, 1, 0, 0x71, 5]);
    let bytes = [
        &b"RIFF\xff\xff\xff\x7fWAVEfmt "[..],
        &(format.len() as u32).to_le_bytes(),
        &format,
        b"data",
        &(sound.len() as u32).to_le_bytes(),
        sound,
    ]
    .concat();
    let song = decoded(&workshop, "mp3.wav", &bytes);
    assert!((secs(&song) - 1.2).abs() < 0.1, "{}", secs(&song));
}

#[test]
fn channels_that_cancel_are_analysed_as_one() {
    let workshop = Workshop::new();
    let shape = Shape {
        channels: 2,
        sample_rate: 8_000,
        duration_secs: 1.0,
    };
    let path = workshop.wav("song.wav", shape, |n| 0.5 * (n as f64 * 0.3).sin());
    let mut bytes = fs::read(path).expect("a song");
    for frame in bytes[44..].as_chunks_mut::<4>().0 {
        let inverted = -i16::from_le_bytes([frame[2], frame[3]]);
        frame[2..].copy_from_slice(&inverted.to_le_bytes());
    }
    let song = decoded(&workshop, "inverted.wav", &bytes);
    assert_eq!((song.channel_count, song.recording.channels.len()), (2, 1));
    let samples = &song.recording.channels[0];
    let peak = samples.iter().copied().fold(0.0, f32::max);
    assert!((peak - 0.5).abs() < 0.01, "{peak}");
}
