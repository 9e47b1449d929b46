//! Shapes for the lanes, as SVG path data.

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
