//! Any bytes as an audio file with tags: they are read or not, and hold no more than blanks would be worth.
#![no_main]

use std::io::Cursor;

use deepmelody::tags::{is_link, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let tags = read(Cursor::new(bytes));
    let texts = [&tags.title, &tags.artist, &tags.album, &tags.licence];
    assert!(texts.into_iter().flatten().all(|text| !text.trim().is_empty()));
    assert!(tags.url.as_deref().is_none_or(is_link));
});
