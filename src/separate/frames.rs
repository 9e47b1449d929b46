//! Assembles masks frame by frame from tiles, which are cross-faded where they overlap.

use std::collections::VecDeque;

use super::{DeliveryError, TileEstimate};
use crate::dsp::tiles::TileLayout;
use crate::dsp::{BINS, TILE_FRAMES};
use crate::source::{PerSource, Source};

/// Values of one frame's masks: `[source, bin]`.
pub const FRAME_MASKS: usize = Source::COUNT * BINS;

/// And with the activity logits.
const FRAME_VALUES: usize = FRAME_MASKS + Source::COUNT;

/// Takes a song's masks, the first frame first.
pub trait MaskSink {
    /// The next frame's masks `[source, bin]`, which sum to 1 over the sources in every bin.
    ///
    /// # Errors
    /// When the result cannot be stored.
    fn frame(&mut self, masks: &[f32]) -> Result<(), DeliveryError>;

    /// There are no more frames.
    ///
    /// # Errors
    /// As [`Self::frame`].
    fn finish(&mut self) -> Result<(), DeliveryError>;
}

impl<T: MaskSink> MaskSink for &mut T {
    fn frame(&mut self, masks: &[f32]) -> Result<(), DeliveryError> {
        (**self).frame(masks)
    }

    fn finish(&mut self) -> Result<(), DeliveryError> {
        (**self).finish()
    }
}

/// One after the other.
impl<A: MaskSink, B: MaskSink> MaskSink for (A, B) {
    fn frame(&mut self, masks: &[f32]) -> Result<(), DeliveryError> {
        self.0.frame(masks)?;
        self.1.frame(masks)
    }

    fn finish(&mut self) -> Result<(), DeliveryError> {
        self.0.finish()?;
        self.1.finish()
    }
}

/// Ignores the masks.
impl MaskSink for () {
    fn frame(&mut self, _masks: &[f32]) -> Result<(), DeliveryError> {
        Ok(())
    }

    fn finish(&mut self) -> Result<(), DeliveryError> {
        Ok(())
    }
}

/// `None` ignores the masks.
impl<T: MaskSink> MaskSink for Option<T> {
    fn frame(&mut self, masks: &[f32]) -> Result<(), DeliveryError> {
        self.as_mut().map_or(Ok(()), |sink| sink.frame(masks))
    }

    fn finish(&mut self) -> Result<(), DeliveryError> {
        self.as_mut().map_or(Ok(()), MaskSink::finish)
    }
}

/// Assembles frames from tiles in order.
pub(super) struct CrossFade<'a> {
    layout: &'a TileLayout,
    /// Weighted values of frames that the next tile shares, the earliest first.
    unfinished: VecDeque<Vec<f32>>,
    /// Activity logits of the finished frames.
    activity_logits: PerSource<Vec<f32>>,
}

impl<'a> CrossFade<'a> {
    pub(super) fn new(layout: &'a TileLayout) -> Self {
        Self {
            layout,
            unfinished: VecDeque::new(),
            activity_logits: PerSource::default(),
        }
    }

    /// Tiles must come in order.
    pub(super) fn add_tile(
        &mut self,
        tile: usize,
        estimate: &TileEstimate,
        sink: &mut impl MaskSink,
    ) -> Result<(), DeliveryError> {
        let start = self.layout.starts[tile];
        let next_start = self.layout.starts.get(tile + 1).copied();
        let end = (start + TILE_FRAMES).min(self.layout.frame_count);
        let shared_before = self.unfinished.len();
        for offset in 0..end - start {
            let weight = self.layout.weight(tile, offset);
            let mut values = if offset < shared_before {
                self.unfinished.pop_front().unwrap_or_default()
            } else {
                vec![0.0; FRAME_VALUES]
            };
            add_frame(&mut values, estimate, offset, weight);
            if next_start.is_some_and(|next| start + offset >= next) {
                self.unfinished.push_back(values);
            } else {
                self.finish_frame(&values, sink)?;
            }
        }
        Ok(())
    }

    fn finish_frame(
        &mut self,
        values: &[f32],
        sink: &mut impl MaskSink,
    ) -> Result<(), DeliveryError> {
        let (masks, logits) = values.split_at(FRAME_MASKS);
        for (of_source, logit) in self.activity_logits.0.iter_mut().zip(logits) {
            of_source.push(*logit);
        }
        sink.frame(masks)
    }

    /// Activity logits, one value for each frame of the song.
    pub(super) fn into_activity_logits(self) -> PerSource<Vec<f32>> {
        self.activity_logits
    }
}

/// Adds a tile's frame at `offset`, times `weight`.
fn add_frame(values: &mut [f32], estimate: &TileEstimate, offset: usize, weight: f32) {
    let (masks, logits) = values.split_at_mut(FRAME_MASKS);
    let sources = masks.chunks_exact_mut(BINS).zip(logits).enumerate();
    for (source, (sums, logit)) in sources {
        let frame = source * TILE_FRAMES + offset;
        let row = frame * BINS;
        for (sum, mask) in sums.iter_mut().zip(&estimate.masks()[row..row + BINS]) {
            *sum += weight * mask;
        }
        *logit += weight * estimate.activity_logits()[frame];
    }
}
