//! The transform and back is the song, whatever the window, the hop and the length.
#![no_main]

use arbitrary::Arbitrary;
use deepmelody::dsp::Stft;
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input {
    window_length: u16,
    hop_length: u16,
    samples: Vec<i16>,
}

fuzz_target!(|input: Input| {
    let window_length = 2 + usize::from(input.window_length) % 2048;
    let longest_hop = (window_length / 2 + 1).min(window_length - 1);
    let hop_length = 1 + usize::from(input.hop_length) % longest_hop;
    // Short hops make many frames.
    if input.samples.len() / hop_length > 500 {
        return;
    }
    let samples: Vec<f32> = input
        .samples
        .iter()
        .map(|&sample| f32::from(sample) / 32_768.0)
        .collect();
    let mut stft = Stft::new(window_length, hop_length);
    let spectrogram = stft.forward(&samples);
    assert_eq!(spectrogram.frame_count(), stft.frame_count(samples.len()));
    let again = stft.inverse(&spectrogram, samples.len());
    assert_eq!(again.len(), samples.len());
    for (before, after) in samples.iter().zip(&again) {
        assert!((before - after).abs() < 1e-3, "{before} became {after}");
    }
});
