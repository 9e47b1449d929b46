//! Files that browsers do not play, or not as they are: the page puts them right, and answers as the companion does.

use std::fs;

use crate::browser::Screen;
use crate::companion;
use crate::page::{Page, ids};
use crate::server::Site;
use crate::songs::{self, SAMPLE_RATE, Songs};
use crate::words;

/// Samples of a file of 16 bits in one channel, behind its header.
fn samples(songs: &Songs) -> Vec<u8> {
    let path = songs.wav("plain.wav", 1, &songs::tune(5.0));
    fs::read(path).expect("the file just written")[44..].to_vec()
}

fn swapped(samples: &[u8]) -> Vec<u8> {
    let pairs = samples.chunks(2);
    pairs.flat_map(|pair| pair.iter().rev().copied()).collect()
}

/// The same samples in containers that no browser reads, and in WAVs that some stumble over.
fn files(songs: &Songs) -> Vec<(&'static str, Vec<u8>)> {
    let samples = samples(songs);
    let big = swapped(&samples);
    let frames = samples.len() as u32 / 2;
    let aiff = [
        &b"FORM\0\0\0\0AIFFCOMM\0\0\0\x12\0\x01"[..],
        &frames.to_be_bytes(),
        // 44,100 Hz.
        b"\0\x10\x40\x0e\xac\x44\0\0\0\0\0\0SSND",
        &(samples.len() as u32 + 8).to_be_bytes(),
        &[0; 8],
        &big,
    ]
    .concat();
    let caf = [
        &b"caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20"[..],
        &f64::from(SAMPLE_RATE).to_be_bytes(),
        b"lpcm",
        &[0_u32, 2, 1, 1, 16].map(u32::to_be_bytes).concat(),
        b"data\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0",
        &big,
    ]
    .concat();
    let doubled: Vec<u8> = samples
        .chunks(2)
        .flat_map(|pair| {
            let sample = i16::from_le_bytes([pair[0], pair[1]]);
            (f64::from(sample) / 32_768.0).to_be_bytes()
        })
        .collect();
    let au = [
        &b".snd"[..],
        &[24, u32::MAX, 7, SAMPLE_RATE, 1]
            .map(u32::to_be_bytes)
            .concat(),
        &doubled,
    ]
    .concat();
    let widened: Vec<u8> = samples
        .chunks(2)
        .flat_map(|pair| [0, 0, pair[0], pair[1]])
        .collect();
    let extensible = [
        &b"RIFF\0\0\0\0WAVEfmt \x28\0\0\0\xfe\xff\x01\0"[..],
        &SAMPLE_RATE.to_le_bytes(),
        &(4 * SAMPLE_RATE).to_le_bytes(),
        b"\x04\0\x20\0\x16\0\x18\0\x04\0\0\0\x01\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71data",
        &(widened.len() as u32).to_le_bytes(),
        &widened,
    ]
    .concat();
    vec![
        ("song.aiff", aiff),
        ("song.caf", caf),
        ("song.au", au),
        ("24 of 32.wav", extensible),
    ]
}

#[test]
fn what_browsers_do_not_play_is_put_right_first() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    for (name, bytes) in files(&songs) {
        let path = songs.file(name, &bytes);
        page.drop_file(&path);
        page.outcome(name);
        page.click(ids::ANY_PREVIEW);
        companion::agrees(&path, &page.shown());
        page.leave_result();
    }
}

#[test]
fn what_follows_in_the_same_file_is_heard_too_and_what_is_lost_is_said() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    let wav = fs::read(songs.wav("once.wav", 1, &songs::tune(4.0))).expect("the file just written");
    let twice = songs.file("twice.wav", &wav.repeat(2));
    page.drop_file(&twice);
    page.outcome("twice.wav");
    page.click(ids::ANY_PREVIEW);
    companion::agrees(&twice, &page.shown());
    page.leave_result();

    let flac = fs::read(songs::shipped("stereo.flac")).expect("a file");
    let mut flac = flac.repeat(2);
    let middle = flac.len() * 2 / 3;
    flac[middle..middle + 2000].fill(0x55);
    page.drop_file(&songs.file("damaged.flac", &flac));
    page.outcome("damaged.flac");
    assert!(page.text_of(ids::CUT_OFF).contains(words::CUT_OFF));
}

#[test]
fn a_title_behind_a_large_picture_is_read() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    let frame = |name: &[u8; 4], body: &[u8]| {
        [&name[..], &(body.len() as u32).to_be_bytes(), &[0, 0], body].concat()
    };
    let picture = [&b"\0image/png\0\x03\0"[..], &vec![0x55; 2 << 20]].concat();
    let frames = [frame(b"APIC", &picture), frame(b"TIT2", b"\0Behind it")].concat();
    let size = [21, 14, 7, 0].map(|shift| (frames.len() >> shift) as u8 & 0x7f);
    let mp3 = fs::read(songs::shipped("stereo.mp3")).expect("a file");
    let tagged = [&b"ID3\x03\0\0"[..], &size, &frames, &mp3].concat();
    page.drop_file(&songs.file("tagged.mp3", &tagged));
    page.outcome("tagged.mp3");
    assert_eq!(page.text_of(ids::RESULT_TITLE), "Behind it");
}
