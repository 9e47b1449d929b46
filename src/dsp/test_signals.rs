//! Test signals.

/// Their sampling rate in Hz.
pub const RATE: u32 = 44_100;

/// A sine of half the full scale.
pub fn tone(hertz: f32, secs: f32) -> Vec<f32> {
    let phase = |n: usize| std::f32::consts::TAU * hertz * n as f32 / RATE as f32;
    (0..(secs * RATE as f32) as usize)
        .map(|n| 0.5 * phase(n).sin())
        .collect()
}
