//! L6: batches of tiles: random stretches of songs, varied so that the network meets more than the songs hold.

use std::f32::consts::PI;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::dataset::{Dataset, Song};
use super::effects;
use crate::dsp::features::{TARGET_RMS, level_gain};
use crate::dsp::{BINS, HOP_LENGTH};
use crate::source::Source;

/// What sounds in a tile: the sources, then noise.
pub const PARTS: usize = Source::COUNT + 1;

/// Tiles to train on, on the host, as sound.
#[derive(Clone, Debug)]
pub struct TileBatch {
    /// Tiles.
    pub size: usize,
    /// Frames of a tile.
    pub frames: usize,
    /// `[batch, parts, samples]`, as many samples as [`tile_samples`] says, at the level that the network expects of
    /// their sum.
    pub samples: Vec<f32>,
    /// What each bin of a part is multiplied by, `[batch, parts, bins]`.
    pub gains: Vec<f32>,
    /// `[batch, sources, frames]`: 1 where the source plays.
    pub activity: Vec<f32>,
}

/// Samples behind a tile of `frames` frames, each of which starts at its hop: the last one needs two.
pub fn tile_samples(frames: usize) -> usize {
    (frames + 1) * HOP_LENGTH
}

/// How far batches depart from the songs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variation {
    /// Levels, speed, equalisers and other effects, noise, narrow bands, absent sources, sources of different songs.
    Augmented,
    /// Stretches of the songs as they are.
    Plain,
}

/// How far speed, and pitch with it, departs from the song's.
const FARTHEST_OCTAVES: f32 = 1.0 / 3.0;

/// Draws batches; the same seed draws the same ones.
pub struct Sampler<'a> {
    dataset: &'a Dataset,
    variation: Variation,
    /// Of a tile.
    frames: usize,
    random: ChaCha8Rng,
}

/// One source's part of a tile.
struct Part {
    samples: Vec<f32>,
    activity: Vec<f32>,
}

impl<'a> Sampler<'a> {
    /// Draws tiles of `frames` frames from the songs of `dataset`.
    pub fn new(dataset: &'a Dataset, variation: Variation, frames: usize, seed: u64) -> Self {
        Self {
            dataset,
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
            samples: Vec::with_capacity(size * PARTS * tile_samples(self.frames)),
            gains: Vec::with_capacity(size * PARTS * BINS),
            activity: Vec::with_capacity(size * Source::COUNT * self.frames),
        };
        for _ in 0..size {
            let mut parts = self.draw_tile();
            self.level(&mut parts);
            self.add_tile(parts, &mut batch);
        }
        batch
    }

    fn add_tile(&mut self, parts: [Part; Source::COUNT], batch: &mut TileBatch) {
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

    /// Whether something that is done to so many tiles is done to this one.
    fn draws(&mut self, share: f64) -> bool {
        self.variation == Variation::Augmented && self.random.random_bool(share)
    }

    /// One tile's sources; never all silent.
    fn draw_tile(&mut self) -> [Part; Source::COUNT] {
        loop {
            let parts = match self.variation {
                Variation::Plain => self.draw_from_one_song(1.0),
                Variation::Augmented => {
                    let mut parts = if self.random.random_bool(0.6) {
                        let speed = self.draw_speed();
                        self.draw_from_one_song(speed)
                    } else {
                        self.draw_from_many_songs()
                    };
                    for (source, part) in Source::ALL.into_iter().zip(&mut parts) {
                        effects::play(&mut part.samples, source, &mut self.random);
                    }
                    self.vary_levels(&mut parts);
                    parts
                }
            };
            if parts.iter().any(|part| part.activity.contains(&1.0)) {
                return parts;
            }
        }
    }

    fn draw_from_one_song(&mut self, speed: f32) -> [Part; Source::COUNT] {
        let song = self.draw_song();
        let start = self.draw_start(song);
        Source::ALL.map(|source| self.cut(song, source, start, speed))
    }

    /// Faster or slower by up to a third of an octave: the same notes then sound as from smaller or larger instruments.
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
    fn draw_from_many_songs(&mut self) -> [Part; Source::COUNT] {
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

    fn vary_levels(&mut self, parts: &mut [Part; Source::COUNT]) {
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

    /// Brings the sum to the level that the network's input has, give or take what a stretch differs from its song.
    fn level(&mut self, parts: &mut [Part; Source::COUNT]) {
        let mut mixture = vec![0.0; tile_samples(self.frames)];
        for part in parts.iter() {
            mixture
                .iter_mut()
                .zip(&part.samples)
                .for_each(|(sum, sample)| *sum += sample);
        }
        let difference_db = match self.variation {
            Variation::Augmented => self.random.random_range(-6.0..6.0),
            Variation::Plain => 0.0,
        };
        let gain = level_gain(&mixture) * 10_f32.powf(difference_db / 20.0);
        for part in parts {
            part.samples.iter_mut().for_each(|sample| *sample *= gain);
        }
    }

    /// A smooth gain over frequency, within some 6 dB.
    fn draw_equaliser(&mut self) -> Vec<f32> {
        if self.variation == Variation::Plain || self.random.random_bool(0.4) {
            return vec![1.0; BINS];
        }
        let amplitudes_db: [f32; 4] = std::array::from_fn(|_| self.random.random_range(-2.5..2.5));
        let phase = self.random.random_range(0.0..PI);
        (0..BINS)
            .map(|bin| {
                // Octaves matter more than hertz: the curve bends along the logarithm of the frequency.
                let place = (1.0 + bin as f32).log2() / (BINS as f32).log2();
                let gain_db: f32 = amplitudes_db
                    .iter()
                    .enumerate()
                    .map(|(wave, amplitude)| {
                        amplitude * (PI * (wave + 1) as f32 * place + phase).cos()
                    })
                    .sum();
                10_f32.powf(gain_db / 20.0)
            })
            .collect()
    }

    fn draw_song(&mut self) -> &'a Song {
        let index = self.random.random_range(0..self.dataset.songs.len());
        &self.dataset.songs[index]
    }

    /// A start on the grid of frames.
    fn draw_start(&mut self, song: &Song) -> usize {
        let last = song.length.saturating_sub(tile_samples(self.frames)) / HOP_LENGTH;
        self.random.random_range(0..=last) * HOP_LENGTH
    }

    /// A stretch of one source, played at `speed` (pitch follows, as on tape).
    fn cut(&self, song: &Song, source: Source, start: usize, speed: f32) -> Part {
        let mut part = Part {
            samples: vec![0.0; tile_samples(self.frames)],
            activity: vec![0.0; self.frames],
        };
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
        let first = start / HOP_LENGTH;
        for (frame, plays) in part.activity.iter_mut().enumerate() {
            // A tile's frame starts at its hop; activity is centred, so its frame is about one later.
            let index = first + 1 + (frame as f32 * speed) as usize;
            *plays = f32::from(u8::from(
                song.activity[source].get(index).copied().unwrap_or(false),
            ));
        }
        part
    }
}
