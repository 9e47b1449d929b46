//! Any bytes as an audio file: what comes out is a song within the limits, or a reason.
#![no_main]

use std::sync::atomic::AtomicBool;

use deepmelody_fuzz::{
    file,
    native::decode::{Channels, decode_channels},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let path = file("song", bytes);
    for channels in [Channels::Averaged, Channels::Kept, Channels::Only(0)] {
        let Ok(song) = decode_channels(&path, channels, &AtomicBool::new(false)) else {
            continue;
        };
        let kept = match channels {
            Channels::Averaged | Channels::Only(_) => 1,
            Channels::Kept => song.channel_count,
        };
        assert_eq!(song.recording.channels.len(), kept);
        let length = song.recording.channels[0].len();
        assert!(
            song.recording
                .channels
                .iter()
                .all(|channel| channel.len() == length)
        );
        assert!(deepmelody::audio::SAMPLE_RATE_LIMITS.contains(&song.recording.sample_rate));
        let text = serde_json::to_string(&song.tags).expect("tags are plain data");
        assert_eq!(
            serde_json::from_str::<deepmelody::tags::Tags>(&text)
                .expect("read back"),
            song.tags
        );
    }
});
