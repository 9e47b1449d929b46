//! Gathers decoded packets: the mean of their channels, or these themselves.
//!
//! Channels are averaged packet by packet, as [`Recording::to_mono`] averages a whole recording, so that an hour of
//! many-channelled audio never sits in memory at once.

use super::error::DecodeError;
use crate::{
    analysis::MAX_DURATION_SECS,
    audio::{Cancellation, Recording, SAMPLE_RATE_LIMITS, Waveform, resample},
};

/// What becomes of a file's channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channels {
    /// Their average is one channel; where they cancel each other, the loudest is taken instead.
    Averaged,
    /// They stay as they are.
    Kept,
    /// The one of this position.
    Only(usize),
}

/// Frames of the longest song that is read.
pub(super) fn longest(sample_rate: u32) -> u64 {
    (f64::from(sample_rate) * f64::from(MAX_DURATION_SECS)) as u64
}

/// What packets make.
pub(super) struct Collector {
    wanted: Channels,
    /// What the file is counted to hold: memory for it is taken at once, since growing would take twice as much.
    counted_secs: f64,
    /// None before the first packet.
    recording: Option<Recording>,
    channel_count: usize,
    cancellation: Cancellation,
}

/// What was gathered.
pub(super) struct Collected {
    pub recording: Recording,
    /// Of the file.
    pub channel_count: usize,
    /// The loudest channel, if the channels cancel each other.
    pub loudest_if_cancelled: Option<usize>,
}

impl Collector {
    pub(super) fn new(wanted: Channels, counted_secs: Option<f64>) -> Self {
        Self {
            wanted,
            counted_secs: counted_secs.unwrap_or_default(),
            recording: None,
            channel_count: 0,
            cancellation: Cancellation::default(),
        }
    }

    /// Takes the next packet, whose rate and channels are those of the first.
    pub(super) fn push(&mut self, packet: Recording) -> Result<(), DecodeError> {
        let sample_rate = packet.sample_rate;
        if self.recording.is_none() {
            self.recording = Some(self.start(&packet)?);
        }
        let parts = match self.wanted {
            Channels::Averaged => {
                let mean = packet.to_mono().samples;
                self.cancellation.add(&packet.channels, &mean);
                vec![mean]
            }
            Channels::Kept => packet.channels,
            Channels::Only(channel) => packet.channels.into_iter().skip(channel).take(1).collect(),
        };
        let channels = self
            .recording
            .iter_mut()
            .flat_map(|recording| &mut recording.channels);
        for (channel, mut part) in channels.zip(parts) {
            channel.append(&mut part);
            if channel.len() as u64 > longest(sample_rate) {
                let found_secs =
                    Some(self.counted_secs).filter(|&secs| secs > f64::from(MAX_DURATION_SECS));
                return Err(DecodeError::TooLong { found_secs });
            }
        }
        Ok(())
    }

    fn start(&mut self, packet: &Recording) -> Result<Recording, DecodeError> {
        let sample_rate = packet.sample_rate;
        if !SAMPLE_RATE_LIMITS.contains(&sample_rate) {
            return Err(DecodeError::SampleRate(sample_rate));
        }
        self.channel_count = packet.channels.len();
        let kept = match self.wanted {
            Channels::Averaged | Channels::Only(_) => 1,
            Channels::Kept => self.channel_count,
        };
        let mut channels = vec![Vec::new(); kept];
        let counted = self.counted_secs * f64::from(sample_rate);
        let expected = (counted as u64).min(longest(sample_rate)) as usize;
        for channel in &mut channels {
            // Where this much is not to be had, growing goes on.
            channel.try_reserve_exact(expected).ok();
        }
        Ok(Recording {
            channels,
            sample_rate,
        })
    }

    /// What there was; nothing without a sample.
    pub(super) fn finish(self) -> Option<Collected> {
        let recording = self.recording.filter(|recording| length(recording) > 0)?;
        Some(Collected {
            recording,
            channel_count: self.channel_count,
            loudest_if_cancelled: self.cancellation.loudest_if_cancelled(),
        })
    }
}

/// Samples of each channel.
pub(super) fn length(recording: &Recording) -> usize {
    recording.channels.first().map_or(0, Vec::len)
}

impl Collected {
    /// Appends a recording that follows in the same file. Of two rates the higher one is kept, and mono sounds from all
    /// channels. Whether it could be joined: else the channels must be as many.
    pub(super) fn join(&mut self, mut next: Self) -> Result<bool, DecodeError> {
        let sample_rate = self.recording.sample_rate.max(next.recording.sample_rate);
        for recording in [&mut self.recording, &mut next.recording] {
            bring_to(recording, sample_rate)?;
        }
        self.channel_count = self.channel_count.max(next.channel_count);
        let most = self
            .recording
            .channels
            .len()
            .max(next.recording.channels.len());
        for recording in [&mut self.recording, &mut next.recording] {
            if let [mono] = recording.channels.as_mut_slice() {
                recording.channels = vec![std::mem::take(mono); most];
            }
        }
        let (own, other) = (&mut self.recording.channels, next.recording.channels);
        if own.len() != other.len() {
            return Ok(false);
        }
        for (channel, mut samples) in own.iter_mut().zip(other) {
            channel.append(&mut samples);
            if channel.len() as u64 > longest(sample_rate) {
                return Err(DecodeError::TooLong { found_secs: None });
            }
        }
        Ok(true)
    }
}

/// The recording at another rate.
fn bring_to(recording: &mut Recording, sample_rate: u32) -> Result<(), DecodeError> {
    if recording.sample_rate == sample_rate {
        return Ok(());
    }
    for channel in &mut recording.channels {
        let waveform = Waveform {
            samples: std::mem::take(channel),
            sample_rate: recording.sample_rate,
        };
        *channel = resample(&waveform, sample_rate)
            .map_err(|_| DecodeError::SampleRate(recording.sample_rate))?
            .samples;
    }
    recording.sample_rate = sample_rate;
    Ok(())
}
