//! What is refused, and what headers say; that decoders read the files is tested beside the decoder.

use super::*;
use crate::audio::wav::SampleFormat;

fn layout(channel_count: u16, format: SampleFormat) -> Layout {
    Layout {
        channel_count,
        sample_rate: 44_100,
        format,
    }
}

#[test]
fn floats_and_too_many_channels_are_refused() {
    let refused = [
        layout(2, SampleFormat::Float32),
        layout(9, SampleFormat::Int16),
    ];
    for layout in refused {
        let refused = FlacEncoder::new(layout);
        assert!(matches!(refused, Err(AudioError::Flac(_))), "{layout:?}");
    }
}

#[test]
fn headers_hold_lengths_hash_and_tags() {
    let mut encoder = FlacEncoder::new(layout(1, SampleFormat::Int16)).expect("an encoder");
    let mut frames = Vec::new();
    encoder.encode(&[0; 2 * 10_000], &mut frames);
    let tags = FileTags {
        title: "Tune".to_owned(),
        ..FileTags::default()
    };
    let header = encoder.header(&tags);
    assert!(header.starts_with(b"fLaC"));
    assert_eq!(header[8..10], header[10..12], "least and largest block");
    assert_eq!(header[22..26], 10_000_u32.to_be_bytes(), "samples");
    // `head -c 20000 /dev/zero | md5sum`
    let hash = [
        0xb2, 0xfe, 0x45, 0x73, 0x48, 0xde, 0x24, 0x3a, 0x57, 0x9a, 0x15, 0x91, 0xd3, 0x81, 0x51,
        0x70,
    ];
    assert_eq!(header[26..42], hash);
    assert_eq!(header[42], 0x80 | TAGS, "the last block of metadata");
    assert!(header.ends_with(b"TITLE=Tune"));
}

#[test]
fn hashes_are_those_of_the_specification() {
    // RFC 1321, section A.5.
    let long = "1234567890".repeat(8);
    for (text, format, expected) in [
        ("", SampleFormat::Int16, "d41d8cd98f00b204e9800998ecf8427e"),
        (
            "abc",
            SampleFormat::Int24,
            "900150983cd24fb0d6963f7d28e17f72",
        ),
        (
            "message digest",
            SampleFormat::Int16,
            "f96b697d7cb7938d525a2f31aaf161d0",
        ),
        (
            long.as_str(),
            SampleFormat::Int16,
            "57edf4a22be3c955ac49da2e2107b67a",
        ),
    ] {
        let mut encoder = FlacEncoder::new(layout(1, format)).expect("an encoder");
        encoder.encode(text.as_bytes(), &mut Vec::new());
        let header = encoder.header(&FileTags::default());
        assert_eq!(crate::digest::hex(&header[26..42]), expected, "{text}");
    }
}
