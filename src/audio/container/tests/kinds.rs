//! Kinds that are put together as others, recordings that follow one another, and what stands before them.

use super::*;

/// A WAV of 16 bits with the bytes of its samples in the opposite order.
pub(super) fn swapped(wav: &[u8]) -> Vec<u8> {
    let (header, samples) = wav.split_at(44);
    let pairs = samples.chunks(2).flat_map(|pair| pair.iter().rev());
    header.iter().chain(pairs).copied().collect()
}

/// A FLAC with the stream information alone before its frames.
pub(super) fn bare_flac(file: &[u8]) -> Vec<u8> {
    let info = &file[8..42];
    let mut at = 4;
    while file[at] & 0x80 == 0 {
        at += 4 + u32::from_be_bytes([0, file[at + 1], file[at + 2], file[at + 3]]) as usize;
    }
    at += 4 + u32::from_be_bytes([0, file[at + 1], file[at + 2], file[at + 3]]) as usize;
    [&b"fLaC\x80\0\0\x22"[..], info, &file[at..]].concat()
}

fn flac() -> &'static [u8] {
    include_bytes!("../../../../tests/audio/stereo.flac")
}

/// A CAF of one channel.
fn caf(format: &[u8; 4], flags: u32, bits: u32, size: i64) -> Vec<u8> {
    let numbers = [flags, bits / 8, 1, 1, bits].map(u32::to_be_bytes).concat();
    [
        &b"caff\0\x01\0\0desc"[..],
        &32_i64.to_be_bytes(),
        &f64::from(RATE).to_be_bytes(),
        format,
        &numbers,
        b"free",
        &6_i64.to_be_bytes(),
        &[0; 6],
        b"data",
        &size.to_be_bytes(),
        &[0; 4],
        &sound(),
    ]
    .concat()
}

#[test]
fn a_caf_of_plain_samples_becomes_a_wav() {
    let size = i64::from(4 * RATE + 4);
    for size in [size, -1] {
        let little = caf(b"lpcm", 2, 16, size);
        assert_eq!(surveyed(&little).name(), "CAF");
        assert_eq!(surveyed(&little).duration_secs, Some(2.0));
        assert_eq!(streams(&little), [plain()], "{size}");
        let big = caf(b"lpcm", 0, 16, size);
        assert_eq!(streams(&big), [swapped(&plain())], "{size}");
    }
    let cut = surveyed(&caf(b"lpcm", 2, 16, 2 * size));
    assert!(cut.is_cut_off);
    assert!(cut.header_secs.expect("promised") > 3.9);
    let curved = surveyed(&caf(b"ulaw", 0, 8, -1));
    assert_eq!(curved.name(), "CAF with mu-law");
    assert_eq!(curved.duration_secs, Some(4.0));
    for (format, bits, name) in [
        (b"alac", 0, "CAF with Apple Lossless"),
        (b"opus", 0, "CAF with Opus"),
        (b"lpcm", 72, "CAF"),
    ] {
        let survey = surveyed(&caf(format, 0, bits, -1));
        assert_eq!(survey.name(), name);
        assert!(survey.streams.is_empty());
    }
}

#[test]
fn an_au_becomes_a_wav() {
    let au = |size: u32, encoding: u32| {
        let fields = [28, size, encoding, RATE, 1].map(u32::to_be_bytes).concat();
        [&b".snd"[..], &fields, &[0; 4], &sound()].concat()
    };
    for size in [4 * RATE, u32::MAX] {
        assert_eq!(surveyed(&au(size, 3)).name(), "AU");
        assert_eq!(surveyed(&au(size, 3)).duration_secs, Some(2.0));
        assert_eq!(streams(&au(size, 3)), [swapped(&plain())]);
    }
    assert!(surveyed(&au(8 * RATE, 3)).is_cut_off);
    assert_eq!(surveyed(&au(4 * RATE, 27)).name(), "AU with A-law");
    assert_eq!(
        surveyed(&au(4 * RATE, 23)).name(),
        "AU with an unknown codec"
    );
}

#[test]
fn extensible_wavs_are_made_plain_where_decoders_stumble() {
    let extensible = |bits: u16, valid: u16, tag: u8| {
        let mut body = pcm();
        body[..2].copy_from_slice(&[0xfe, 0xff]);
        body[14..16].copy_from_slice(&bits.to_le_bytes());
        body.extend([22, 0]);
        body.extend(valid.to_le_bytes());
        body.extend([
            4, 0, 0, 0, tag, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71,
        ]);
        honest(&[chunk(b"fmt ", &body), chunk(b"data", &sound())])
    };
    assert!(surveyed(&extensible(16, 16, 1)).streams.is_empty());
    assert_eq!(streams(&extensible(16, 12, 1)), [extensible(16, 16, 1)]);
    let curved = streams(&extensible(8, 8, 6)).remove(0);
    assert_eq!(curved[20..22], [6, 0]);
}

