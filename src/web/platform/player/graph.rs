//! The audio graph: a gain for each source, and one over all of them and the click.

use web_sys::{AudioContext, AudioContextOptions, GainNode};

use crate::{
    source::{PerSource, Source},
    web::platform::{PlatformError, error::ignore},
};

/// Time constant in which a gain reaches its new value: too short to notice, long enough not to click.
const FADE_SECS: f64 = 0.012;

/// An audio context at a song's rate, and its gains.
pub(super) struct AudioGraph {
    pub(super) context: AudioContext,
    /// Where the buffers of each source go.
    pub(super) faders: PerSource<GainNode>,
    /// The output: the click and, through their gains, the stems.
    pub(super) master: GainNode,
    pub(super) sample_rate: u32,
}

impl AudioGraph {
    /// At the song's own rate if the browser can, so that samples are played as they are.
    pub(super) fn open(sample_rate: u32) -> Result<Self, PlatformError> {
        let options = AudioContextOptions::new();
        options.set_sample_rate(sample_rate as f32);
        let context =
            AudioContext::new_with_context_options(&options).or_else(|_| AudioContext::new())?;
        let master = context.create_gain()?;
        master.connect_with_audio_node(&context.destination())?;
        let mut faders = Vec::new();
        for _ in Source::ALL {
            let fader = context.create_gain()?;
            fader.connect_with_audio_node(&master)?;
            faders.push(fader);
        }
        let faders = faders
            .try_into()
            .map_err(|_| PlatformError::new("a gain is missing"))?;
        Ok(Self {
            context,
            faders: PerSource(faders),
            master,
            sample_rate,
        })
    }

    /// Sets the gain of each source and that of all together, from 0 to 1.
    pub(super) fn set_gains(&self, gains: PerSource<f32>, volume: f32) {
        let now_secs = self.context.current_time();
        let set = |node: &GainNode, gain: f32| {
            // Only NaN is refused.
            ignore(node.gain().set_target_at_time(gain, now_secs, FADE_SECS));
        };
        for (source, fader) in self.faders.iter() {
            set(fader, gains[source]);
        }
        set(&self.master, volume);
    }
}
