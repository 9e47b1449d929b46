//! Any bytes as a WAV file for the reader that needs no decoder: what it reads, written again, is the same.
#![no_main]

use deepmelody::audio::{to_model_rate, wav::read_wav};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(recording) = read_wav(bytes) {
        let length = recording.channels.first().map_or(0, Vec::len);
        assert!(
            recording
                .channels
                .iter()
                .all(|channel| channel.len() == length)
        );
        if length < 100_000 {
            let _ = to_model_rate(&recording);
        }
    }
});
