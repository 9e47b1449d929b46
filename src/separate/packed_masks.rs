//! Masks in two fifths of their size, to keep them until the stems are made: in 16 bits, without those of the last
//! source, which are what the others leave.

use super::frames::FRAME_MASKS;
use crate::dsp::BINS;

/// Values that are kept of a frame.
const KEPT: usize = FRAME_MASKS - BINS;

/// Bytes of a frame.
pub const PACKED_FRAME_BYTES: usize = 2 * KEPT;

/// Appends a frame's masks `[source, bin]` to `bytes`.
pub fn pack_masks(masks: &[f32], bytes: &mut Vec<u8>) {
    let kept = masks[..KEPT].iter();
    bytes.extend(kept.flat_map(|mask| ((mask * f32::from(u16::MAX)).round() as u16).to_le_bytes()));
}

/// The masks `[frame, source, bin]` of packed frames, exact to 1 / 65,535; they sum to 1 in every bin.
pub fn unpack_masks(bytes: &[u8]) -> Vec<f32> {
    let mut masks = Vec::with_capacity(bytes.len() / PACKED_FRAME_BYTES * FRAME_MASKS);
    for frame in bytes.chunks_exact(PACKED_FRAME_BYTES) {
        let start = masks.len();
        let values = frame
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        masks.extend(values.map(|value| f32::from(value) / f32::from(u16::MAX)));
        for bin in 0..BINS {
            let others: f32 = masks[start + bin..]
                .iter()
                .step_by(BINS)
                .take(KEPT / BINS)
                .sum();
            masks.push(1.0 - others);
        }
    }
    masks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_come_back_and_sum_to_one() {
        let mut masks = Vec::new();
        for frame in 0..3 {
            let weight =
                |source: usize, bin: usize| ((bin * 7 + source * 13 + frame * 5) % 11) as f32;
            for source in 0..5 {
                masks.extend((0..BINS).map(|bin| {
                    let sum: f32 = (0..5).map(|source| weight(source, bin)).sum();
                    weight(source, bin) / sum
                }));
            }
        }
        let mut bytes = Vec::new();
        masks
            .chunks_exact(FRAME_MASKS)
            .for_each(|frame| pack_masks(frame, &mut bytes));
        assert_eq!(bytes.len(), 3 * PACKED_FRAME_BYTES);
        let unpacked = unpack_masks(&bytes);
        assert_eq!(unpacked.len(), masks.len());
        for (mask, unpacked) in masks.iter().zip(&unpacked) {
            assert!((mask - unpacked).abs() < 4e-5, "{mask} {unpacked}");
        }
        for frame in unpacked.chunks_exact(FRAME_MASKS) {
            for bin in 0..BINS {
                let sum: f32 = frame[bin..].iter().step_by(BINS).sum();
                assert!((sum - 1.0).abs() < 1e-6);
            }
        }
    }
}
