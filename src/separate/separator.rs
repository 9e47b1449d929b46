//! The separator: from the song's spectrogram to masks, tile by tile.

use futures_util::stream::{FuturesOrdered, StreamExt};

use super::{MaskSink, ModelBand, Observer, SeparateError, TileEstimator, frames::CrossFade};
use crate::audio::Waveform;
use crate::dsp::features::{level_gain, log_magnitude};
use crate::dsp::tiles::TileLayout;
use crate::dsp::{BINS, Complex, Stft, TILE_FRAMES};
use crate::source::PerSource;

/// A song's stems: waveforms that sum to it.
#[derive(Clone, Debug)]
pub struct Stems {
    /// One waveform a source, each of the song's length.
    pub waveforms: PerSource<Waveform>,
    /// Activity logits, one value for each frame of the song's spectrogram; empty or 0 without a detector.
    pub activity_logits: PerSource<Vec<f32>>,
}

/// Separates songs with an estimator of tiles.
///
/// ```
/// use deepmelody::audio::{SAMPLE_RATE, Waveform};
/// use deepmelody::dsp::TILE_FRAMES;
/// use deepmelody::separate::{
///     EstimateError, Separator, TileEstimate, TileEstimator, Unobserved,
/// };
/// use deepmelody::source::Source;
///
/// /// A fifth of everything to each source.
/// struct EqualMasks;
///
/// impl TileEstimator for EqualMasks {
///     fn parallelism(&self) -> usize {
///         1
///     }
///
///     async fn estimate(&self, tile: Vec<f32>) -> Result<TileEstimate, EstimateError> {
///         let masks = vec![0.2; Source::COUNT * tile.len()];
///         let activity_logits = vec![0.0; Source::COUNT * TILE_FRAMES];
///         TileEstimate::from_values([masks, activity_logits].concat())
///     }
/// }
///
/// let song = Waveform {
///     samples: (0..20_000).map(|n| (n as f32 * 0.25).sin()).collect(),
///     sample_rate: SAMPLE_RATE,
/// };
/// let separator = Separator::new(EqualMasks, 32);
/// let stems = pollster::block_on(separator.separate(&song, &mut Unobserved)).expect("stems");
/// let guitar = &stems.waveforms[Source::Guitar].samples;
/// assert!((guitar[10_000] - song.samples[10_000] / 5.0).abs() < 1e-3);
/// ```
#[derive(Debug)]
pub struct Separator<E> {
    estimator: E,
    overlap_frames: usize,
}

impl<E: TileEstimator> Separator<E> {
    /// Neighbouring tiles share `overlap_frames` frames, over which their masks are cross-faded.
    pub fn new(estimator: E, overlap_frames: usize) -> Self {
        Self {
            estimator,
            overlap_frames,
        }
    }

    /// Tiles that may be in flight at once.
    pub fn parallelism(&self) -> usize {
        self.estimator.parallelism()
    }

    /// Separates `song`, which must be at the model's sample rate. The masks sum to 1 in each bin, so the stems sum to
    /// the song.
    ///
    /// # Errors
    /// When cancelled by the observer, or when the network fails.
    pub async fn separate(
        &self,
        song: &Waveform,
        observer: &mut impl Observer,
    ) -> Result<Stems, SeparateError> {
        let mut waveforms = PerSource::from_fn(|_| Waveform {
            samples: Vec::with_capacity(song.samples.len()),
            sample_rate: song.sample_rate,
        });
        let take = |source, block: &[f32]| waveforms[source].samples.extend_from_slice(block);
        let activity_logits = self
            .run(song, &mut ModelBand::new(song, take), observer)
            .await?;
        Ok(Stems {
            waveforms,
            activity_logits,
        })
    }

