//! Cheap per-part effects for timbral variety: spectral tilt, overdrive, and reverb and chorus sends.

use std::f32::consts::TAU;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::synth::Sends;
use crate::source::Source;

/// A part's effects.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effects {
    /// Reverb and chorus sends of the synthesizer.
    pub sends: Sends,
    /// Spectral tilt about 800 Hz: highs this many decibels up, lows as many down.
    pub tilt_db: f32,
    /// Gain into the soft clipper with the peak at one; `None` for a clean part.
    pub drive: Option<f32>,
}

impl Effects {
    /// No effect at all.
    pub const NONE: Effects = Effects {
        sends: Sends {
            reverb: 0,
            chorus: 0,
        },
        tilt_db: 0.0,
        drive: None,
    };

    /// Draws effects that suit the program.
    pub fn draw(program: Option<u8>, rng: &mut ChaCha8Rng) -> Effects {
        let source = Source::from_general_midi(program);
        let reverb = if rng.random_bool(0.5) {
            rng.random_range(10..80)
        } else {
            0
        };
        let chorus = if source != Source::Drums && rng.random_bool(0.2) {
            rng.random_range(10..70)
        } else {
            0
        };
        let tilt_db = if rng.random_bool(0.6) {
            rng.random_range(-5.0..5.0)
        } else {
            0.0
        };
        let chance = match (source, program) {
            (Source::Guitar, Some(29 | 30)) => 0.5,
            (Source::Guitar, _) => 0.15,
            (Source::Bass, _) => 0.12,
            _ => 0.04,
        };
        let drive = rng
            .random_bool(chance)
            .then(|| 2.0_f32 * 10.0_f32.powf(rng.random_range(0.0..1.0)));
        Effects {
            sends: Sends { reverb, chorus },
            tilt_db,
            drive,
        }
    }

    /// Applies tilt and drive; the synthesizer applies the sends.
    pub fn apply(&self, samples: &mut [f32], sample_rate: u32) {
        if let Some(drive) = self.drive {
            overdrive(samples, sample_rate, drive);
        }
        if self.tilt_db != 0.0 {
            tilt(samples, sample_rate, self.tilt_db);
        }
    }
}

fn one_pole(cutoff_hz: f32, sample_rate: u32) -> f32 {
    1.0 - (-TAU * cutoff_hz / sample_rate as f32).exp()
}

fn tilt(samples: &mut [f32], sample_rate: u32, tilt_db: f32) {
    let (coefficient, high) = (one_pole(800.0, sample_rate), 10.0_f32.powf(tilt_db / 20.0));
    let mut low = 0.0;
    for sample in samples {
        low += coefficient * (*sample - low);
        *sample = low / high + (*sample - low) * high;
    }
}

/// Soft clipping between a high-pass and a cabinet-like low-pass.
pub fn overdrive(samples: &mut [f32], sample_rate: u32, drive: f32) {
    let peak = peak(samples);
    if peak < 1e-6 {
        return;
    }
    let (low_cut, cabinet) = (one_pole(60.0, sample_rate), one_pole(4500.0, sample_rate));
    let (mut low, mut first, mut second) = (0.0, 0.0, 0.0);
    for sample in samples {
        let input = *sample / peak;
        low += low_cut * (input - low);
        let clipped = (drive * (input - low)).tanh();
        first += cabinet * (clipped - first);
        second += cabinet * (first - second);
        *sample = second;
    }
}

/// The largest amplitude.
pub fn peak(samples: &[f32]) -> f32 {
    samples
        .iter()
        .fold(0.0, |peak, sample| peak.max(sample.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rms(samples: &[f32]) -> f32 {
        (samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32).sqrt()
    }

    fn tone(frequency: f32) -> Vec<f32> {
        (0..22_050)
            .map(|index| (TAU * frequency * index as f32 / 22_050.0).sin())
            .collect()
    }

    #[test]
    fn tilt_raises_highs_and_lowers_lows() {
        let effects = Effects {
            tilt_db: 6.0,
            ..Effects::NONE
        };
        let (mut low, mut high) = (tone(60.0), tone(8000.0));
        effects.apply(&mut low, 22_050);
        effects.apply(&mut high, 22_050);
        assert!(
            rms(&low) < 0.45 && rms(&high) > 1.1,
            "{} {}",
            rms(&low),
            rms(&high)
        );
    }

    #[test]
    fn drive_compresses_and_keeps_silence() {
        let effects = Effects {
            drive: Some(20.0),
            ..Effects::NONE
        };
        let mut decaying: Vec<f32> = tone(200.0)
            .iter()
            .enumerate()
            .map(|(i, s)| s * (-(i as f32) / 6000.0).exp())
            .collect();
        effects.apply(&mut decaying, 22_050);
        assert!(rms(&decaying[12_000..]) > 0.3);
        let mut silence = vec![0.0; 100];
        effects.apply(&mut silence, 22_050);
        assert!(silence.iter().all(|sample| *sample == 0.0));
    }
}
