//! Every format decodes to what was encoded: rate, channels, length, and the samples themselves.
//!
//! The encoded files hold the chord below; `tests/audio/make.sh` made them.

use std::{f64::consts::TAU, fs, sync::atomic::AtomicBool};

use deepmelody::native::decode::{DecodedSong, decode_file};

use crate::support::{Shape, Workshop, shipped};

const CHORD_SECS: f64 = 1.2;

/// Both channels of the chord in make.sh.
fn chord(secs: f64) -> [f64; 2] {
    let fade = (secs.min(CHORD_SECS - secs) / 0.05).min(1.0);
    let sine = |frequency: f64| (TAU * frequency * secs).sin();
    [
        fade * (0.3 * sine(440.0) + 0.2 * sine(554.0)),
        fade * (0.3 * sine(659.0) + 0.2 * sine(988.0)),
    ]
}

fn decoded(name: &str) -> DecodedSong {
    decode_file(&shipped(name), &AtomicBool::new(false)).expect(name)
}

/// The decoded song against the chord, in dB, if it began `late_frames` late.
fn snr_db(song: &DecodedSong, late_frames: usize) -> f64 {
    let rate = f64::from(song.recording.sample_rate);
    let (mut signal, mut error) = (0.0, 0.0);
    let samples = song.recording.channels[0].iter().skip(late_frames);
    for (n, &sample) in samples.take((CHORD_SECS * rate) as usize).enumerate() {
        let [left, right] = chord(n as f64 / rate);
        let expected = if song.channel_count == 1 {
            left
        } else {
            (left + right) / 2.0
        };
        signal += expected * expected;
        error += (expected - f64::from(sample)).powi(2);
    }
    10.0 * (signal / error).log10()
}

#[test]
fn formats_decode_without_the_encoders_padding() {
    for (name, sample_rate, channel_count, least_snr_db) in [
        ("stereo.flac", 22_050, 2, 80.0),
        ("stereo.mp3", 44_100, 2, 20.0),
        ("mono.mp3", 22_050, 1, 20.0),
        ("stereo.ogg", 44_100, 2, 25.0),
        ("mono.ogg", 48_000, 1, 25.0),
        ("opus.ogg", 48_000, 1, 15.0),
        // The encoder is not a good one: its own decoder gives the same figure.
        ("stereo.m4a", 44_100, 2, 12.0),
        ("faststart.m4a", 48_000, 1, 20.0),
    ] {
        let song = decoded(name);
        assert_eq!(song.recording.sample_rate, sample_rate, "{name}");
        assert_eq!(song.channel_count, channel_count, "{name}");
        assert_eq!(song.recording.channels.len(), 1, "{name}");
        let length = song.recording.channels[0].len() as f64;
        assert_eq!(length, CHORD_SECS * f64::from(sample_rate), "{name}");
        let snr = snr_db(&song, 0);
        assert!(snr > least_snr_db, "{name}: {snr:.1} dB");
        assert!(song.warnings.is_empty(), "{name}: {:?}", song.warnings);
    }
}

#[test]
fn bare_aac_keeps_its_padding_because_nothing_tells_of_it() {
    let song = decoded("stereo.aac");
    assert_eq!(
        (song.recording.sample_rate, song.channel_count),
        (44_100, 2)
    );
    assert!(snr_db(&song, 1024) > 12.0);
}

#[test]
fn tags_are_read_from_every_kind() {
    for name in [
        "stereo.flac",
        "stereo.mp3",
        "mono.mp3",
        "stereo.ogg",
        "stereo.m4a",
    ] {
        let tags = decoded(name).tags;
        assert_eq!(tags.title.as_deref(), Some("A chord"), "{name}");
        assert_eq!(tags.artist.as_deref(), Some("DeepMelody"), "{name}");
        assert_eq!(tags.album.as_deref(), Some("Test tones"), "{name}");
        assert_eq!(tags.licence, None, "{name}");
    }
}

#[test]
fn wav_of_any_shape_is_averaged_to_one_channel() {
    let workshop = Workshop::new();
    for (channels, sample_rate) in [(1, 8_000), (2, 44_100), (8, 48_000)] {
        let shape = Shape {
            channels,
            sample_rate,
            duration_secs: CHORD_SECS,
        };
        let path = workshop.wav("song.wav", shape, |n| {
            chord(n as f64 / f64::from(sample_rate))[0]
        });
        let mut song = decode_file(&path, &AtomicBool::new(false)).expect("a song");
        assert_eq!(song.channel_count, usize::from(channels));
        song.channel_count = 1;
        assert!(
            snr_db(&song, 0) > 70.0,
            "{channels} channels at {sample_rate} Hz"
        );
    }
}

#[test]
fn what_is_left_of_a_file_that_was_cut_off_is_read_and_said() {
    let workshop = Workshop::new();
    for (name, decoded_secs) in [
        ("stereo.flac", 0.4),
        ("stereo.mp3", 0.68),
        ("faststart.m4a", 0.64),
        ("stereo.aac", 0.7),
    ] {
        let bytes = fs::read(shipped(name)).expect("a file");
        let path = workshop.file(name, &bytes[..bytes.len() * 6 / 10]);
        let song = decode_file(&path, &AtomicBool::new(false)).expect(name);
        let rate = f64::from(song.recording.sample_rate);
        let secs = song.recording.channels[0].len() as f64 / rate;
        assert!((secs - decoded_secs).abs() < 0.05, "{name}: {secs} s");
        assert_eq!(song.warnings.len(), 1, "{name}");
        assert!(
            song.warnings[0].starts_with("is cut off"),
            "{name}: {:?}",
            song.warnings
        );
    }
}

#[cfg(feature = "train")]
#[test]
fn the_companion_reads_the_flac_that_it_writes() {
    use deepmelody::render::files::{AudioFormat, write_audio};

    let workshop = Workshop::new();
    for length in [9_999, 4_096, 100] {
        let samples: Vec<f32> = (0..length).map(|n| (n as f32 * 0.05).sin() * 0.5).collect();
        let path = workshop.path("written.flac");
        write_audio(&path, &samples, 10_880, AudioFormat::Flac).expect("written");
        let song = decode_file(&path, &AtomicBool::new(false)).expect("read back");
        let read = &song.recording.channels[0];
        assert_eq!(read.len(), length);
        let is_same = read.iter().zip(&samples).all(|(a, b)| (a - b).abs() < 1e-4);
        assert!(is_same, "{length} samples");
    }
}