#[test]
fn bytes_with_a_sign_lose_it() {
    let file = streams(&caf(b"lpcm", 0, 8, -1)).remove(0);
    assert!(file.ends_with(&sound().iter().map(|byte| byte ^ 0x80).collect::<Vec<_>>()));
}

#[test]
fn joined_wavs_are_read_one_after_another() {
    let three = plain().repeat(3);
    let survey = surveyed(&three);
    assert_eq!(survey.duration_secs, Some(6.0));
    assert!(!survey.is_cut_off);
    assert_eq!(streams(&three), [plain(), plain(), plain()]);
    let torn = surveyed(&three[..three.len() - 2 * RATE as usize]);
    assert!(torn.is_cut_off);
    assert_eq!(torn.duration_secs, Some(5.0));
    // Very many are not followed for ever.
    let tiny = honest(&[chunk(b"fmt ", &pcm()), chunk(b"data", &[0x80; 2])]);
    let many = surveyed(&tiny.repeat(2000));
    assert!(many.streams.len() < 100);
}

#[test]
fn joined_flacs_are_read_one_after_another() {
    let twice = flac().repeat(2);
    let survey = surveyed(&twice);
    assert!((survey.duration_secs.expect("counted") - 2.4).abs() < 1e-9);
    assert!(!survey.is_cut_off);
    assert_eq!(streams(&twice), [bare_flac(flac()), bare_flac(flac())]);
}

#[test]
fn a_flac_without_stream_information_gets_one() {
    let whole = bare_flac(flac());
    let frames = &whole[42..];
    // What the frames do not tell: their sizes in bytes, and a checksum of all samples.
    let mut expected = whole.clone();
    expected[12..18].fill(0);
    expected[26..42].fill(0);
    for (name, head) in [
        ("none at all", &b""[..]),
        ("the marker alone", b"fLaC"),
        ("padding alone", b"fLaC\x81\0\0\x04\0\0\0\0"),
        ("zeros", &[b"fLaC\x80\0\0\x22", &[0; 34][..]].concat()),
    ] {
        let bytes = [head, frames].concat();
        let survey = surveyed(&bytes);
        assert_eq!(survey.name(), "FLAC", "{name}");
        assert!((survey.duration_secs.expect("counted") - 1.2).abs() < 1e-9);
        assert_eq!(streams(&bytes), std::slice::from_ref(&expected), "{name}");
    }
    let second = [b"fLaC\x01\0\0\x02..", &whole[4..]].concat();
    assert_eq!(streams(&second), [whole]);
}

#[test]
fn what_stands_before_a_recording_is_left_out() {
    let plain = [counting_frame(b"Info", 20, 21 * 417), mp3(20)].concat();
    for before in [
        [&b"ID3\x02\0\0\0\0\0\x08"[..], &[0; 8]].concat(),
        b"ID3\x03\0\0\x7f\x7f\x7f\x7fTIT2".to_vec(),
        vec![0; 5000],
    ] {
        let bytes = [&before[..], &plain].concat();
        check_mp3("wrapped", &bytes, 20);
        assert_eq!(streams(&bytes), std::slice::from_ref(&plain), "{before:?}");
    }
    let answer = b"ICY 200 OK\r\nContent-Type: application/ogg\r\n\r\n";
    let recording = ogg(7, 0);
    assert_eq!(streams(&[answer, &recording[..]].concat()), [recording]);
}

#[test]
fn pictures_without_sound_are_named() {
    let bytes = |size: usize, kind: &[u8; 4], body: &[u8]| {
        [&(size as u32 + 8).to_be_bytes()[..], kind, body].concat()
    };
    let file = |handler: &[u8; 4]| {
        let handler = bytes(12, b"hdlr", &[&[0; 8][..], handler].concat());
        let media = bytes(handler.len(), b"mdia", &handler);
        let track = bytes(media.len(), b"trak", &media);
        let movie = bytes(track.len(), b"moov", &track);
        [bytes(4, b"ftyp", b"isom"), movie].concat()
    };
    assert_eq!(surveyed(&file(b"vide")).name(), "a video without sound");
}

#[test]
fn a_torn_frame_shows_that_the_end_is_missing() {
    let frames = mp3(20);
    assert!(!surveyed(&frames).is_cut_off);
    let torn = check_mp3("torn", &frames[..frames.len() - 100], 19);
    assert!(torn.is_cut_off && torn.header_secs.is_none());
}

#[test]
fn what_a_decoder_left_out_shows() {
    let exact = surveyed(&plain());
    assert!(!exact.is_short(1.96) && exact.is_short(1.9));
    let padded = surveyed(&mp3(200));
    let secs = padded.duration_secs.expect("counted");
    assert!(!padded.is_short(secs - 0.4) && padded.is_short(secs - 0.6));
}
