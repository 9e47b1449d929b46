//! Activations: channels-last, in whole vectors, with a border of zeros that no kernel has to know about.

use super::simd::{LANES, Lanes};

/// Heights and widths are stored as multiples of this, so that 3 x 3 convolutions need no other size.
pub(super) const GRID: usize = 4;

/// An image of `height` x `width` pixels of some vectors each. Channels beyond the network's own are 0, and so is
/// everything around the image.
#[derive(Clone, Debug, Default)]
pub(super) struct Map {
    pub(super) height: usize,
    pub(super) width: usize,
    /// Vectors a pixel.
    pub(super) depth: usize,
    /// `[row][column][vector]`, with a border of one pixel and what fills up the grid.
    pub(super) data: Vec<Lanes>,
}

impl Map {
    pub(super) fn new(height: usize, width: usize, depth: usize) -> Self {
        let mut map = Self::default();
        map.reshape(height, width, depth);
        map
    }

    /// Makes this another image, of any pixels, in the same memory where that is enough.
    pub(super) fn reshape(&mut self, height: usize, width: usize, depth: usize) {
        let [rows, columns] = [height, width].map(|side| side.next_multiple_of(GRID) + 2);
        (self.height, self.width, self.depth) = (height, width, depth);
        self.data.resize(rows * columns * depth, [0.0; LANES]);
        for (row, pixels) in self.data.chunks_exact_mut(columns * depth).enumerate() {
            if (1..=height).contains(&row) {
                pixels[..depth].fill([0.0; LANES]);
                pixels[(1 + width) * depth..].fill([0.0; LANES]);
            } else {
                pixels.fill([0.0; LANES]);
            }
        }
    }

    /// Vectors from one row to the next.
    pub(super) fn row_stride(&self) -> usize {
        (self.width.next_multiple_of(GRID) + 2) * self.depth
    }

    /// Where a pixel of the image begins, in vectors.
    pub(super) fn at(&self, row: usize, column: usize) -> usize {
        (row + 1) * self.row_stride() + (column + 1) * self.depth
    }
}

/// Vectors that hold so many channels.
pub(super) fn vectors(channels: usize) -> usize {
    channels.div_ceil(LANES)
}

/// The network's channel in each lane of a pixel, where there is one.
pub(super) fn lanes_of(channels: usize) -> Vec<Option<usize>> {
    (0..vectors(channels) * LANES)
        .map(|lane| (lane < channels).then_some(lane))
        .collect()
}

/// [`lanes_of`] two images of so many channels, side by side in one.
pub(super) fn lanes_of_pair(channels: usize) -> Vec<Option<usize>> {
    let first = lanes_of(channels);
    let second = first.iter().map(|lane| Some((*lane)? + channels));
    first.iter().copied().chain(second).collect()
}
