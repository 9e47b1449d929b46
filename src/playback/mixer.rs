//! A fader for each source: volume, mute and solo, as on a mixing desk.

use serde::{Deserialize, Serialize};

use crate::source::PerSource;

/// How loud one source is played.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fader {
    /// 0 to 1.
    pub volume: f32,
    /// Silent, whatever its volume.
    pub is_muted: bool,
    /// While any source is soloed, those that are not are silent.
    pub is_soloed: bool,
}

impl Default for Fader {
    /// As in the song.
    fn default() -> Self {
        Self {
            volume: 1.0,
            is_muted: false,
            is_soloed: false,
        }
    }
}

/// The gain of each source, from 0 (silent) to 1 (as in the song). Mute wins over solo.
pub fn gains(faders: &PerSource<Fader>) -> PerSource<f32> {
    let is_any_soloed = faders.0.iter().any(|fader| fader.is_soloed);
    faders.map(|fader| {
        if fader.is_muted || (is_any_soloed && !fader.is_soloed) {
            0.0
        } else {
            fader.volume
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn with(change: impl FnOnce(&mut PerSource<Fader>)) -> PerSource<Fader> {
        let mut faders = PerSource::default();
        change(&mut faders);
        faders
    }

    #[test]
    fn untouched_faders_play_the_song_as_it_is() {
        assert_eq!(gains(&PerSource::default()), PerSource([1.0; 5]));
    }

    #[test]
    fn soloed_sources_silence_the_others_and_keep_their_volumes() {
        let faders = with(|faders| {
            faders[Source::Bass].is_soloed = true;
            faders[Source::Drums].is_soloed = true;
            faders[Source::Drums].volume = 0.25;
        });
        assert_eq!(gains(&faders), PerSource([0.0, 0.0, 1.0, 0.25, 0.0]));
    }

    #[test]
    fn mute_wins_over_solo() {
        let faders = with(|faders| {
            faders[Source::Bass].is_soloed = true;
            faders[Source::Bass].is_muted = true;
        });
        assert_eq!(gains(&faders), PerSource([0.0; 5]));
    }
}
