//! Batches of tiles: random excerpts of songs, with data augmentation.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::dataset::{Dataset, Multitrack};
use super::effects;
use crate::dsp::features::{TARGET_RMS, level_gain};
use crate::dsp::{BINS, HOP_LENGTH};
use crate::source::Source;

/// Signals that are mixed into a tile: the stems of the sources, then noise.
pub const STEMS: usize = Source::COUNT + 1;

/// Waveforms of tiles to train on, in host memory.
#[derive(Clone, Debug)]
pub struct TileBatch {
    /// Tiles in the batch.
    pub size: usize,
    /// Frames of a tile.
    pub frames: usize,
    /// `[batch, stems, samples]`, [`tile_samples`] each, scaled so that their sum has the level that the network
    /// expects.
    pub samples: Vec<f32>,
    /// Gain of each frequency bin of a stem, `[batch, stems, bins]`.
    pub gains: Vec<f32>,
    /// `[batch, sources, frames]`: the probability that the source plays, 0 or 1 where there are stems.
    pub activity: Vec<f32>,
}

/// Samples of a tile of `frames` frames. Each frame starts at its hop, and the last one spans two hops.
pub fn tile_samples(frames: usize) -> usize {
    (frames + 1) * HOP_LENGTH
}

/// Whether excerpts are augmented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Augmentation {
    /// Random levels, speed, equalisation, effects, noise, band limits, dropped sources, and mixtures of sources from
    /// different songs.
    Random,
    /// Excerpts as they are.
    None,
}

/// Largest change of speed, and so of pitch, in octaves.
const FARTHEST_OCTAVES: f32 = 1.0 / 3.0;

/// Share of the equalised parts that get resonances as well.
const RESONANT_SHARE: f64 = 0.5;

/// Share of the tiles that come from songs without stems, where there are such.
const STEMLESS_SHARE: f64 = 0.3;

/// Draws batches; the same seed gives the same batches.
pub struct Sampler<'a> {
    /// With the stems of all sources.
    songs: Vec<&'a Multitrack>,
    /// With soft activity and nothing but the mixture.
    stemless: Vec<&'a Multitrack>,
    variation: Augmentation,
    /// Of a tile.
    frames: usize,
    random: ChaCha8Rng,
}

/// An excerpt of one source's stem.
struct StemSegment {
    samples: Vec<f32>,
    activity: Vec<f32>,
}

impl<'a> Sampler<'a> {
    /// Draws tiles of `frames` frames from the songs of `dataset`.
    pub fn new(dataset: &'a Dataset, variation: Augmentation, frames: usize, seed: u64) -> Self {
        let has_stems = |song: &&Multitrack| song.soft_activity.is_none();
        let (songs, stemless) = dataset.songs.iter().partition(has_stems);
        Self {
            songs,
            stemless,
            variation,
            frames,
            random: ChaCha8Rng::seed_from_u64(seed),
        }
    }

    /// The next `size` tiles.
    pub fn draw(&mut self, size: usize) -> TileBatch {
        let mut batch = TileBatch {
            size,
            frames: self.frames,
            samples: Vec::with_capacity(size * STEMS * tile_samples(self.frames)),
            gains: Vec::with_capacity(size * STEMS * BINS),
            activity: Vec::with_capacity(size * Source::COUNT * self.frames),
        };
        for _ in 0..size {
            let mut parts = self.draw_tile();
            self.level(&mut parts);
            self.add_tile(parts, &mut batch);
        }
        batch
    }

    fn add_tile(&mut self, parts: [StemSegment; Source::COUNT], batch: &mut TileBatch) {
        let band = self
            .draws(0.15)
            .then(|| effects::band_limit(&mut self.random));
        for part in parts {
            let mut gains = self.draw_equaliser();
            let band = band.iter().flatten();
            gains
                .iter_mut()
                .zip(band)
                .for_each(|(gain, limit)| *gain *= limit);
            batch.samples.extend(part.samples);
            batch.gains.extend(gains);
            batch.activity.extend(part.activity);
        }
        batch.samples.extend(self.draw_noise());
        batch.gains.extend([1.0; BINS]);
    }

    /// Mostly silence.
    fn draw_noise(&mut self) -> Vec<f32> {
        let length = tile_samples(self.frames);
        if !self.draws(0.15) {
            return vec![0.0; length];
        }
        let level = TARGET_RMS as f32 * 10_f32.powf(self.random.random_range(-55.0..-25.0) / 20.0);
        effects::noise(length, level, &mut self.random)
    }

    /// Whether an augmentation with probability `share` applies to this tile.
    fn draws(&mut self, share: f64) -> bool {
        self.variation == Augmentation::Random && self.random.random_bool(share)
    }

    /// One tile's stems, at least one of which is not silent.
    fn draw_tile(&mut self) -> [StemSegment; Source::COUNT] {
        loop {
            let is_stemless = !self.stemless.is_empty() && self.draws(self.stemless_share());
            let parts = match self.variation {
                Augmentation::None => self.draw_from_one_song(1.0),
                Augmentation::Random if is_stemless => self.draw_stemless(),
                Augmentation::Random => {
                    let mut parts = if self.random.random_bool(0.6) {
                        let speed = self.draw_speed();
                        self.draw_from_one_song(speed)
                    } else {
                        self.draw_from_many_songs()
                    };
                    for (source, part) in Source::ALL.into_iter().zip(&mut parts) {
                        effects::augment(&mut part.samples, source, &mut self.random);
                    }
                    self.vary_levels(&mut parts);
                    parts
                }
            };
            let plays = |part: &StemSegment| part.activity.iter().any(|&value| value > 0.5);
            if parts.iter().any(plays) {
                return parts;
            }
        }
    }

