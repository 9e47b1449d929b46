//! From tiles of masks to masks frame by frame: where tiles overlap, they are cross-faded.

use std::collections::VecDeque;

use super::DeliveryError;
use crate::dsp::tiles::TileLayout;
use crate::dsp::{BINS, TILE_FRAMES};
use crate::source::Source;

/// Values of one frame's masks: `[source, bin]`.
pub const FRAME_MASKS: usize = Source::COUNT * BINS;

/// Takes a song's masks, the first frame first.
pub trait MaskSink {
    /// The next frame's masks `[source, bin]`, which sum to 1 over the sources in every bin.
    ///
    /// # Errors
    /// When what is made of them cannot be kept.
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

/// Assembles frames as tiles come in.
pub(super) struct CrossFade<'a> {
    layout: &'a TileLayout,
    /// Weighted masks of frames that the next tile shares, the earliest first.
    unfinished: VecDeque<Vec<f32>>,
}

impl<'a> CrossFade<'a> {
    pub(super) fn new(layout: &'a TileLayout) -> Self {
        Self {
            layout,
            unfinished: VecDeque::new(),
        }
    }

    /// `masks` are `[source, frame, bin]`; tiles must come in order.
    pub(super) fn add_tile(
        &mut self,
        tile: usize,
        masks: &[f32],
        sink: &mut impl MaskSink,
    ) -> Result<(), DeliveryError> {
        let start = self.layout.starts[tile];
        let next_start = self.layout.starts.get(tile + 1).copied();
        let end = (start + TILE_FRAMES).min(self.layout.frame_count);
        let shared_before = self.unfinished.len();
        for offset in 0..end - start {
            let weight = self.layout.weight(tile, offset);
            let mut frame_masks = if offset < shared_before {
                self.unfinished.pop_front().unwrap_or_default()
            } else {
                vec![0.0; FRAME_MASKS]
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
                sink.frame(&frame_masks)?;
            }
        }
        Ok(())
    }
}
