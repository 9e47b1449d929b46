//! A spectrogram's pixels, some columns at a time.

use std::ops::Range;

use futures_util::future;

use crate::{
    source::{PerSource, Source},
    web::platform::{PlatformError, stems::StemFiles},
};

/// Pixels from the song's beginning to its end.
pub const COLUMNS: usize = 900;
/// Pixels from low to high.
pub const ROWS: usize = 256;
/// Read and drawn at once: few enough that the page answers in between.
pub const COLUMNS_AT_ONCE: usize = 30;
/// The bottom row's frequency: below the piano's second octave there is little to see.
pub const LOWEST_HZ: f32 = 40.0;
/// The top row's at most.
const HIGHEST_HZ: f32 = 16_000.0;
/// Samples that a column looks at: 46 ms at 44.1 kHz.
pub const WINDOW_LENGTH: usize = 2_048;
/// Levels from here (in dB of a full-scale sine) to [`RANGE_DB`] below it get colours of their own.
const BRIGHTEST_DB: f32 = -15.0;
/// See [`BRIGHTEST_DB`].
pub const RANGE_DB: f32 = 80.0;

/// The top row's frequency in Hz.
pub fn highest_hz(stems: &StemFiles) -> f32 {
    HIGHEST_HZ.min(stems.layout.sample_rate as f32 / 2.0)
}

/// The windows of some columns, one after the other.
pub async fn windows(
    stems: &StemFiles,
    source: Option<Source>,
    columns: Range<usize>,
) -> Result<Vec<f32>, PlatformError> {
    let windows = columns.map(|column| window(stems, source, column));
    Ok(future::try_join_all(windows).await?.concat())
}

/// RGBA pixels, row by row from the top, of columns with these powers a bin.
pub fn pixels(stems: &StemFiles, powers: &[f32]) -> Vec<u8> {
    let bins = WINDOW_LENGTH / 2 + 1;
    let columns = powers.len() / bins;
    let rows = row_bins(stems, bins);
    let mut pixels = vec![0; columns * ROWS * 4];
    for (column, powers) in powers.chunks_exact(bins).enumerate() {
        for (row, bins) in rows.iter().enumerate() {
            let power = powers[bins.clone()].iter().copied().fold(0.0, f32::max);
            let at = (row * columns + column) * 4;
            pixels[at..at + 4].copy_from_slice(&colour(brightness(power)));
        }
    }
    pixels
}

/// The samples that a column looks at, in one channel; silence surrounds the song.
async fn window(
    stems: &StemFiles,
    source: Option<Source>,
    column: usize,
) -> Result<Vec<f32>, PlatformError> {
    let centre = ((column as f64 + 0.5) / COLUMNS as f64 * stems.length as f64) as usize;
    let start = centre.saturating_sub(WINDOW_LENGTH / 2);
    let gains = PerSource::from_fn(|other| match source {
        Some(source) if source != other => 0.0,
        _ => 1.0,
    });
    let channels = stems.read_mix(&gains, start, start + WINDOW_LENGTH).await?;
    let mut samples = vec![0.0; WINDOW_LENGTH];
    for channel in &channels {
        for (sum, sample) in samples.iter_mut().zip(channel) {
            *sum += sample / channels.len() as f32;
        }
    }
    Ok(samples)
}

/// The bins that each row shows, the top row's first; octaves are equally high.
fn row_bins(stems: &StemFiles, bins: usize) -> Vec<Range<usize>> {
    let bin_hz = stems.layout.sample_rate as f32 / WINDOW_LENGTH as f32;
    let octaves = (highest_hz(stems) / LOWEST_HZ).log2();
    let bin = |row: usize| {
        let octave = octaves * (ROWS - row) as f32 / ROWS as f32;
        LOWEST_HZ * octave.exp2() / bin_hz
    };
    (0..ROWS)
        .map(|row| {
            let from = (bin(row + 1).round() as usize).min(bins - 1);
            from..(bin(row).round() as usize).clamp(from + 1, bins)
        })
        .collect()
}

/// From 0 to 1.
fn brightness(power: f32) -> f32 {
    // A full-scale sine's magnitude under a Hann window is a quarter of the window's length.
    let full_scale = WINDOW_LENGTH as f32 / 4.0;
    let level_db = 10.0 * (power / (full_scale * full_scale) + 1e-12).log10();
    ((level_db - BRIGHTEST_DB) / RANGE_DB + 1.0).clamp(0.0, 1.0)
}

/// From black through violet and orange to white.
fn colour(brightness: f32) -> [u8; 4] {
    const STOPS: [[f32; 3]; 5] = [
        [14.0, 12.0, 20.0],
        [74.0, 32.0, 110.0],
        [190.0, 60.0, 80.0],
        [245.0, 160.0, 70.0],
        [255.0, 252.0, 230.0],
    ];
    let place = brightness * (STOPS.len() - 1) as f32;
    let below = (place as usize).min(STOPS.len() - 2);
    let way = place - below as f32;
    let part = |channel: usize| {
        let (from, to) = (STOPS[below][channel], STOPS[below + 1][channel]);
        (from + way * (to - from)).round() as u8
    };
    [part(0), part(1), part(2), 255]
}
