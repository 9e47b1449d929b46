//! Measures on the validation songs in which interval the true prominence lies, given the estimate.
//!
//! For each source and each of a row of estimates, the songs whose estimate is near count (a Gaussian kernel), and the
//! shortest interval that holds four fifths of their true prominences is taken. That is a kernel estimate of a
//! conditional distribution (Nadaraya 1964, Watson 1964) with shortest intervals as of Hyndman (1996, "Computing and
//! graphing highest density regions"). Since songs are few, those of the other sources count a little, and half a song
//! lies at either end of the scale, as conformal prediction counts the song in question itself as one that may lie
//! anywhere (Tibshirani et al. 2019, "Conformal prediction under covariate shift").

use super::evaluate::SeparatedSong;
use crate::model::{Interval, PredictionIntervals};
use crate::prominence::{Thresholds, prominence};
use crate::source::{PerSource, Source};

/// Share of the songs whose truth the intervals hold.
const COVERAGE: f32 = 0.8;
/// From one estimate to the next.
const STEPS: usize = 10;
/// Standard deviation of the kernel.
const BANDWIDTH: f32 = 0.15;
/// How much a song counts for a source, by what was estimated of another.
const OTHER_SOURCES: f32 = 0.05;
/// Songs of unknown truth, half of which are taken to lie at either end.
const UNKNOWN_SONGS: f32 = 0.5;
/// Ends are rounded to thousandths.
const ROUNDING: f32 = 1000.0;

/// Estimated and true prominences of a song, and how much it counts.
struct Judged {
    estimate: PerSource<f32>,
    truth: PerSource<f32>,
    weight: f32,
}

/// A true prominence, and how much it counts.
type Weighted = (f32, f32);

/// The intervals under `thresholds`. The sets count the same, however many songs they hold.
pub fn prediction_intervals(
    sets: &[Vec<SeparatedSong>],
    thresholds: &Thresholds,
) -> PredictionIntervals {
    let mean_size = sets.iter().map(Vec::len).sum::<usize>() as f32 / sets.len().max(1) as f32;
    let judge = |songs: &Vec<SeparatedSong>| {
        let weight = mean_size / songs.len().max(1) as f32;
        let judge = move |song: &SeparatedSong| Judged {
            estimate: PerSource::from_fn(|source| prominence(&song.estimate(source, thresholds))),
            truth: PerSource::from_fn(|source| prominence(&song.truth[source])),
            weight,
        };
        songs.iter().map(judge).collect::<Vec<_>>()
    };
    let songs: Vec<Judged> = sets.iter().flat_map(judge).collect();
    PredictionIntervals {
        coverage_percent: 100.0 * COVERAGE,
        at_estimates: PerSource::from_fn(|source| {
            let estimates = (0..=STEPS).map(|step| step as f32 / STEPS as f32);
            let found: Vec<_> = estimates
                .map(|estimate| around(estimate, source, &songs))
                .collect();
            let [from, to] = [0, 1].map(|end| {
                let ends = found.iter().map(|(ends, weight)| (ends[end], *weight));
                rising(ends)
            });
            let interval = |(from, to): (f32, f32)| Interval {
                from: (from * ROUNDING).floor() / ROUNDING,
                to: (to * ROUNDING).ceil() / ROUNDING,
            };
            from.into_iter().zip(to).map(interval).collect()
        }),
    }
}

/// The interval around an estimate, and the weight of the songs that it was measured on.
fn around(estimate: f32, source: Source, songs: &[Judged]) -> ([f32; 2], f32) {
    let weigh = |song: &Judged, of: Source| {
        let distance = (song.estimate[of] - estimate) / BANDWIDTH;
        let share = if of == source { 1.0 } else { OTHER_SOURCES };
        let weight = song.weight * share * (-0.5 * distance * distance).exp();
        (song.truth[of], weight)
    };
    let known = songs
        .iter()
        .flat_map(|song| Source::ALL.map(|of| weigh(song, of)));
    let mut truths: Vec<Weighted> = known.collect();
    let weight = truths.iter().map(|(_, weight)| weight).sum();
    truths.extend([0.0, 1.0].map(|end| (end, UNKNOWN_SONGS / 2.0)));
    (shortest(truths), weight)
}

/// The shortest interval that holds [`COVERAGE`] of the weight.
fn shortest(mut truths: Vec<Weighted>) -> [f32; 2] {
    truths.sort_by(|one, other| one.0.total_cmp(&other.0));
    // A little less, so that no rounding error decides.
    let wanted = COVERAGE * 0.9999 * truths.iter().map(|(_, weight)| weight).sum::<f32>();
    let mut best = [0.0, 1.0];
    let (mut end, mut held) = (0, 0.0);
    for &(from, weight) in &truths {
        while held < wanted && end < truths.len() {
            held += truths[end].1;
            end += 1;
        }
        if held < wanted {
            break;
        }
        let to = truths[end - 1].0;
        if to - from < best[1] - best[0] {
            best = [from, to];
        }
        held -= weight;
    }
    best
}

