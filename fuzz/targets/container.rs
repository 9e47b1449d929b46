//! Any bytes as an audio file to survey: what it is put together of lies within the file, a second survey finds nothing
//! to mend, and no number is absurd.
#![no_main]

use std::io::{Cursor, Read};

use deepmelody::audio::container::{Codec, Part, Spliced, Survey, survey};
use libfuzzer_sys::fuzz_target;

fn of(bytes: &[u8]) -> Option<Survey> {
    survey(Cursor::new(bytes)).expect("memory has a length")
}

fuzz_target!(|bytes: &[u8]| {
    let Some(found) = of(bytes) else {
        return;
    };
    assert!(!found.name().is_empty());
    for secs in [found.duration_secs, found.header_secs].into_iter().flatten() {
        assert!(secs.is_finite() && secs >= 0.0, "{secs}");
    }
    let length = bytes.len() as u64;
    for parts in &found.streams {
        for part in parts {
            if let Part::Kept(range) | Part::Recoded(range, _) = part {
                assert!(range.start <= range.end && range.end <= length, "{range:?}");
            }
        }
        let mut spliced = Vec::new();
        let mut reader = Spliced::new(Cursor::new(bytes), parts.clone());
        let expected = reader.length();
        reader.read_to_end(&mut spliced).expect("memory can be read");
        assert_eq!(spliced.len() as u64, expected);
        // What has no samples cannot be counted again.
        if let Some(again) = of(&spliced).filter(|again| again.codec == Codec::Pcm) {
            assert!(!again.is_cut_off || found.is_cut_off);
        }
    }
});
