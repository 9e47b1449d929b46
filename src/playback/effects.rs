//! Changes speed and pitch of the stems while they play.

use serde::{Deserialize, Serialize};

use crate::{
    dsp::{PitchShift, TimeStretch, pitch_ratio},
    source::Source,
};

/// Transposition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pitch {
    /// From -12 to 12.
    pub semitones: i32,
    /// From -50 to 50.
    pub cents: i32,
    /// Whether the drums are left unchanged.
    pub keeps_drums: bool,
}

impl Pitch {
    /// The ratio of frequencies.
    pub fn ratio(self) -> f64 {
        pitch_ratio(self.semitones, self.cents)
    }
}

/// The channels of each stem.
pub type Stems = Vec<Vec<Vec<f32>>>;

/// Changes all stems in step, block by block.
#[derive(Clone, Debug)]
pub struct PlaybackEffects {
    groups: Vec<Group>,
}

/// Stems that are changed alike.
#[derive(Clone, Debug)]
struct Group {
    stems: Vec<usize>,
    change: Change,
    /// What is ready, while other groups are not: `[channel][sample]`.
    ready: Vec<Vec<f32>>,
}

#[derive(Clone, Debug)]
enum Change {
    Nothing,
    Speed(TimeStretch),
    Pitch(PitchShift),
}

impl PlaybackEffects {
    /// For stems of so many channels each, at `speed` times their own.
    ///
    /// # Panics
    /// Unless `speed` is above 0.
    pub fn new(speed: f64, pitch: Pitch, channel_count: usize, sample_rate: u32) -> Self {
        let group = |stems: Vec<usize>, ratio: f64| {
            let channels = stems.len() * channel_count;
            let change = match (speed == 1.0, ratio == 1.0) {
                (true, true) => Change::Nothing,
                (false, true) => Change::Speed(TimeStretch::new(speed, channels, sample_rate)),
                (_, false) => Change::Pitch(PitchShift::new(speed, ratio, channels, sample_rate)),
            };
            Group {
                stems,
                change,
                ready: vec![Vec::new(); channels],
            }
        };
        let ratio = pitch.ratio();
        let all = (0..Source::COUNT).collect::<Vec<_>>();
        let groups = match pitch.keeps_drums && ratio != 1.0 {
            true => {
                let drums = Source::Drums.index();
                let pitched = all.into_iter().filter(|stem| *stem != drums).collect();
                vec![group(pitched, ratio), group(vec![drums], 1.0)]
            }
            false => vec![group(all, ratio)],
        };
        Self { groups }
    }

    /// Takes the next samples of all stems, and gives those that are ready, of every stem as many.
    ///
    /// # Panics
    /// When there are other stems or channels than announced, or they differ in length.
    pub fn push(&mut self, stems: &Stems) -> Stems {
        for group in &mut self.groups {
            let channels = group.stems.iter().flat_map(|stem| &stems[*stem]);
            let channels: Vec<_> = channels.map(Vec::as_slice).collect();
            let changed = match &mut group.change {
                Change::Nothing => channels.iter().map(|channel| channel.to_vec()).collect(),
                Change::Speed(tempo) => tempo.push(&channels),
                Change::Pitch(transpose) => transpose.push(&channels),
            };
            append(&mut group.ready, changed);
        }
        self.take_ready()
    }

    /// The rest, after the last samples.
    pub fn finish(mut self) -> Stems {
        for group in &mut self.groups {
            match std::mem::replace(&mut group.change, Change::Nothing) {
                Change::Nothing => {}
                Change::Speed(tempo) => append(&mut group.ready, tempo.finish()),
                Change::Pitch(transpose) => append(&mut group.ready, transpose.finish()),
            }
        }
        self.take_ready()
    }

