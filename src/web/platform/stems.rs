//! A song's stems, which arrive part by part as blobs of samples, and are read back a range at a time. Whoever reads a
//! part that is still being made waits for it.

use std::{cell::RefCell, ops::Range, rc::Rc};

use futures_channel::oneshot;
use futures_util::future;
use web_sys::Blob;

use super::{PlatformError, blob};
use crate::{
    audio::wav::Layout,
    source::{PerSource, Source},
};

/// Five stems of one layout and length; clones are the same.
#[derive(Clone, Debug)]
pub struct StemFiles {
    /// How samples lie.
    pub layout: Layout,
    /// Samples a channel.
    pub length: usize,
    part_length: usize,
    parts: Rc<RefCell<Parts>>,
}

#[derive(Debug, Default)]
struct Parts {
    files: Vec<PerSource<Blob>>,
    /// Why no more will come, if so.
    failure: Option<PlatformError>,
    /// Resolved with every change.
    waiting: Vec<oneshot::Sender<()>>,
}

impl StemFiles {
    /// Stems of which no part is there yet; all parts but the last have `part_length` samples.
    pub fn new(layout: Layout, length: usize, part_length: usize) -> Self {
        Self {
            layout,
            length,
            part_length,
            parts: Rc::default(),
        }
    }

    /// Length in seconds.
    pub fn duration_secs(&self) -> f64 {
        self.length as f64 / f64::from(self.layout.sample_rate)
    }

    /// Adds the next part.
    pub fn push(&self, files: PerSource<Blob>) {
        self.parts.borrow_mut().files.push(files);
        self.wake();
    }

    /// No more parts will come, unless all are there.
    pub fn fail(&self, cause: PlatformError) {
        self.parts.borrow_mut().failure.get_or_insert(cause);
        self.wake();
    }

    /// The share of the parts that are there.
    pub fn made(&self) -> f32 {
        match self.part_count() {
            0 => 1.0,
            count => self.parts.borrow().files.len() as f32 / count as f32,
        }
    }

    /// Waits for the next part; false if there will be none.
    pub async fn changed(&self) -> bool {
        let change = {
            let mut parts = self.parts.borrow_mut();
            if parts.failure.is_some() || parts.files.len() >= self.part_count() {
                return false;
            }
            let (sender, change) = oneshot::channel();
            parts.waiting.push(sender);
            change
        };
        change.await.is_ok()
    }

    /// Waits until all parts are there, or no more will come.
    pub async fn finished(&self) {
        while self.changed().await {}
    }

    /// The channels of one stem from sample `start` up to `end`, or to the song's end.
    pub async fn read(
        &self,
        source: Source,
        start: usize,
        end: usize,
    ) -> Result<Vec<Vec<f32>>, PlatformError> {
        let (start, end) = (start.min(self.length), end.min(self.length));
        let mut bytes = Vec::new();
        let mut at = start;
        while at < end {
            let part = at / self.part_length;
            let part_start = part * self.part_length;
            let part_end = end.min(part_start + self.part_length);
            let file = self.file(part, source).await?;
            let range = self.bytes(at - part_start..part_end - part_start);
            bytes.extend(blob::read(&file, range.start, range.end).await?);
            at = part_end;
        }
        Ok(self.layout.decode(&bytes))
    }

    /// The channels of all stems from sample `start` up to `end`.
    pub async fn read_all(
        &self,
        start: usize,
        end: usize,
    ) -> Result<Vec<Vec<Vec<f32>>>, PlatformError> {
        let stems = Source::ALL.into_iter();
        future::try_join_all(stems.map(|source| self.read(source, start, end))).await
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
        for (source, gain) in gains.iter().filter(|(_, gain)| **gain > 0.0) {
            let stem = self.read(source, start, end).await?;
            for (sum, channel) in mix.iter_mut().zip(&stem) {
                for (sum, sample) in sum.iter_mut().zip(channel) {
                    *sum += gain * sample;
                }
            }
        }
        Ok(mix)
    }

    fn part_count(&self) -> usize {
        self.length.div_ceil(self.part_length)
    }

    fn bytes(&self, samples: Range<usize>) -> Range<usize> {
        let size = self.layout.bytes_per_sample();
        samples.start * size..samples.end * size
    }

    /// A part's file, once it is there.
    async fn file(&self, part: usize, source: Source) -> Result<Blob, PlatformError> {
        loop {
            let found = {
                let parts = self.parts.borrow();
                parts.files.get(part).map(|files| files[source].clone())
            };
            if let Some(file) = found {
                return Ok(file);
            }
            if !self.changed().await {
                let cause = self.parts.borrow().failure.clone();
                return Err(cause.unwrap_or_else(|| PlatformError::new("a part is missing")));
            }
        }
    }

    fn wake(&self) {
        let waiting = std::mem::take(&mut self.parts.borrow_mut().waiting);
        for reader in waiting {
            // A reader that was dropped needs no wake-up.
            reader.send(()).ok();
        }
    }
}
