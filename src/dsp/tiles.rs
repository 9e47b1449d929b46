//! Splits a song of any length into overlapping tiles of [`TILE_FRAMES`], with cross-fades between them.
//!
//! Tiles are spaced evenly, so that none extends past the song's end and neighbours overlap by at least the requested
//! number of frames. Only a song shorter than a tile is padded.

use super::TILE_FRAMES;

/// Positions of the tiles of one song.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileLayout {
    /// First frame of each tile, ascending. Frames before the next tile's start are complete.
    pub starts: Vec<usize>,
    /// Frames of the song.
    pub frame_count: usize,
    /// Minimum overlap of neighbours in frames.
    pub overlap_frames: usize,
}

impl TileLayout {
    /// Lays out tiles for `frame_count` frames; none for 0 frames.
    ///
    /// # Panics
    /// Unless the overlap is less than a tile.
    pub fn new(frame_count: usize, overlap_frames: usize) -> Self {
        assert!(
            overlap_frames < TILE_FRAMES,
            "an overlap of {overlap_frames} frames: expected less than {TILE_FRAMES}"
        );
        let rest = frame_count.saturating_sub(TILE_FRAMES);
        let steps = rest.div_ceil(TILE_FRAMES - overlap_frames);
        let starts = match (frame_count, steps) {
            (0, _) => Vec::new(),
            (_, 0) => vec![0],
            _ => (0..=steps).map(|tile| tile * rest / steps).collect(),
        };
        Self {
            starts,
            frame_count,
            overlap_frames,
        }
    }

    /// Cross-fade weight of `tile` at its frame `frame_in_tile`; the weights of all tiles at a frame of the song sum to
    /// 1.
    pub fn weight(&self, tile: usize, frame_in_tile: usize) -> f32 {
        let frame = self.starts[tile] + frame_in_tile;
        let reaches = |&&start: &&usize| start <= frame && frame < start + TILE_FRAMES;
        let all: f32 = self
            .starts
            .iter()
            .filter(reaches)
            .map(|start| self.trust(frame - start))
            .sum();
        self.trust(frame_in_tile) / all
    }

    /// Trapezoid over the tile: estimates are less reliable near its edges, which lack context on one side.
    fn trust(&self, frame_in_tile: usize) -> f32 {
        let from_edge = (frame_in_tile + 1).min(TILE_FRAMES - frame_in_tile);
        (from_edge as f32 / (self.overlap_frames + 1) as f32).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, test_runner::RngSeed};

    use super::*;

    #[test]
    fn short_songs_take_one_tile() {
        assert!(TileLayout::new(0, 64).starts.is_empty());
        for frame_count in [1, 100, TILE_FRAMES] {
            assert_eq!(TileLayout::new(frame_count, 64).starts, [0]);
        }
    }

    #[test]
    fn tiles_are_as_few_as_the_overlap_allows() {
        assert_eq!(TileLayout::new(TILE_FRAMES + 1, 64).starts, [0, 1]);
        assert_eq!(TileLayout::new(2 * TILE_FRAMES - 64, 64).starts, [0, 448]);
        assert_eq!(
            TileLayout::new(2 * TILE_FRAMES - 63, 64).starts,
            [0, 224, 449]
        );
    }

    #[test]
    fn the_fade_is_linear() {
        let layout = TileLayout::new(2 * TILE_FRAMES - 3, 3);
        let fade: Vec<f32> = (0..5).map(|frame| layout.weight(1, frame)).collect();
        assert_eq!(fade, [0.25, 0.5, 0.75, 1.0, 1.0]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

        #[test]
        fn shares_sum_to_one_and_neighbours_overlap(frame_count in 1_usize..3_000, overlap in 0_usize..TILE_FRAMES) {
            let layout = TileLayout::new(frame_count, overlap);
            let mut sums = vec![0.0_f32; frame_count.max(TILE_FRAMES)];
            for (tile, start) in layout.starts.iter().enumerate() {
                for frame in 0..TILE_FRAMES {
                    let weight = layout.weight(tile, frame);
                    prop_assert!((0.0..=1.0).contains(&weight));
                    sums[start + frame] += weight;
                }
            }
            prop_assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-5));
            prop_assert!(layout.starts.windows(2).all(|pair| pair[0] + TILE_FRAMES >= pair[1] + overlap));
        }
    }
}
