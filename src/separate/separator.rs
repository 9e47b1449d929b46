//! The separator: spectrogram, masks, inverse, tile by tile.

use std::collections::VecDeque;

use futures_util::stream::{FuturesOrdered, StreamExt};

use super::{EstimateError, MaskEstimator, Observer};
use crate::audio::Waveform;
use crate::dsp::features::{level_gain, log_magnitude};
use crate::dsp::tiles::TileLayout;
use crate::dsp::{BINS, Complex, OverlapAdd, Stft, TILE_FRAMES};
use crate::source::{PerSource, Source};

/// A song's parts: waveforms that sum to it.
#[derive(Clone, Debug)]
pub struct Stems {
    /// One waveform a source, each of the song's length.
    pub waveforms: PerSource<Waveform>,
}

/// Why a song was not separated.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SeparateError {
    /// The observer said so.
    #[error("cancelled")]
    Cancelled,
    /// The network failed.
    #[error(transparent)]
    Estimate(#[from] EstimateError),
}

/// Separates songs with an estimator of masks.
#[derive(Debug)]
pub struct Separator<E> {
    estimator: E,
    overlap_frames: usize,
}

impl<E: MaskEstimator> Separator<E> {
    /// Neighbouring tiles share `overlap_frames` frames, over which their masks are cross-faded.
    pub fn new(estimator: E, overlap_frames: usize) -> Self {
        Self {
            estimator,
            overlap_frames,
        }
    }

    /// Separates `song`, which must be at the model's sample rate. Each bin of the song's spectrogram is shared among
    /// the sources by masks that sum to 1, so the stems sum to the song.
    ///
    /// # Errors
    /// When cancelled by the observer, or when the network fails.
    pub async fn separate(
        &self,
        song: &Waveform,
        observer: &mut impl Observer,
    ) -> Result<Stems, SeparateError> {
        let mut stft = Stft::default();
        let frame_count = stft.frame_count(song.samples.len());
        let layout = TileLayout::new(frame_count, self.overlap_frames);
        let gain = level_gain(&song.samples);
        let mut synthesis = Synthesis::new(song, &layout);
        let mut waiting = layout.starts.iter();
        let mut in_flight = FuturesOrdered::new();
        let total = layout.starts.len();
        let mut done = 0;
        while done < total {
            while in_flight.len() < self.estimator.parallelism().max(1) {
                let Some(&start) = waiting.next() else { break };
                let tile = tile_features(&mut stft, song, start, gain);
                in_flight.push_back(self.estimator.masks(tile));
            }
            let Some(masks) = in_flight.next().await else {
                break;
            };
            synthesis.add_tile(done, &masks?);
            done += 1;
            if observer.tile_done(done, total).await.is_break() {
                return Err(SeparateError::Cancelled);
            }
        }
        Ok(synthesis.finish())
    }
}

/// Normalised log magnitudes `[frame, bin]` of the tile that starts at frame `start`; silence past the song's end.
fn tile_features(stft: &mut Stft, song: &Waveform, start: usize, gain: f32) -> Vec<f32> {
    let frame_count = stft.frame_count(song.samples.len());
    let mut spectrum = vec![Complex::default(); BINS];
    let mut tile = vec![0.0; TILE_FRAMES * BINS];
    for (offset, features) in tile.chunks_exact_mut(BINS).enumerate() {
        if start + offset < frame_count {
            stft.analyse_frame(&song.samples, start + offset, &mut spectrum);
        } else {
            spectrum.fill(Complex::default());
        }
        log_magnitude(&spectrum, gain, features);
    }
    tile
}

/// Masks frame by frame, as tiles come in, and turns masked spectra into waveforms.
struct Synthesis<'a> {
    song: &'a Waveform,
    layout: &'a TileLayout,
    stft: Stft,
    outputs: [OverlapAdd; Source::COUNT],
    /// Weighted masks `[source, bin]` of frames that the next tile shares, the earliest first.
    unfinished: VecDeque<Vec<f32>>,
    spectrum: Vec<Complex<f32>>,
    masked: Vec<Complex<f32>>,
}

impl<'a> Synthesis<'a> {
    fn new(song: &'a Waveform, layout: &'a TileLayout) -> Self {
        let stft = Stft::default();
        Self {
            song,
            layout,
            outputs: Source::ALL.map(|_| OverlapAdd::new(&stft, song.samples.len())),
            stft,
            unfinished: VecDeque::new(),
            spectrum: vec![Complex::default(); BINS],
            masked: vec![Complex::default(); BINS],
        }
    }

