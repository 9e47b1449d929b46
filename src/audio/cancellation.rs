//! Channels that cancel each other in their mean: a crossed cable, a widened or a karaoke recording.

/// Of a recording whose channels are unrelated, the mean keeps 1 / channels of their mean energy. Below this share of
/// that, the mean is mostly what cancellation left over.
const KEPT_SHARE: f64 = 0.2;

/// Compares the energy of a recording's channels with that of their mean, block by block.
#[derive(Clone, Debug, Default)]
pub struct Cancellation {
    /// Of each channel.
    energies: Vec<f64>,
    mean_energy: f64,
}

impl Cancellation {
    /// Takes the next block: its channels, and their mean.
    pub fn add(&mut self, channels: &[Vec<f32>], mean: &[f32]) {
        let count = self.energies.len().max(channels.len());
        self.energies.resize(count, 0.0);
        for (sum, channel) in self.energies.iter_mut().zip(channels) {
            *sum += energy(channel);
        }
        self.mean_energy += energy(mean);
    }

    /// Whether there was sound, and its channels do not cancel each other so far.
    pub fn is_ruled_out(&self) -> bool {
        self.energies.iter().any(|&energy| energy > 0.0) && self.loudest_if_cancelled().is_none()
    }

    /// The channel with the most energy, if so far the channels cancel each other.
    pub fn loudest_if_cancelled(&self) -> Option<usize> {
        let count = self.energies.len() as f64;
        let unrelated = self.energies.iter().sum::<f64>() / (count * count);
        if self.energies.len() < 2 || self.mean_energy >= KEPT_SHARE * unrelated {
            return None;
        }
        // Of equally loud ones the first.
        let energies = self.energies.iter().enumerate().rev();
        let loudest = energies.max_by(|(_, a), (_, b)| a.total_cmp(b));
        loudest.map(|(channel, _)| channel)
    }
}

/// Around the block's own mean, so that a DC offset neither hides cancellation nor looks like it.
fn energy(samples: &[f32]) -> f64 {
    let length = samples.len().max(1) as f64;
    let sum: f64 = samples.iter().copied().map(f64::from).sum();
    let mean = sum / length;
    let squares = samples.iter().map(|&x| (f64::from(x) - mean).powi(2));
    squares.sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::Recording;

    fn loudest(blocks: &[&[&[f32]]]) -> Option<usize> {
        let mut cancellation = Cancellation::default();
        for block in blocks {
            let channels: Vec<Vec<f32>> = block.iter().map(|channel| channel.to_vec()).collect();
            let recording = Recording {
                channels: channels.clone(),
                sample_rate: 8_000,
            };
            cancellation.add(&channels, &recording.to_mono().samples);
        }
        cancellation.loudest_if_cancelled()
    }

    #[test]
    fn only_opposite_channels_cancel() {
        let (up, down, other) = (
            [1.0, -1.0, 1.0, -1.0],
            [-1.1, 1.1, -1.1, 1.1],
            [1.0, 1.0, -1.0, -1.0],
        );
        assert_eq!(loudest(&[&[&up, &down]]), Some(1));
        assert_eq!(loudest(&[&[&up, &down, &[0.0; 4]]]), Some(1));
        assert_eq!(loudest(&[&[&up, &up]]), None);
        assert_eq!(loudest(&[&[&up, &other]]), None);
        assert_eq!(loudest(&[&[&up, &[0.0; 4]]]), None);
        // One channel of six.
        assert_eq!(loudest(&[&[&up, &[], &[], &[], &[], &[]]]), None);
    }

    #[test]
    fn silence_and_single_channels_do_not_cancel() {
        assert_eq!(loudest(&[]), None);
        assert_eq!(loudest(&[&[&[0.0; 4], &[0.0; 4]]]), None);
        assert_eq!(loudest(&[&[&[1.0, -1.0]]]), None);
        // An offset of the recorder is no sound.
        assert_eq!(loudest(&[&[&[0.5; 4], &[-0.5; 4]]]), None);
    }

    #[test]
    fn silence_rules_nothing_out() {
        let mut cancellation = Cancellation::default();
        assert!(!cancellation.is_ruled_out());
        cancellation.add(&[vec![0.0; 2], vec![0.0; 2]], &[0.0; 2]);
        assert!(!cancellation.is_ruled_out());
        cancellation.add(&[vec![1.0, -1.0], vec![-1.0, 1.0]], &[0.0; 2]);
        assert!(!cancellation.is_ruled_out());
        cancellation.add(&[vec![1.0, -1.0], vec![1.0, -1.0]], &[1.0, -1.0]);
        assert!(cancellation.is_ruled_out());
    }

    #[test]
    fn the_whole_counts() {
        let (up, down) = ([1.0, -1.0], [-1.0, 1.0]);
        assert_eq!(loudest(&[&[&up, &down], &[&up, &up]]), None);
        assert_eq!(loudest(&[&[&up, &down], &[&[0.0; 2], &[0.0; 2]]]), Some(0));
    }
}
