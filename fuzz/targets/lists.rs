//! Any bytes as a playlist or list: entries are songs that exist, everything else is told of.
#![no_main]

use deepmelody_fuzz::{file, native::collection::gather};
use libfuzzer_sys::fuzz_target;

const ENDINGS: [&str; 5] = ["m3u", "m3u8", "pls", "csv", "jsonl"];

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else {
        return;
    };
    let ending = ENDINGS[usize::from(*kind) % ENDINGS.len()];
    // A song for the lists to lead to.
    file("a", b"");
    let path = file(&format!("list.{ending}"), bytes);
    if let Ok(collection) = gather(&[path]) {
        assert!(collection.songs.iter().all(|song| song.path.exists()));
    }
});
