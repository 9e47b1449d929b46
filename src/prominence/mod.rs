//! Activity of each source, and its prominence: the share of the song in which it plays.
//!
//! Activity is frame-wise: [`truth_activity`] from the level of clean stems, [`estimate_activity`] from the level of
//! separated ones and the detector's logits, and [`librosa_activity`] as in the paper.

mod activity;
mod level;
mod librosa;
#[cfg(test)]
mod tests;

pub use crate::model::Thresholds;
pub use activity::{
    Evidence, activity_over, estimate_activity, levels_with_logits_db, song_level, truth_activity,
    truth_activity_from_rms,
};
pub use level::{LevelMeter, level_curve, level_curves, rms_frames};
pub use librosa::{librosa_activity, librosa_split};

/// Samples in a frame (librosa's default).
pub const FRAME_LENGTH: usize = 2_048;
/// Samples from one frame to the next (librosa's default): 47.1 ms.
pub const HOP: usize = 512;

/// Share of the frames in which a source plays, in [0, 1]; 0 without frames.
pub fn prominence(activity: &[bool]) -> f32 {
    let playing = activity.iter().filter(|plays| **plays).count();
    playing as f32 / activity.len().max(1) as f32
}

/// The passages in which a source plays, as start and end in seconds. A frame stands for the hop that starts at its
/// centre, as in librosa.
pub fn ranges_secs(activity: &[bool], sample_rate: u32, duration_secs: f32) -> Vec<[f32; 2]> {
    let secs = |frame: usize| ((frame * HOP) as f64 / f64::from(sample_rate)) as f32;
    let ranges = runs(activity).map(|run| run.map(|frame| secs(frame).min(duration_secs)));
    ranges.filter(|[start, end]| start < end).collect()
}

/// First frame of each run of `true`, and the frame after its last.
fn runs(activity: &[bool]) -> impl Iterator<Item = [usize; 2]> {
    let mut start = 0;
    activity.chunk_by(|a, b| a == b).filter_map(move |run| {
        let range = [start, start + run.len()];
        start = range[1];
        run[0].then_some(range)
    })
}
