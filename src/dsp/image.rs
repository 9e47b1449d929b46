//! The paper's input representation: the whole spectrogram, however long, resampled in time to a square image.
//!
//! Needed beside [`tiles`](super::tiles) to run the paper's recipe as written. Linear interpolation with aligned pixel
//! centres, as image libraries resize. The frequency axis already has the image's size.

use super::TILE_FRAMES;

/// Resamples a song's rows of `bins` values, one row for each frame, to the image's [`TILE_FRAMES`] rows.
pub fn from_frames(rows: &[f32], bins: usize) -> Vec<f32> {
    resize(rows, bins, TILE_FRAMES)
}

/// Resamples an image (of magnitudes or masks) back to `frame_count` frames.
pub fn to_frames(image: &[f32], bins: usize, frame_count: usize) -> Vec<f32> {
    resize(image, bins, frame_count)
}

/// Resamples rows of `bins` values to `count` rows; without rows, to zeros.
fn resize(rows: &[f32], bins: usize, count: usize) -> Vec<f32> {
    let rows: Vec<&[f32]> = rows.chunks_exact(bins).collect();
    let Some(last) = rows.len().checked_sub(1) else {
        return vec![0.0; count * bins];
    };
    let scale = rows.len() as f64 / count as f64;
    let mut resized = Vec::with_capacity(count * bins);
    for row in 0..count {
        let centre = ((row as f64 + 0.5) * scale - 0.5).clamp(0.0, last as f64);
        let (below, above) = (rows[centre as usize], rows[(centre as usize + 1).min(last)]);
        let part = centre.fract() as f32;
        resized.extend(below.iter().zip(above).map(|(a, b)| a + part * (b - a)));
    }
    resized
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_song_of_the_images_length_is_its_own_image() {
        let rows: Vec<f32> = (0..TILE_FRAMES * 3).map(|value| value as f32).collect();
        assert_eq!(from_frames(&rows, 3), rows);
        assert_eq!(to_frames(&rows, 3, TILE_FRAMES), rows);
    }

    #[test]
    fn pixel_centres_are_aligned() {
        assert_eq!(resize(&[0.0, 1.0], 1, 4), [0.0, 0.25, 0.75, 1.0]);
        assert_eq!(resize(&[0.0, 1.0, 2.0, 3.0], 1, 2), [0.5, 2.5]);
    }

    #[test]
    fn a_ramp_survives_there_and_back() {
        for frame_count in [700, 3_825] {
            let ramp: Vec<f32> = (0..frame_count)
                .map(|frame| frame as f32 / frame_count as f32)
                .collect();
            let back = to_frames(&from_frames(&ramp, 1), 1, frame_count);
            let worst = ramp
                .iter()
                .zip(&back)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max);
            assert!(worst < 1.0 / TILE_FRAMES as f32, "{worst}");
        }
    }

    #[test]
    fn no_frames_give_an_empty_image() {
        assert_eq!(from_frames(&[], 4), vec![0.0; 4 * TILE_FRAMES]);
        assert!(to_frames(&[1.0; 8], 4, 0).is_empty());
    }
}