    fn stemless_share(&self) -> f64 {
        if self.songs.is_empty() {
            1.0
        } else {
            STEMLESS_SHARE
        }
    }

    /// A song's mixture: as it is but for its speed, since no source can be changed by itself.
    fn draw_stemless(&mut self) -> [StemSegment; Source::COUNT] {
        let song = self.stemless[self.random.random_range(0..self.stemless.len())];
        let speed = self.draw_speed();
        let start = self.draw_start(song);
        Source::ALL.map(|source| self.cut(song, source, start, speed))
    }

    fn draw_from_one_song(&mut self, speed: f32) -> [StemSegment; Source::COUNT] {
        let song = self.draw_song();
        let start = self.draw_start(song);
        Source::ALL.map(|source| self.cut(song, source, start, speed))
    }

    /// A resampling factor of up to a third of an octave either way.
    fn draw_speed(&mut self) -> f32 {
        match self.random.random_bool(0.6) {
            true => self
                .random
                .random_range(-FARTHEST_OCTAVES..FARTHEST_OCTAVES)
                .exp2(),
            false => 1.0,
        }
    }

    /// Each source from another song, at comparable levels.
    fn draw_from_many_songs(&mut self) -> [StemSegment; Source::COUNT] {
        Source::ALL.map(|source| {
            let song = self.draw_song();
            let speed = self.draw_speed();
            let start = self.draw_start(song);
            let mut part = self.cut(song, source, start, speed);
            let power = effects::mean_square(&part.samples);
            if power > 1e-8 {
                let gain = 0.1 / power.sqrt();
                part.samples.iter_mut().for_each(|sample| *sample *= gain);
            }
            part
        })
    }

    fn vary_levels(&mut self, parts: &mut [StemSegment; Source::COUNT]) {
        for part in parts {
            let gain = if self.random.random_bool(0.12) {
                part.activity.fill(0.0);
                0.0
            } else {
                10_f32.powf(self.random.random_range(-8.0..6.0) / 20.0)
            };
            part.samples.iter_mut().for_each(|sample| *sample *= gain);
        }
    }

    /// Scales the mixture to the level of the network's input, with a random offset as an excerpt's level differs from
    /// its song's.
    fn level(&mut self, parts: &mut [StemSegment; Source::COUNT]) {
        let mut mixture = vec![0.0; tile_samples(self.frames)];
        for part in parts.iter() {
            mixture
                .iter_mut()
                .zip(&part.samples)
                .for_each(|(sum, sample)| *sum += sample);
        }
        let difference_db = match self.variation {
            Augmentation::Random => self.random.random_range(-6.0..6.0),
            Augmentation::None => 0.0,
        };
        let gain = level_gain(&mixture) * 10_f32.powf(difference_db / 20.0);
        for part in parts {
            part.samples.iter_mut().for_each(|sample| *sample *= gain);
        }
    }

    /// Gain of each bin: none, or a smooth curve, sometimes with the resonances of other bodies and cabinets.
    fn draw_equaliser(&mut self) -> Vec<f32> {
        if self.variation == Augmentation::None || self.random.random_bool(0.3) {
            return vec![1.0; BINS];
        }
        let mut curve = effects::smooth_curve_db(&mut self.random);
        if self.random.random_bool(RESONANT_SHARE) {
            effects::add_resonances_db(&mut curve, &mut self.random);
        }
        curve.iter().map(|db| 10_f32.powf(db / 20.0)).collect()
    }

    fn draw_song(&mut self) -> &'a Multitrack {
        self.songs[self.random.random_range(0..self.songs.len())]
    }

    /// A start sample that is a multiple of the hop.
    fn draw_start(&mut self, song: &Multitrack) -> usize {
        let last = song.length.saturating_sub(tile_samples(self.frames)) / HOP_LENGTH;
        self.random.random_range(0..=last) * HOP_LENGTH
    }

    /// An excerpt of one source, resampled by linear interpolation to play at `speed` (pitch changes with it).
    fn cut(&self, song: &Multitrack, source: Source, start: usize, speed: f32) -> StemSegment {
        let mut part = StemSegment {
            samples: vec![0.0; tile_samples(self.frames)],
            activity: vec![0.0; self.frames],
        };
        let first = start / HOP_LENGTH;
        for (frame, plays) in part.activity.iter_mut().enumerate() {
            // A tile's frame starts at its hop; activity is centred, so its frame is about one later.
            let index = first + 1 + (frame as f32 * speed) as usize;
            *plays = song.activity_at(source, index);
        }
        let Some(stem) = &song.stems[source] else {
            return part;
        };
        let sample = |index: usize| f32::from(stem.get(index).copied().unwrap_or(0)) / 32768.0;
        if speed == 1.0 {
            let end = (start + tile_samples(self.frames)).min(stem.len());
            for (target, &value) in part.samples.iter_mut().zip(&stem[start.min(end)..end]) {
                *target = f32::from(value) / 32768.0;
            }
        } else {
            for (index, target) in part.samples.iter_mut().enumerate() {
                let place = index as f32 * speed;
                let whole = start + place as usize;
                let between = place.fract();
                *target = sample(whole) * (1.0 - between) + sample(whole + 1) * between;
            }
        }
        part
    }
}

#[cfg(test)]
mod tests;
