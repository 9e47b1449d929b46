//! Files that come back as they were written.

use super::*;

fn round_trip(channels: &[&[f32]], format: SampleFormat) -> Recording {
    let mut file = Vec::new();
    write_wav(&mut file, channels, 44_100, format).expect("writes");
    read_wav(file.as_slice()).expect("reads")
}

#[test]
fn every_format_comes_back_within_its_step() {
    let (left, right) = (
        [0.0, 0.1, -0.7, 0.999, -1.0],
        [1e-3, -1e-3, 0.25, 0.5, -0.5],
    );
    for (format, step) in [
        (SampleFormat::Int16, 1.0 / 32_768.0),
        (SampleFormat::Int24, 1.0 / 8_388_608.0),
        (SampleFormat::Float32, 0.0),
    ] {
        let recording = round_trip(&[&left, &right], format);
        assert_eq!(recording.sample_rate, 44_100);
        for (got, expected) in recording.channels.iter().zip([&left, &right]) {
            assert_eq!(got.len(), expected.len());
            assert!(
                got.iter()
                    .zip(expected)
                    .all(|(a, b)| (a - b).abs() <= step / 2.0),
                "{format:?}"
            );
        }
    }
}

#[test]
fn what_was_encoded_in_blocks_is_decoded_from_anywhere() {
    let channels: [Vec<f32>; 2] =
        [3.0_f32, 7.0].map(|step| (0..500).map(|n| (n as f32 / step).sin()).collect());
    for format in [
        SampleFormat::Int16,
        SampleFormat::Int24,
        SampleFormat::Float32,
    ] {
        let layout = Layout {
            channel_count: 2,
            sample_rate: 48_000,
            format,
        };
        let mut bytes = layout.header(500).expect("a header").to_vec();
        for block in [0..100, 100..101, 101..500] {
            let block = [&channels[0][block.clone()], &channels[1][block]];
            layout.encode(&block, &mut bytes);
        }
        let whole = read_wav(bytes.as_slice()).expect("a WAV file").channels;
        let from = Layout::HEADER_BYTES + 250 * layout.bytes_per_sample();
        for (part, whole) in layout.decode(&bytes[from..]).iter().zip(&whole) {
            assert_eq!(part, &whole[250..], "{format:?}");
        }
    }
}

#[test]
fn more_than_four_gigabytes_are_refused() {
    let layout = Layout {
        channel_count: 2,
        sample_rate: 48_000,
        format: SampleFormat::Float32,
    };
    assert!(layout.header(536_000_000).is_ok());
    assert!(matches!(
        layout.header(537_000_000),
        Err(AudioError::WavTooLong { .. })
    ));
}

#[test]
fn integers_clip_instead_of_wrapping() {
    let recording = round_trip(&[&[2.0, -2.0]], SampleFormat::Int16);
    assert_eq!(recording.channels, [[32_767.0 / 32_768.0, -1.0]]);
}

#[test]
fn silence_of_no_length_is_a_file_too() {
    assert_eq!(
        round_trip(&[&[], &[]], SampleFormat::Int16).channels,
        [[], [] as [f32; 0]]
    );
}

#[test]
fn unequal_or_missing_channels_are_refused() {
    let write = |channels: &[&[f32]]| write_wav(Vec::new(), channels, 8_000, SampleFormat::Int16);
    let unequal = write(&[&[0.0, 0.0], &[0.0]]).expect_err("unequal");
    assert_eq!(
        unequal.to_string(),
        "channel 1 has 1 samples: expected 2, as in the first"
    );
    assert!(matches!(
        write(&[]),
        Err(AudioError::ChannelCount { got: 0 })
    ));
}

#[test]
fn what_is_no_wav_says_so() {
    assert!(matches!(
        read_wav(&b"not a wav"[..]),
        Err(AudioError::Wav(_))
    ));
}

#[test]
fn absurd_numbers_of_bits_are_refused() {
    let file = include_bytes!("../../../fuzz/seeds/wav/absurd-bits.wav");
    assert!(matches!(
        read_wav(&file[..]),
        Err(AudioError::Wav(hound::Error::Unsupported))
    ));
}

#[test]
fn clipped_samples_are_counted_when_they_are_written_and_found_when_they_are_read() {
    let loud = vec![vec![0.0, 0.5, 1.2, -0.99, -1.5, f32::MAX]];
    for format in [SampleFormat::Int16, SampleFormat::Int24] {
        let layout = Layout {
            channel_count: 1,
            sample_rate: 8_000,
            format,
        };
        let mut bytes = Vec::new();
        assert_eq!(layout.encode(&loud, &mut bytes), 3, "{format:?}");
        assert_eq!(layout.at_limits(&layout.decode(&bytes)), 3, "{format:?}");
    }
    let exact = Layout {
        channel_count: 1,
        sample_rate: 8_000,
        format: SampleFormat::Float32,
    };
    let mut bytes = Vec::new();
    assert_eq!(exact.encode(&loud, &mut bytes), 0);
    assert_eq!(exact.at_limits(&exact.decode(&bytes)), 0);
}
