//! Test signals.

/// Their sampling rate in Hz.
pub const RATE: u32 = 44_100;

/// What `push` makes of all channels, given in blocks of so many samples.
pub fn in_blocks(
    channels: &[Vec<f32>],
    block: usize,
    mut push: impl FnMut(&[&[f32]]) -> Vec<Vec<f32>>,
) -> Vec<Vec<f32>> {
    let mut whole = vec![Vec::new(); channels.len()];
    for start in (0..channels[0].len()).step_by(block) {
        let end = (start + block).min(channels[0].len());
        let slices: Vec<_> = channels
            .iter()
            .map(|channel| &channel[start..end])
            .collect();
        append(&mut whole, push(&slices));
    }
    whole
}

/// Appends further samples to every channel.
pub fn append(channels: &mut [Vec<f32>], more: Vec<Vec<f32>>) {
    let both = channels.iter_mut().zip(more);
    both.for_each(|(channel, more)| channel.extend(more));
}

/// A sine of half the full scale.
pub fn tone(hertz: f32, secs: f32) -> Vec<f32> {
    let phase = |n: usize| std::f32::consts::TAU * hertz * n as f32 / RATE as f32;
    (0..(secs * RATE as f32) as usize)
        .map(|n| 0.5 * phase(n).sin())
        .collect()
}
