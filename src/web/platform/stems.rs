//! A song's stems as WAV blobs, read back a range at a time.

use futures_util::future;
use web_sys::Blob;

use super::{PlatformError, blob};
use crate::{audio::wav::Layout, source::PerSource};

/// Five WAV files of one layout and length.
#[derive(Clone, Debug)]
pub struct StemFiles {
    /// The files.
    pub files: PerSource<Blob>,
    /// How they are laid out.
    pub layout: Layout,
    /// Samples a channel.
    pub length: usize,
}

impl StemFiles {
    /// Length in seconds.
    pub fn duration_secs(&self) -> f64 {
        self.length as f64 / f64::from(self.layout.sample_rate)
    }

    /// The channels of one stem from sample `start` up to `end`, or to the song's end.
    pub async fn read(
        &self,
        file: &Blob,
        start: usize,
        end: usize,
    ) -> Result<Vec<Vec<f32>>, PlatformError> {
        let at = |sample: usize| {
            Layout::HEADER_BYTES + sample.min(self.length) * self.layout.bytes_per_sample()
        };
        let bytes = blob::read(file, at(start), at(end)).await?;
        Ok(self.layout.decode(&bytes))
    }

    /// The channels of all stems from sample `start` up to `end`.
    pub async fn read_all(
        &self,
        start: usize,
        end: usize,
    ) -> Result<Vec<Vec<Vec<f32>>>, PlatformError> {
        let stems = self.files.iter();
        future::try_join_all(stems.map(|(_, file)| self.read(file, start, end))).await
    }

    /// The channels of the mix at these gains from sample `start` up to `end`.
    pub async fn read_mix(
        &self,
        gains: &PerSource<f32>,
        start: usize,
        end: usize,
    ) -> Result<Vec<Vec<f32>>, PlatformError> {
        let length = end.min(self.length) - start.min(self.length);
        let mut mix = vec![vec![0.0; length]; usize::from(self.layout.channel_count)];
        let heard = self.files.iter().zip(&gains.0);
        for ((_, file), gain) in heard.filter(|(_, gain)| **gain > 0.0) {
            let stem = self.read(file, start, end).await?;
            for (sum, channel) in mix.iter_mut().zip(&stem) {
                for (sum, sample) in sum.iter_mut().zip(channel) {
                    *sum += gain * sample;
                }
            }
        }
        Ok(mix)
    }
}