    fn take_ready(&mut self) -> Stems {
        let lengths = self.groups.iter().map(|group| group.ready[0].len());
        let length = lengths.min().unwrap_or(0);
        let mut stems = vec![Vec::new(); Source::COUNT];
        for group in &mut self.groups {
            let channel_count = group.ready.len() / group.stems.len();
            for (place, channel) in group.ready.iter_mut().enumerate() {
                let rest = channel.split_off(length);
                stems[group.stems[place / channel_count]].push(std::mem::replace(channel, rest));
            }
        }
        stems
    }
}

fn append(ready: &mut [Vec<f32>], more: Vec<Vec<f32>>) {
    let both = ready.iter_mut().zip(more);
    both.for_each(|(ready, more)| ready.extend(more));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signals::{RATE, tone};

    /// Five stems of one channel, each a tone.
    fn stems(secs: f32) -> Stems {
        let hertz = [220.0, 330.0, 110.0, 440.0, 550.0];
        hertz.map(|hertz| vec![tone(hertz, secs)]).to_vec()
    }

    /// All of it, in blocks of a third of a second.
    fn changed(stems: &Stems, speed: f64, pitch: Pitch) -> Stems {
        let mut effects = PlaybackEffects::new(speed, pitch, stems[0].len(), RATE);
        let mut whole = vec![vec![Vec::new(); stems[0].len()]; Source::COUNT];
        let mut keep = |block: Stems| {
            for (whole, block) in whole.iter_mut().zip(block) {
                append(whole, block);
            }
        };
        let length = stems[0][0].len();
        for start in (0..length).step_by(RATE as usize / 3) {
            let end = (start + RATE as usize / 3).min(length);
            let cut = |channel: &Vec<f32>| channel[start..end].to_vec();
            let block = stems.iter().map(|stem| stem.iter().map(cut).collect());
            keep(effects.push(&block.collect()));
        }
        keep(effects.finish());
        whole
    }

    fn hertz(samples: &[f32]) -> f32 {
        let middle = &samples[8_000..samples.len() - 8_000];
        let rises = middle
            .windows(2)
            .filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0);
        rises.count() as f32 * RATE as f32 / middle.len() as f32
    }

    #[test]
    fn an_unchanged_song_is_as_it_was() {
        let song = stems(1.0);
        assert_eq!(changed(&song, 1.0, Pitch::default()), song);
    }

    #[test]
    fn drums_stay_as_they_are_while_the_rest_moves_and_all_have_one_length() {
        let song = stems(3.0);
        for (speed, keeps_drums) in [(1.0, true), (0.5, true), (1.0, false)] {
            let pitch = Pitch {
                semitones: -2,
                cents: 0,
                keeps_drums,
            };
            let moved = changed(&song, speed, pitch);
            let length = (song[0][0].len() as f64 / speed).round() as usize;
            for (index, stem) in moved.iter().enumerate() {
                assert_eq!(stem[0].len(), length, "stem {index} at {speed}");
                let is_kept = keeps_drums && index == Source::Drums.index();
                let ratio = if is_kept { 1.0 } else { pitch.ratio() as f32 };
                let (found, due) = (hertz(&stem[0]), hertz(&song[index][0]) * ratio);
                assert!(
                    (found / due - 1.0).abs() < 0.01,
                    "{index}: {found} for {due}"
                );
            }
        }
        let kept = Pitch {
            semitones: 5,
            cents: 0,
            keeps_drums: true,
        };
        let drums = Source::Drums.index();
        assert_eq!(changed(&song, 1.0, kept)[drums], song[drums]);
    }

    #[test]
    fn both_channels_of_every_stem_come_back() {
        let song: Stems = stems(1.0)
            .into_iter()
            .map(|stem| vec![stem[0].clone(), tone(100.0, 1.0)])
            .collect();
        let pitch = Pitch {
            semitones: 1,
            cents: 20,
            keeps_drums: true,
        };
        let moved = changed(&song, 0.8, pitch);
        assert!(moved.iter().all(|stem| stem.len() == 2));
    }
}