    /// `masks` are `[source, frame, bin]`; tiles must come in order.
    fn add_tile(&mut self, tile: usize, masks: &[f32]) {
        let start = self.layout.starts[tile];
        let next_start = self.layout.starts.get(tile + 1).copied();
        let end = (start + TILE_FRAMES).min(self.layout.frame_count);
        let shared_before = self.unfinished.len();
        for offset in 0..end - start {
            let weight = self.layout.weight(tile, offset);
            let mut frame_masks = if offset < shared_before {
                self.unfinished.pop_front().unwrap_or_default()
            } else {
                vec![0.0; Source::COUNT * BINS]
            };
            for (source, sums) in frame_masks.chunks_exact_mut(BINS).enumerate() {
                let row = (source * TILE_FRAMES + offset) * BINS;
                for (sum, mask) in sums.iter_mut().zip(&masks[row..row + BINS]) {
                    *sum += weight * mask;
                }
            }
            if next_start.is_some_and(|next| start + offset >= next) {
                self.unfinished.push_back(frame_masks);
            } else {
                self.finish_frame(start + offset, &frame_masks);
            }
        }
    }

    fn finish_frame(&mut self, frame: usize, masks: &[f32]) {
        self.stft
            .analyse_frame(&self.song.samples, frame, &mut self.spectrum);
        for (output, mask) in self.outputs.iter_mut().zip(masks.chunks_exact(BINS)) {
            for ((masked, &value), &share) in self.masked.iter_mut().zip(&self.spectrum).zip(mask) {
                *masked = value * share;
            }
            output.push(&self.masked);
        }
    }

    fn finish(self) -> Stems {
        let sample_rate = self.song.sample_rate;
        Stems {
            waveforms: PerSource(self.outputs.map(|output| Waveform {
                samples: output.finish(),
                sample_rate,
            })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::SAMPLE_RATE;
    use crate::separate::Unobserved;
    use std::future::Future;
    use std::ops::ControlFlow;
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    /// Gives source `i` the share (i + 1) / 15 everywhere.
    struct FixedShares;

    impl MaskEstimator for FixedShares {
        fn parallelism(&self) -> usize {
            2
        }

        async fn masks(&self, _tile: Vec<f32>) -> Result<Vec<f32>, EstimateError> {
            let shares = (1..=Source::COUNT).map(|share| share as f32 / 15.0);
            Ok(shares
                .flat_map(|share| vec![share; TILE_FRAMES * BINS])
                .collect())
        }
    }

    fn run<T>(future: impl Future<Output = T>) -> T {
        let mut future: Pin<Box<_>> = Box::pin(future);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return output;
            }
        }
    }

    fn noise(length: usize) -> Waveform {
        use rand::{RngExt, SeedableRng};
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(5);
        Waveform {
            samples: (0..length)
                .map(|_| random.random_range(-0.5..0.5))
                .collect(),
            sample_rate: SAMPLE_RATE,
        }
    }

    #[test]
    fn stems_are_the_masked_shares_and_sum_to_the_song_at_any_length() {
        for length in [0, 1, 511, 12_000, 262_144, 700_001] {
            let song = noise(length);
            let separator = Separator::new(FixedShares, 32);
            let stems = run(separator.separate(&song, &mut Unobserved)).expect("separates");
            for (source, stem) in stems.waveforms.iter() {
                assert_eq!(stem.samples.len(), length);
                let share = (source.index() + 1) as f32 / 15.0;
                for (part, whole) in stem.samples.iter().zip(&song.samples) {
                    assert!((part - share * whole).abs() < 1e-4, "{length} {source}");
                }
            }
        }
    }

    struct StopsAtOnce;

    impl Observer for StopsAtOnce {
        async fn tile_done(&mut self, _done: usize, _total: usize) -> ControlFlow<()> {
            ControlFlow::Break(())
        }
    }

    #[test]
    fn the_observer_cancels() {
        let result =
            run(Separator::new(FixedShares, 32).separate(&noise(700_000), &mut StopsAtOnce));
        assert!(matches!(result, Err(SeparateError::Cancelled)));
    }
}
