//! Sound as samples: waveforms, recordings as decoded, resampling, WAV and FLAC.
//!
//! [`to_model_rate`] is the one way into the engine: page and companion both take it, so both analyse the same samples.

mod cancellation;
pub mod container;
mod file_tags;
pub mod flac;
mod resample;
pub mod wav;

pub use cancellation::Cancellation;
pub use file_tags::FileTags;
use resample::BLOCK_SAMPLES;
pub use resample::{Resampler, SAMPLE_RATE_LIMITS, resample};

/// Samples a second of everything past the front door. The paper's: 512 bins then reach 5.4 kHz.
pub const SAMPLE_RATE: u32 = 10_880;

/// Integers of 32 bits that a program wrote as floats without scaling them reach 2^31. Far beyond, sums of squares and
/// the resampler's transforms leave the range of floats.
const MAX_AMPLITUDE: f32 = 4_294_967_296.0;

/// One channel of sound.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waveform {
    /// Amplitudes, nominally in [-1, 1].
    pub samples: Vec<f32>,
    /// Samples a second.
    pub sample_rate: u32,
}

impl Waveform {
    /// Length in seconds; 0 for an unset sample rate.
    pub fn duration_secs(&self) -> f32 {
        match self.sample_rate {
            0 => 0.0,
            rate => (self.samples.len() as f64 / f64::from(rate)) as f32,
        }
    }
}

/// Sound as a decoder gives it: any number of channels at any rate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recording {
    /// Amplitudes of each channel; a channel shorter than the others ends in silence.
    pub channels: Vec<Vec<f32>>,
    /// Samples a second.
    pub sample_rate: u32,
}

impl Recording {
    /// The average of the channels.
    pub fn to_mono(&self) -> Waveform {
        let length = self.channels.iter().map(Vec::len).max().unwrap_or(0);
        let mut samples = vec![0.0; length];
        for channel in &self.channels {
            for (sum, sample) in samples.iter_mut().zip(channel) {
                *sum += sample;
            }
        }
        let share = 1.0 / self.channels.len().max(1) as f32;
        samples.iter_mut().for_each(|sample| *sample *= share);
        Waveform {
            samples,
            sample_rate: self.sample_rate,
        }
    }
}

