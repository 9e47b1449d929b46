//! The paper's input representation, in training and separation: a whole song's magnitudes, resampled to a square
//! image.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::dataset::{Dataset, Multitrack};
use super::evaluate::Separate;
use crate::audio::Waveform;
use crate::dsp::features::{level_gain, log_magnitude};
use crate::dsp::{BINS, Complex, Stft, TILE_FRAMES, image};
use crate::separate::{Observer, SeparateError, Stems, TileEstimator};
use crate::source::{PerSource, Source};

/// Songs as images, in host memory.
#[derive(Clone, Debug)]
pub struct ImageBatch {
    /// Images.
    pub size: usize,
    /// Magnitudes of the mixture at the level that the network expects, `[batch, 1, frames, bins]`.
    pub mixture: Vec<f32>,
    /// Magnitudes of the sources, `[batch, sources, frames, bins]`.
    pub sources: Vec<f32>,
    /// Share of a row's time in which the source plays, `[batch, sources, frames]`.
    pub activity: Vec<f32>,
}

impl ImageBatch {
    /// The images of `songs`.
    pub fn of<'a>(songs: impl IntoIterator<Item = &'a Multitrack>) -> Self {
        let mut batch = Self {
            size: 0,
            mixture: Vec::new(),
            sources: Vec::new(),
            activity: Vec::new(),
        };
        let mut stft = Stft::default();
        for song in songs {
            batch.add(song, &mut stft);
        }
        batch
    }

    fn add(&mut self, song: &Multitrack, stft: &mut Stft) {
        let stems = PerSource::from_fn(|source| song.stem(source));
        let mut mixture = vec![0.0; song.length];
        for stem in &stems.0 {
            let both = mixture.iter_mut().zip(stem);
            both.for_each(|(sum, sample)| *sum += sample);
        }
        let gain = level_gain(&mixture);
        self.size += 1;
        self.mixture.extend(magnitudes(&mixture, gain, stft));
        for (source, stem) in stems.iter() {
            let image = match song.stems[source] {
                Some(_) => magnitudes(stem, gain, stft),
                None => vec![0.0; TILE_FRAMES * BINS],
            };
            self.sources.extend(image);
            let plays = song.activity[source].iter();
            let plays: Vec<f32> = plays.map(|plays| f32::from(u8::from(*plays))).collect();
            self.activity.extend(image::from_frames(&plays, 1));
        }
    }
}

fn magnitudes(samples: &[f32], gain: f32, stft: &mut Stft) -> Vec<f32> {
    let spectrogram = stft.forward(samples);
    let values = spectrogram.frames.iter().map(|value| gain * value.norm());
    image::from_frames(&values.collect::<Vec<_>>(), BINS)
}

/// The songs of step `step`: every epoch has each song once, in a new random order.
pub fn songs_of_step(dataset: &Dataset, seed: u64, step: usize, size: usize) -> Vec<&Multitrack> {
    let count = dataset.songs.len();
    let steps_per_epoch = count.div_ceil(size).max(1);
    let (epoch, at) = (step / steps_per_epoch, step % steps_per_epoch * size);
    let mut order: Vec<&Multitrack> = dataset.songs.iter().collect();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(epoch as u64 + 1);
    order.shuffle(&mut random);
    order[at..count.min(at + size)].to_vec()
}

/// Separates songs with the masks of their image, resampled back to their frames.
#[derive(Debug)]
pub struct ImageSeparator<E> {
    estimator: E,
}

impl<E: TileEstimator> ImageSeparator<E> {
    /// With an estimator that was trained on images.
    pub fn new(estimator: E) -> Self {
        Self { estimator }
    }
}

impl<E: TileEstimator> Separate for ImageSeparator<E> {
    async fn separate(
        &self,
        song: &Waveform,
        observer: &mut impl Observer,
    ) -> Result<Stems, SeparateError> {
        let mut stft = Stft::default();
        let gain = level_gain(&song.samples);
        let image = magnitudes(&song.samples, gain, &mut stft);
        let image: Vec<_> = image
            .into_iter()
            .map(|value| Complex::new(value, 0.0))
            .collect();
        let mut features = vec![0.0; image.len()];
        log_magnitude(&image, 1.0, &mut features);
        let estimate = self.estimator.estimate(features).await?;
        if observer.tile_done(1, 1).await.is_break() {
            return Err(SeparateError::Cancelled);
        }
        let spectrogram = stft.forward(&song.samples);
        let frame_count = spectrogram.frame_count();
        let mut masks = estimate.masks().chunks_exact(TILE_FRAMES * BINS);
        let waveforms = PerSource(Source::ALL.map(|_| {
            let mask = image::to_frames(masks.next().unwrap_or_default(), BINS, frame_count);
            let mut masked = spectrogram.clone();
            let values = masked.frames.iter_mut().zip(mask);
            values.for_each(|(value, share)| *value *= share);
            Waveform {
                samples: stft.inverse(&masked, song.samples.len()),
                sample_rate: song.sample_rate,
            }
        }));
        Ok(Stems {
            waveforms,
            activity_logits: PerSource::default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::SAMPLE_RATE;
    use crate::separate::{EstimateError, TileEstimate, Unobserved};

    /// All of the lower half of the spectrum to the bass, of the upper half to the drums.
    struct Halves;

    impl TileEstimator for Halves {
        fn parallelism(&self) -> usize {
            1
        }

        async fn estimate(&self, tile: Vec<f32>) -> Result<TileEstimate, EstimateError> {
            let share = |source: Source, bin: usize| match source {
                Source::Bass => f32::from(u8::from(bin < BINS / 2)),
                Source::Drums => f32::from(u8::from(bin >= BINS / 2)),
                _ => 0.0,
            };
            let mask = |source| (0..tile.len()).map(move |index| share(source, index % BINS));
            let logits = [0.0; Source::COUNT * TILE_FRAMES];
            let masks = Source::ALL.into_iter().flat_map(mask);
            TileEstimate::from_values(masks.chain(logits).collect())
        }
    }

    fn tone(hertz: f64) -> impl Fn(usize) -> f32 {
        let turns = hertz / f64::from(SAMPLE_RATE);
        move |n| (0.3 * (std::f64::consts::TAU * turns * n as f64).sin()) as f32
    }

    #[test]
    fn masks_come_back_to_the_songs_own_frames() {
        let (low, high) = (tone(440.0), tone(4_400.0));
        let song = Waveform {
            samples: (0..400_000).map(|n| low(n) + high(n)).collect(),
            sample_rate: SAMPLE_RATE,
        };
        let separator = ImageSeparator::new(Halves);
        let stems = pollster::block_on(separator.separate(&song, &mut Unobserved)).expect("stems");
        for (n, bass) in stems.waveforms[Source::Bass]
            .samples
            .iter()
            .enumerate()
            .skip(2_000)
        {
            if n < 398_000 {
                assert!((bass - low(n)).abs() < 1e-2, "sample {n}");
                let drums = stems.waveforms[Source::Drums].samples[n];
                assert!((drums - high(n)).abs() < 1e-2, "sample {n}");
            }
        }
    }
}