    /// Computes the masks of `song`, which must be at the model's sample rate, and passes them to `sink` frame by
    /// frame. Returns the activity logits, one value for each frame.
    ///
    /// # Errors
    /// When cancelled by the observer, when the network fails, or when `sink` does.
    pub async fn run(
        &self,
        song: &Waveform,
        sink: &mut impl MaskSink,
        observer: &mut impl Observer,
    ) -> Result<PerSource<Vec<f32>>, SeparateError> {
        let mut stft = Stft::default();
        let layout = TileLayout::new(stft.frame_count(song.samples.len()), self.overlap_frames);
        let gain = level_gain(&song.samples);
        let mut frames = CrossFade::new(&layout);
        let mut waiting = layout.starts.iter();
        let mut in_flight = FuturesOrdered::new();
        let total = layout.starts.len();
        let mut done = 0;
        while done < total {
            while in_flight.len() < self.estimator.parallelism().max(1) {
                let Some(&start) = waiting.next() else { break };
                let tile = tile_features(&mut stft, song, start, gain);
                in_flight.push_back(self.estimator.estimate(tile));
            }
            let Some(estimate) = in_flight.next().await else {
                break;
            };
            frames.add_tile(done, &estimate?, sink)?;
            done += 1;
            if observer.tile_done(done, total).await.is_break() {
                return Err(SeparateError::Cancelled);
            }
        }
        sink.finish()?;
        Ok(frames.into_activity_logits())
    }
}

/// Normalised log magnitudes `[frame, bin]` of the tile that starts at frame `start`. A song shorter than a tile is
/// repeated, since networks are trained on full tiles.
fn tile_features(stft: &mut Stft, song: &Waveform, start: usize, gain: f32) -> Vec<f32> {
    let frame_count = stft.frame_count(song.samples.len());
    let mut spectrum = vec![Complex::default(); BINS];
    let mut tile = vec![0.0; TILE_FRAMES * BINS];
    for (offset, features) in tile.chunks_exact_mut(BINS).enumerate() {
        let frame = (start + offset) % frame_count;
        stft.analyse_frame(&song.samples, frame, &mut spectrum);
        log_magnitude(&spectrum, gain, features);
    }
    tile
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::SAMPLE_RATE;
    use crate::separate::{EstimateError, TileEstimate, Unobserved};
    use crate::source::Source;
    use std::future::Future;
    use std::ops::ControlFlow;
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    /// Gives source `i` the share (i + 1) / 15 everywhere, and the logit i.
    struct FixedShares;

    impl TileEstimator for FixedShares {
        fn parallelism(&self) -> usize {
            2
        }

        async fn estimate(&self, _tile: Vec<f32>) -> Result<TileEstimate, EstimateError> {
            let shares = (1..=Source::COUNT).map(|share| share as f32 / 15.0);
            let masks = shares.flat_map(|share| vec![share; TILE_FRAMES * BINS]);
            let logits = (0..Source::COUNT).flat_map(|logit| vec![logit as f32; TILE_FRAMES]);
            TileEstimate::from_values(masks.chain(logits).collect())
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
                let logits = &stems.activity_logits[source];
                assert_eq!(logits.len(), Stft::default().frame_count(length));
                assert!(
                    logits
                        .iter()
                        .all(|logit| (logit - source.index() as f32).abs() < 1e-4)
                );
                let share = (source.index() + 1) as f32 / 15.0;
                for (part, whole) in stem.samples.iter().zip(&song.samples) {
                    assert!((part - share * whole).abs() < 1e-4, "{length} {source}");
                }
            }
        }
    }

    /// Keeps the tile that it is asked about.
    #[derive(Default)]
    struct Keeper(std::cell::RefCell<Vec<f32>>);

    impl TileEstimator for Keeper {
        fn parallelism(&self) -> usize {
            1
        }

        async fn estimate(&self, tile: Vec<f32>) -> Result<TileEstimate, EstimateError> {
            self.0.replace(tile.clone());
            FixedShares.estimate(tile).await
        }
    }

    #[test]
    fn a_short_song_is_heard_over_and_over() {
        let song = noise(20_000);
        let frames = Stft::default().frame_count(song.samples.len());
        let separator = Separator::new(Keeper::default(), 32);
        run(separator.separate(&song, &mut Unobserved)).expect("separates");
        let tile = separator.estimator.0.borrow();
        assert_eq!(tile.len(), TILE_FRAMES * BINS);
        let period = frames * BINS;
        assert!(tile[period..].iter().eq(&tile[..tile.len() - period]));
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