/// What can be wrong with a sound before any analysis.
#[derive(Debug, thiserror::Error)]
pub enum AudioError {
    /// A rate that no recording has.
    #[error("a sample rate of {got} Hz: expected {} to {} Hz", SAMPLE_RATE_LIMITS.start(), SAMPLE_RATE_LIMITS.end())]
    SampleRate {
        /// The rate given.
        got: u32,
    },
    /// Amplitudes of no recording, infinite ones, or none ("not a number").
    #[error("the amplitude at {at_secs:.3} s is {got:e}: the audio is damaged")]
    Amplitude {
        /// The amplitude found.
        got: f32,
        /// Where it is.
        at_secs: f64,
    },
    /// Channels that were to be written together, of different lengths.
    #[error("channel {channel} has {got} samples: expected {expected}, as in the first")]
    ChannelLength {
        /// Position of the channel.
        channel: usize,
        /// Its length.
        got: usize,
        /// The first channel's length.
        expected: usize,
    },
    /// A number of channels that WAV cannot hold.
    #[error("{got} channels: a WAV file holds 1 to {}", u16::MAX)]
    ChannelCount {
        /// The number given.
        got: usize,
    },
    /// The resampler refused its parameters.
    #[error("resampling could not be set up: {0}")]
    ResamplerSetUp(#[from] rubato::ResamplerConstructionError),
    /// The resampler failed on the way.
    #[error("resampling failed: {0}")]
    Resample(#[from] rubato::ResampleError),
    /// A WAV file that is damaged or of an unknown kind.
    #[error("WAV: {0}")]
    Wav(#[from] hound::Error),
    /// More than a WAV file can say it holds.
    #[error(
        "{length} samples a channel are more than a WAV file's 4 GB: choose fewer bits or a shorter song"
    )]
    WavTooLong {
        /// Samples a channel.
        length: usize,
    },
    /// What a FLAC file cannot hold.
    #[error("FLAC: {0}")]
    Flac(&'static str),
    /// The system refused to write.
    #[error("WAV: {0}")]
    Write(#[from] std::io::Error),
}

/// The one way into the engine: any recording as mono at [`SAMPLE_RATE`], without DC offset.
///
/// The mean of the channels is taken, or the loudest channel where they cancel each other (see [`Cancellation`]).
///
/// # Errors
/// When amplitudes or sample rate are those of no recording.
pub fn to_model_rate(recording: &Recording) -> Result<Waveform, AudioError> {
    // Each channel for itself: damage may cancel out in their mean.
    for channel in &recording.channels {
        check_amplitudes(channel, 0, recording.sample_rate)?;
    }
    let mono = recording.to_mono();
    let mut cancellation = Cancellation::default();
    cancellation.add(&recording.channels, &mono.samples);
    let samples = match cancellation.loudest_if_cancelled() {
        Some(loudest) => &recording.channels[loudest],
        None => &mono.samples,
    };
    let mut song = ToModelRate::new(recording.sample_rate, DcOffset::of(samples))?;
    song.push(samples)?;
    song.finish()
}

/// [`to_model_rate`] for one channel that comes in pieces.
pub struct ToModelRate {
    resampler: Resampler,
    sample_rate: u32,
    dc_offset: f32,
    /// Samples that came in, all told.
    length: usize,
    block: Vec<f32>,
}

impl ToModelRate {
    /// For so many samples a second, whose mean is known.
    ///
    /// # Errors
    /// When the sample rate is that of no recording.
    pub fn new(sample_rate: u32, dc_offset: DcOffset) -> Result<Self, AudioError> {
        Ok(Self {
            resampler: Resampler::new(sample_rate, SAMPLE_RATE, dc_offset.count)?,
            sample_rate,
            dc_offset: dc_offset.mean(),
            length: 0,
            block: Vec::new(),
        })
    }

    /// Takes the next samples.
    ///
    /// # Errors
    /// When amplitudes are those of no recording.
    pub fn push(&mut self, samples: &[f32]) -> Result<(), AudioError> {
        check_amplitudes(samples, self.length, self.sample_rate)?;
        self.length += samples.len();
        for block in samples.chunks(BLOCK_SAMPLES) {
            let centred = block.iter().map(|sample| sample - self.dc_offset);
            self.block.clear();
            self.block.extend(centred);
            self.resampler.push(&self.block)?;
        }
        Ok(())
    }

    /// The whole song.
    ///
    /// # Errors
    /// As for [`Self::push`].
    pub fn finish(self) -> Result<Waveform, AudioError> {
        self.resampler.finish()
    }
}

/// The mean of samples, counted piece by piece: an offset of the recorder is no sound, yet fills the lowest bins of every
/// frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct DcOffset {
    sum: f64,
    count: usize,
}

impl DcOffset {
    fn of(samples: &[f32]) -> Self {
        let mut offset = Self::default();
        offset.add(samples);
        offset
    }

    /// Counts more samples.
    pub fn add(&mut self, samples: &[f32]) {
        self.sum = samples
            .iter()
            .fold(self.sum, |sum, &sample| sum + f64::from(sample));
        self.count += samples.len();
    }

    fn mean(self) -> f32 {
        (self.sum / self.count.max(1) as f64) as f32
    }
}

/// `start` samples came before.
fn check_amplitudes(samples: &[f32], start: usize, sample_rate: u32) -> Result<(), AudioError> {
    let is_sound = |sample: &f32| sample.abs() <= MAX_AMPLITUDE;
    match samples.iter().position(|sample| !is_sound(sample)) {
        Some(position) => Err(AudioError::Amplitude {
            got: samples[position],
            at_secs: (start + position) as f64 / f64::from(sample_rate.max(1)),
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mono_averages_channels_of_any_length() {
        let recording = Recording {
            channels: vec![vec![1.0, 0.5, 1.0], vec![0.0, 0.5]],
            sample_rate: 8_000,
        };
        assert_eq!(
            recording.to_mono(),
            Waveform {
                samples: vec![0.5, 0.5, 0.5],
                sample_rate: 8_000
            }
        );
        assert!(Recording::default().to_mono().samples.is_empty());
    }

    #[test]
    fn duration_counts_samples() {
        assert_eq!(
            Waveform {
                samples: vec![0.0; 5_440],
                sample_rate: SAMPLE_RATE
            }
            .duration_secs(),
            0.5
        );
        assert_eq!(Waveform::default().duration_secs(), 0.0);
    }

    #[test]
    fn damaged_amplitudes_are_refused_where_they_stand() {
        for (got, name) in [
            (f32::NAN, "NaN"),
            (f32::INFINITY, "inf"),
            // Once made the resampler panic; found by fuzzing.
            (-1e36, "-1e36"),
        ] {
            let recording = Recording {
                channels: vec![vec![0.0, got]],
                sample_rate: 2_000,
            };
            let error = to_model_rate(&recording).expect_err("passed");
            assert_eq!(
                error.to_string(),
                format!("the amplitude at 0.001 s is {name}: the audio is damaged")
            );
        }
    }

    #[test]
    fn damage_that_cancels_out_in_mono_is_refused() {
        let recording = Recording {
            channels: vec![vec![3e38; 10], vec![-3e38; 10]],
            sample_rate: 2_000,
        };
        assert!(to_model_rate(&recording).is_err());
    }

    fn tone(offset: f32) -> Vec<f32> {
        (0..22_050)
            .map(|n| 0.25 * (n as f32 * 0.07).sin() + offset)
            .collect()
    }

    fn analysed(channels: Vec<Vec<f32>>) -> Vec<f32> {
        let recording = Recording {
            channels,
            sample_rate: 22_050,
        };
        to_model_rate(&recording).expect("a waveform").samples
    }

    fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
        let pairs = a.iter().zip(b);
        pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn a_dc_offset_changes_nothing() {
        let plain = analysed(vec![tone(0.0)]);
        for offset in [0.05, -0.1, 0.3, 2.0] {
            let shifted = analysed(vec![tone(offset)]);
            let difference = largest_difference(&plain, &shifted);
            assert!(difference < 1e-5, "{offset}: {difference}");
        }
        let one_sided = analysed(vec![tone(0.0), tone(0.4)]);
        assert!(largest_difference(&plain, &one_sided) < 1e-5);
        assert!(analysed(vec![vec![0.5; 22_050]]).iter().all(|&x| x == 0.0));
        assert!(analysed(Vec::new()).is_empty());
    }

    #[test]
    fn channels_that_cancel_are_analysed_as_one() {
        let plain = analysed(vec![tone(0.0)]);
        let inverted = |gain: f32| tone(0.0).iter().map(|x| -gain * x).collect::<Vec<_>>();
        for gain in [1.0, 0.9] {
            let samples = analysed(vec![tone(0.0), inverted(gain)]);
            assert!(largest_difference(&plain, &samples) < 1e-6, "{gain}");
        }
        // A side that is merely quieter is no cancellation.
        let wide = analysed(vec![tone(0.0), vec![0.0; 22_050]]);
        let half: Vec<f32> = plain.iter().map(|x| x / 2.0).collect();
        assert!(largest_difference(&half, &wide) < 1e-6);
    }

    #[test]
    fn loud_recordings_are_taken() {
        let recording = Recording {
            channels: vec![
                vec![MAX_AMPLITUDE; 4_000],
                vec![-MAX_AMPLITUDE / 2.0; 4_000],
            ],
            sample_rate: 2_000,
        };
        let waveform = to_model_rate(&recording).expect("loud");
        assert!(waveform.samples.iter().all(|sample| sample.is_finite()));
    }
}
