//! Files as the page saves them, read back.

use std::sync::atomic::AtomicBool;

use super::{Channels, DecodedSong, decode_channels};
use crate::audio::{
    FileTags,
    flac::{BLOCK_LENGTH, FlacEncoder},
    wav::{Layout, SampleFormat},
};

/// Loud tones, noise and silence, in channels that differ.
fn samples(length: usize, channel_count: usize) -> Vec<Vec<f32>> {
    let mut noise = 1_u32;
    let mut sample = |n: usize, channel: usize| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        match n / 3_000 % 3 {
            0 => 0.99 * (n as f32 * 0.03 * (channel + 1) as f32).sin(),
            1 => 2.0 * (noise as f32 / u32::MAX as f32) - 1.0,
            _ => 0.0,
        }
    };
    let mut channel = |channel| (0..length).map(|n| sample(n, channel)).collect();
    (0..channel_count).map(&mut channel).collect()
}

fn tags() -> FileTags {
    FileTags {
        title: "Größe".to_owned(),
        artist: Some("AC/DC".to_owned()),
        part: Some("without guitar".to_owned()),
    }
}

fn flac(layout: Layout, samples: &[u8]) -> Vec<u8> {
    let mut encoder = FlacEncoder::new(layout).expect("an encoder");
    let mut frames = Vec::new();
    for block in samples.chunks(2 * BLOCK_LENGTH * layout.bytes_per_sample()) {
        encoder.encode(block, &mut frames);
    }
    [encoder.header(&tags()), frames].concat()
}

fn read_back(name: &str, file: &[u8]) -> DecodedSong {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, file).expect("written");
    let song = decode_channels(&path, Channels::Kept, &AtomicBool::new(false)).expect("decoded");
    assert_eq!(song.warnings, Vec::<String>::new(), "{name}");
    let tags = &song.tags;
    assert_eq!(
        tags.title.as_deref(),
        Some("Größe – without guitar"),
        "{name}"
    );
    assert_eq!(tags.artist.as_deref(), Some("AC/DC"), "{name}");
    song
}

#[test]
fn flac_and_tagged_wav_come_back_exactly() {
    for (channel_count, length, format) in [
        (1, 10_000, SampleFormat::Int16),
        (2, 3 * BLOCK_LENGTH, SampleFormat::Int16),
        (2, 2 * BLOCK_LENGTH + 1, SampleFormat::Int24),
        (2, 130 * BLOCK_LENGTH + 3, SampleFormat::Int16),
        (6, 5_000, SampleFormat::Int24),
    ] {
        let layout = Layout {
            channel_count,
            sample_rate: 44_100,
            format,
        };
        let mut bytes = Vec::new();
        layout.encode(&samples(length, channel_count.into()), &mut bytes);
        let header = layout.tagged_header(length, &tags()).expect("a header");
        let wav = [header, bytes.clone()].concat();
        for (name, file) in [("song.wav", wav), ("song.flac", flac(layout, &bytes))] {
            let song = read_back(name, &file);
            assert_eq!(song.recording.sample_rate, 44_100);
            let mut read = Vec::new();
            layout.encode(&song.recording.channels, &mut read);
            assert!(
                read == bytes,
                "{name} of {channel_count} channels, {length} samples"
            );
        }
    }
}

#[test]
fn quiet_music_takes_less_room() {
    let layout = Layout {
        channel_count: 2,
        sample_rate: 44_100,
        format: SampleFormat::Int16,
    };
    let tone = |n: usize| 0.3 * (n as f32 * 0.02).sin();
    let channel: Vec<f32> = (0..44_100).map(tone).collect();
    let mut bytes = Vec::new();
    layout.encode(&[channel.clone(), channel], &mut bytes);
    assert!(flac(layout, &bytes).len() < bytes.len() / 3);
}
