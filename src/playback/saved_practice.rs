//! A song's loops and practice settings, saved as JSON between visits.

use serde::{Deserialize, Serialize};

use super::{Fader, LoopRegion, NORMAL_PERCENT, Pitch, SPEEDS_PERCENT};
use crate::{
    dsp::{MAX_CENTS, MAX_SEMITONES},
    music::{BeatGrid, Span},
    source::PerSource,
};

/// Raised when [`SavedPractice`] changes in a way that older texts do not fit.
const VERSION: u32 = 1;

/// A stretch of the song under a name of the visitor's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedLoop {
    /// What the visitor calls it.
    pub name: String,
    /// What is repeated.
    pub region: LoopRegion,
}

/// A song's loops and settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedPractice {
    /// Loops to go back to.
    pub loops: Vec<NamedLoop>,
    /// What was repeated last.
    pub looped: Option<LoopRegion>,
    /// One of [`SPEEDS_PERCENT`].
    pub speed_percent: u32,
    /// Higher or lower.
    pub pitch: Pitch,
    /// The mixer.
    pub faders: PerSource<Fader>,
    /// The beats, where the visitor corrected them.
    pub grid: Option<BeatGrid>,
    /// The chords, where the visitor corrected some.
    pub chords: Option<Vec<Span>>,
    /// Fret of the capo, 0 for none.
    pub capo: i32,
}

impl Default for SavedPractice {
    fn default() -> Self {
        Self {
            loops: Vec::new(),
            looped: None,
            speed_percent: NORMAL_PERCENT,
            pitch: Pitch::default(),
            faders: PerSource::default(),
            grid: None,
            chords: None,
            capo: 0,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Versioned<T> {
    version: u32,
    practice: T,
}

impl SavedPractice {
    /// As text; `None` if a number is not finite.
    pub fn to_json(&self) -> Option<String> {
        let versioned = Versioned {
            version: VERSION,
            practice: self,
        };
        serde_json::to_string(&versioned).ok()
    }

    /// From text of this version; values that cannot be played become those of an untouched song.
    pub fn from_json(text: &str) -> Option<Self> {
        let kept: Versioned<Self> = serde_json::from_str(text).ok()?;
        (kept.version == VERSION).then(|| kept.practice.playable())
    }

    fn playable(self) -> Self {
        let is_region = |region: &LoopRegion| {
            LoopRegion::between(region.from_secs, region.to_secs) == Some(*region)
        };
        let Pitch {
            semitones, cents, ..
        } = self.pitch;
        let has_pitch = semitones.abs() <= MAX_SEMITONES && cents.abs() <= MAX_CENTS;
        let is_fader = |fader: &Fader| (0.0..=1.0).contains(&fader.volume);
        let grid = self.grid.and_then(|grid| {
            let is_rising = grid.beats_secs.is_sorted();
            let grid = BeatGrid::new(grid.beats_secs, grid.beats_per_bar, grid.first_downbeat);
            grid.ok().filter(|_| is_rising)
        });
        let mut loops = self.loops;
        loops.retain(|kept| is_region(&kept.region));
        Self {
            loops,
            looped: self.looped.filter(is_region),
            speed_percent: match SPEEDS_PERCENT.contains(&self.speed_percent) {
                true => self.speed_percent,
                false => NORMAL_PERCENT,
            },
            pitch: if has_pitch {
                self.pitch
            } else {
                Pitch::default()
            },
            faders: match self.faders.0.iter().all(is_fader) {
                true => self.faders,
                false => PerSource::default(),
            },
            grid,
            chords: self.chords,
            capo: self.capo.clamp(0, 11),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn kept() -> SavedPractice {
        let mut faders: PerSource<Fader> = PerSource::default();
        faders[Source::Guitar].is_muted = true;
        let region = LoopRegion {
            from_secs: 4.0,
            to_secs: 8.0,
        };
        SavedPractice {
            loops: vec![NamedLoop {
                name: "Solo".to_owned(),
                region,
            }],
            looped: Some(region),
            speed_percent: 70,
            pitch: Pitch {
                semitones: -2,
                cents: 15,
                keeps_drums: true,
            },
            faders,
            grid: BeatGrid::even(97.0, 0.5, 30.0).ok(),
            chords: Some(vec![Span {
                start_secs: 0.0,
                end_secs: 2.0,
                chord: "F#m7".parse().ok(),
            }]),
            capo: 3,
        }
    }

    #[test]
    fn everything_comes_back() {
        let text = kept().to_json().expect("JSON");
        assert_eq!(SavedPractice::from_json(&text), Some(kept()));
    }

    #[test]
    fn other_versions_and_other_texts_are_left_alone() {
        let text = kept().to_json().expect("JSON");
        let newer = text.replace("\"version\":1", "\"version\":2");
        assert_ne!(newer, text);
        for text in [newer.as_str(), "", "{}", "[1]"] {
            assert_eq!(SavedPractice::from_json(text), None, "{text}");
        }
        let empty = r#"{"version":1,"practice":{}}"#;
        assert_eq!(
            SavedPractice::from_json(empty),
            Some(SavedPractice::default())
        );
    }

    #[test]
    fn what_cannot_be_played_is_as_in_an_untouched_song() {
        let mut wrong = kept();
        wrong.speed_percent = 0;
        wrong.pitch.semitones = 400;
        wrong.faders[Source::Bass].volume = 9.0;
        wrong.looped = Some(LoopRegion {
            from_secs: 8.0,
            to_secs: 4.0,
        });
        wrong.loops[0].region.to_secs = 0.0;
        wrong.capo = -7;
        let text = wrong.to_json().expect("JSON");
        let read = SavedPractice::from_json(&text).expect("a practice");
        let expected = SavedPractice {
            grid: wrong.grid,
            chords: wrong.chords,
            ..SavedPractice::default()
        };
        assert_eq!(read, expected);
    }
}