/// The ends, made to rise with the estimate: of neighbours of which the second is lower, both become their weighted mean
/// (isotonic regression by pooling adjacent violators; Ayer et al. 1955).
fn rising(ends: impl Iterator<Item = Weighted>) -> Vec<f32> {
    let mut pools: Vec<(Weighted, usize)> = Vec::new();
    for (mut end, mut weight) in ends {
        let mut count = 1;
        while let Some(&((before, its_weight), its_count)) = pools.last()
            && before > end
        {
            pools.pop();
            end = (before * its_weight + end * weight) / (its_weight + weight);
            weight += its_weight;
            count += its_count;
        }
        pools.push(((end, weight), count));
    }
    let ends = pools.into_iter();
    ends.flat_map(|((end, _), count)| std::iter::repeat_n(end, count))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAMES: usize = 100;

    /// A song of which every source is estimated to play in the first `estimate` frames of a hundred, and in truth
    /// plays in the first `truth`.
    fn song(estimate: usize, truth: usize) -> SeparatedSong {
        let level = |frame| if frame < estimate { 1.0 } else { 0.0 };
        SeparatedSong {
            name: String::new(),
            separation: PerSource::default(),
            mixture_rms: vec![1.0; FRAMES],
            stem_rms: PerSource::from_fn(|_| (0..FRAMES).map(level).collect()),
            activity_logits: PerSource::default(),
            truth: PerSource::from_fn(|_| (0..FRAMES).map(|frame| frame < truth).collect()),
        }
    }

    fn measure(sets: &[Vec<SeparatedSong>]) -> PredictionIntervals {
        let thresholds = Thresholds {
            relative_to_song_db: PerSource([-20.0; Source::COUNT]),
            db_per_logit: 0.0,
            smooth_frames: 1,
        };
        prediction_intervals(sets, &thresholds)
    }

    fn around_bass(sets: &[Vec<SeparatedSong>], estimate: f32) -> [f32; 2] {
        measure(sets).around(Source::Bass, estimate).into()
    }

    #[test]
    fn the_shortest_interval_holds_four_fifths() {
        let truths = [0.9, 0.1, 0.2, 0.15, 0.12].map(|truth| (truth, 1.0));
        assert_eq!(shortest(truths.to_vec()), [0.1, 0.2]);
        // One that counts for much cannot be left out.
        let truths = [(0.9, 3.0), (0.1, 1.0), (0.2, 1.0), (0.15, 1.0)];
        assert_eq!(shortest(truths.to_vec()), [0.15, 0.9]);
        assert_eq!(shortest(vec![]), [0.0, 1.0]);
    }

    #[test]
    fn ends_rise_with_the_estimate() {
        let ends = [(0.1, 1.0), (0.5, 3.0), (0.1, 1.0), (0.6, 1.0)];
        assert_eq!(rising(ends.into_iter()), [0.1, 0.4, 0.4, 0.6]);
        // What nearly no song stands for yields.
        let ends = [(0.5, 1.0), (0.0, 1e-6)];
        assert!(rising(ends.into_iter()).iter().all(|end| *end > 0.49));
    }

    #[test]
    fn intervals_are_narrow_where_estimates_were_right_and_wide_where_not() {
        let right = (0..10).map(|_| song(100, 100));
        let wrong = (0..10).map(|index| song(0, 11 * index));
        let sets = [right.chain(wrong).collect()];
        let [from, to] = around_bass(&sets, 1.0);
        assert!(from > 0.95 && to == 1.0, "{from} to {to}");
        let [from, to] = around_bass(&sets, 0.0);
        assert!(from == 0.0 && (0.7..0.9).contains(&to), "{from} to {to}");
    }

    #[test]
    fn few_songs_leave_much_open() {
        let [from, to] = around_bass(&[vec![song(50, 50)]], 0.5);
        assert!(to - from >= 0.5, "{from} to {to}");
        assert_eq!(around_bass(&[], 0.5), [0.0, 1.0]);
    }

    #[test]
    fn a_small_set_counts_as_much_as_a_large_one() {
        let large = || (0..40).map(|_| song(50, 50)).collect::<Vec<_>>();
        let small = || (0..4).map(|_| song(50, 0)).collect::<Vec<_>>();
        let [from, _] = around_bass(&[large().into_iter().chain(small()).collect()], 0.5);
        assert!(from > 0.4, "{from}");
        let [from, _] = around_bass(&[large(), small()], 0.5);
        assert_eq!(from, 0.0);
    }

    #[test]
    fn an_estimate_that_tells_nothing_has_an_interval_that_holds_four_fifths() {
        // Every truth, at every estimate.
        let cases = || (0..400).map(|index| (index * 37 % 101, index * 61 % 101));
        let songs = cases().map(|(estimate, truth)| song(estimate, truth));
        let intervals = measure(&[songs.collect()]);
        let is_held = |&(estimate, truth): &(usize, usize)| {
            let [from, to] = intervals
                .around(Source::Guitar, estimate as f32 / FRAMES as f32)
                .into();
            (from..=to).contains(&(truth as f32 / FRAMES as f32))
        };
        let held = cases().filter(is_held).count();
        assert!((290..=360).contains(&held), "{held} of 400");
    }
}
