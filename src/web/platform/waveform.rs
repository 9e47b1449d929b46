//! Peak levels of decoded audio for drawing a waveform, from a subset of its samples.

use web_sys::AudioBuffer;

/// Samples that are looked at for each level: enough to show loud and quiet, few enough to compute without a pause.
const WINDOW_LENGTH: usize = 512;

/// `count` levels (root mean square of the first channel, the loudest being 1) at even steps through the song.
pub fn levels(audio: &AudioBuffer, count: usize) -> Vec<f32> {
    let length = audio.length() as usize;
    let mut window = vec![0.0; WINDOW_LENGTH.min(length)];
    let last = length - window.len();
    let levels: Vec<f32> = (0..count)
        .map(|index| {
            let start = (index * length / count).min(last);
            let read = audio.copy_from_channel_with_start_in_channel(&mut window, 0, start as u32);
            let square: f32 = window.iter().map(|sample| sample * sample).sum();
            read.map_or(0.0, |()| (square / window.len().max(1) as f32).sqrt())
        })
        .collect();
    let loudest = levels.iter().copied().fold(f32::EPSILON, f32::max);
    levels.iter().map(|level| level / loudest).collect()
}
