//! Shapes for the lanes, as SVG path data.

use std::f32::consts::TAU;

use crate::source::Source;

/// Width of a lane's drawing; it is stretched to whatever room there is.
pub const WIDTH: f32 = 1000.0;
/// Height of a lane's drawing.
pub const HEIGHT: f32 = 40.0;

/// The outline of levels (0 to 1) drawn as a brush stroke around the lane's middle.
pub fn stroke_path(levels: &[f32]) -> String {
    let step = WIDTH / levels.len().saturating_sub(1).max(1) as f32;
    let half = |level: f32| 0.5 + level.clamp(0.0, 1.0) * (HEIGHT / 2.0 - 2.0);
    let point =
        |index: usize, y: f32| format!("{:.1} {:.1}", index as f32 * step, HEIGHT / 2.0 + y);
    let upper = levels
        .iter()
        .enumerate()
        .map(|(index, &level)| point(index, -half(level)));
    let lower = levels
        .iter()
        .enumerate()
        .rev()
        .map(|(index, &level)| point(index, half(level)));
    format!("M{}Z", upper.chain(lower).collect::<Vec<_>>().join("L"))
}

/// Levels of a song that does not exist, for the page to show before there is one.
pub fn example_levels(source: Source) -> Vec<f32> {
    const POINTS: usize = 160;
    let level = |index: usize| {
        let at = index as f32 / POINTS as f32;
        let wave = |cycles: f32, phase: f32| 0.5 + 0.5 * (TAU * (cycles * at + phase)).sin();
        let between = |from: f32, to: f32| {
            let edge = |distance: f32| (distance / 0.015).clamp(0.0, 1.0);
            edge(at - from).min(edge(to - at))
        };
        match source {
            Source::Guitar => {
                (between(0.16, 0.52) + between(0.6, 0.93))
                    * (0.35 + 0.5 * wave(9.0, 0.1) * wave(23.0, 0.4))
            }
            Source::Piano => {
                (between(0.07, 0.36) + between(0.49, 0.74))
                    * (0.25 + 0.55 * wave(13.0, 0.6) * wave(5.0, 0.2))
            }
            Source::Bass => {
                (between(0.08, 0.5) + between(0.53, 1.0)) * (0.4 + 0.25 * wave(17.0, 0.0))
            }
            Source::Drums => {
                (between(0.12, 0.73) + between(0.77, 0.97)) * (0.2 + 0.7 * wave(31.0, 0.3).powi(3))
            }
            Source::Other => {
                (between(0.28, 0.47) + between(0.66, 1.0)) * (0.2 + 0.4 * wave(3.0, 0.7))
            }
        }
    };
    (0..=POINTS).map(level).collect()
}
