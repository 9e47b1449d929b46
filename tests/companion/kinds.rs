//! Kinds of files that few programs write: they are read, or what they are is said.

use std::{fs, sync::atomic::AtomicBool};

use deepmelody::native::decode::{Channels, DecodedSong, decode_channels};

use crate::support::{Workshop, shipped};

fn decoded(workshop: &Workshop, name: &str, bytes: &[u8]) -> Result<DecodedSong, String> {
    let path = workshop.file(name, bytes);
    decode_channels(&path, Channels::Kept, &AtomicBool::new(false))
        .map_err(|error| error.to_string())
}

fn read(workshop: &Workshop, name: &str, bytes: &[u8]) -> DecodedSong {
    decoded(workshop, name, bytes).expect(name)
}

fn secs(song: &DecodedSong) -> f64 {
    song.recording.channels[0].len() as f64 / f64::from(song.recording.sample_rate)
}

fn original(name: &str) -> Vec<u8> {
    fs::read(shipped(name)).expect("a file")
}

/// A FLAC's frames.
fn flac_frames() -> Vec<u8> {
    let file = original("stereo.flac");
    let mut at = 4;
    loop {
        let is_last = file[at] & 0x80 != 0;
        at += 4 + u32::from_be_bytes([0, file[at + 1], file[at + 2], file[at + 3]]) as usize;
        if is_last {
            return file[at..].to_vec();
        }
    }
}

#[test]
fn samples_in_other_containers_are_those_of_the_wav() {
    let workshop = Workshop::new();
    let wav = fs::read(workshop.song("plain.wav", 2.0, 1)).expect("a song");
    let expected = read(&workshop, "plain.wav", &wav).recording;
    let rate = expected.sample_rate;
    let channels = expected.channels.len() as u32;
    let samples = &wav[44..];
    let swapped: Vec<u8> = samples
        .chunks(2)
        .flat_map(|pair| pair.iter().rev().copied())
        .collect();
    let numbers = [0, 2 * channels, 1, channels, 16]
        .map(u32::to_be_bytes)
        .concat();
    let caf = [
        &b"caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20"[..],
        &f64::from(rate).to_be_bytes(),
        b"lpcm",
        &numbers,
        b"data\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0",
        &swapped,
    ]
    .concat();
    let fields = [24, u32::MAX, 3, rate, channels]
        .map(u32::to_be_bytes)
        .concat();
    let au = [&b".snd"[..], &fields, &swapped].concat();
    for (name, bytes) in [("song.caf", caf), ("song.au", au)] {
        let song = read(&workshop, name, &bytes);
        assert_eq!(song.recording, expected, "{name}");
        assert!(song.warnings.is_empty(), "{name}: {:?}", song.warnings);
    }
}

#[test]
fn flac_needs_no_stream_information() {
    let workshop = Workshop::new();
    let expected = read(&workshop, "plain.flac", &original("stereo.flac")).recording;
    for head in [&b""[..], b"fLaC", b"fLaC\x81\0\0\x04\0\0\0\0"] {
        let song = read(&workshop, "bare.flac", &[head, &flac_frames()].concat());
        assert_eq!(song.recording, expected, "{head:?}");
        assert!(song.warnings.is_empty(), "{:?}", song.warnings);
    }
}

#[test]
fn joined_recordings_keep_the_higher_rate_and_all_channels() {
    let workshop = Workshop::new();
    let (mono, stereo) = (original("mono.mp3"), original("stereo.mp3"));
    for parts in [[&mono[..], &stereo], [&stereo, &mono]] {
        let song = read(&workshop, "joined.mp3", &parts.concat());
        assert!(song.warnings.is_empty(), "{:?}", song.warnings);
        assert_eq!(song.recording.sample_rate, 44_100);
        assert_eq!((song.channel_count, song.recording.channels.len()), (2, 2));
        assert!((secs(&song) - 2.4).abs() < 0.1, "{}", secs(&song));
    }
    let wav = fs::read(workshop.song("plain.wav", 2.0, 1)).expect("a song");
    let twice = read(&workshop, "twice.wav", &wav.repeat(2));
    assert!((secs(&twice) - 4.0).abs() < 1e-6, "{}", secs(&twice));
    let twice = read(&workshop, "twice.flac", &original("stereo.flac").repeat(2));
    assert!((secs(&twice) - 2.4).abs() < 1e-6, "{}", secs(&twice));
}

#[test]
fn a_recording_that_goes_on_in_another_codec_is_read_whole() {
    let workshop = Workshop::new();
    let bytes = [original("stereo.ogg"), original("opus.ogg")].concat();
    let song = read(&workshop, "mixed.ogg", &bytes);
    assert!(song.warnings.is_empty(), "{:?}", song.warnings);
    assert_eq!(
        (song.recording.sample_rate, song.channel_count),
        (48_000, 2)
    );
    assert!((secs(&song) - 2.4).abs() < 0.01, "{}", secs(&song));
}

#[test]
fn opus_may_be_joined() {
    let workshop = Workshop::new();
    let opus = original("opus.ogg");
    let twice = read(&workshop, "twice.opus", &opus.repeat(2));
    assert!((secs(&twice) - 2.4).abs() < 0.01, "{}", secs(&twice));
}

#[test]
fn a_torn_frame_at_the_end_and_lost_ones_in_the_middle_are_said() {
    let workshop = Workshop::new();
    let adts = original("stereo.aac");
    let song = read(&workshop, "torn.aac", &adts[..adts.len() - 100]);
    assert_eq!(song.warnings, ["is cut off: it ends too early"]);
    let mut flac = original("stereo.flac");
    let middle = flac.len() * 2 / 3;
    flac[middle..middle + 2000].fill(0x55);
    let song = read(&workshop, "damaged.flac", &flac);
    assert!(!song.warnings.is_empty(), "{} seconds", secs(&song));
}

/// An Ogg page of one packet that begins a stream.
fn page(packet: &[u8]) -> Vec<u8> {
    let mut page = [&b"OggS\0\x02"[..], &[0; 8], &[1, 0, 0, 0], &[0; 8], &[1]].concat();
    page.push(packet.len() as u8);
    page.extend(packet);
    page
}

#[test]
fn what_cannot_be_decoded_is_named_rather_than_called_damaged() {
    let workshop = Workshop::new();
    let speex = [&b"Speex   1.2"[..], &[0; 69]].concat();
    let video = b"\0\0\0\x0cftypisom\0\0\0\x34moov\0\0\0\x2ctrak\0\0\0\x24mdia\0\0\0\x1chdlr\0\0\0\0\0\0\0\0vide\0\0\0\0\0\0\0\0";
    for (name, bytes, expected) in [
        (
            "song.spx",
            [page(&speex), vec![0x55; 2000]].concat(),
            "Ogg with Speex",
        ),
        ("song.mp4", video.to_vec(), "a video without sound"),
        ("song.wv", [&b"wvpk"[..], &[0; 2000]].concat(), "WavPack"),
    ] {
        let error = decoded(&workshop, name, &bytes).expect_err(name);
        assert!(error.contains(expected), "{name}: {error}");
    }
}
