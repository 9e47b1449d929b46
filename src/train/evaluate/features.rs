//! Whether finer features than five prominences would rank songs closer to the ground truth.

use serde::{Deserialize, Serialize};

use super::song::SeparatedSong;
use crate::catalogue::{Query, cosine, distance, mean_rank_correlation, similarity};
use crate::prominence::{Thresholds, prominence};
use crate::source::{PerSource, Source};

/// Equal segments of a song, each with its own prominences.
const STRETCHES: usize = 8;

/// Spearman's rank correlation with the ranking by true prominences, averaged over all songs as queries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OrderCorrelation {
    /// By the Euclidean distance of the true prominences.
    pub euclidean: f32,
    /// By their cosine.
    pub cosine: f32,
}

/// Results of several features of separated songs, each compared by cosine similarity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Features {
    /// Five prominences: what recommendations are made of.
    pub prominence: OrderCorrelation,
    /// Five shares of the song's energy.
    pub energy: OrderCorrelation,
    /// How much of the time each source plays, and each pair of them together: fifteen numbers.
    pub pairs: OrderCorrelation,
    /// The prominences of each eighth of the song: forty numbers.
    pub course: OrderCorrelation,
}

/// Computes all features of every song and compares the rankings.
pub fn compare_features(songs: &[SeparatedSong], thresholds: &Thresholds) -> Features {
    let estimated = songs
        .iter()
        .map(|song| PerSource::from_fn(|source| song.estimate(source, thresholds)));
    let estimated: Vec<_> = estimated.collect();
    let truth: Vec<_> = songs.iter().map(|song| shares(&song.truth)).collect();
    let agreement = |descriptions: Vec<Vec<f64>>| {
        let with = |true_likeness: fn(&Query, &PerSource<f32>) -> f32| {
            let estimated = |a: usize, b: usize| cosine(&descriptions[a], &descriptions[b]);
            let known = |a, b| f64::from(true_likeness(&Query::all(truth[a]), &truth[b]));
            mean_rank_correlation(songs.len(), estimated, known) as f32
        };
        OrderCorrelation {
            euclidean: with(|query, other| -distance(query, other)),
            cosine: with(similarity),
        }
    };
    Features {
        prominence: agreement(
            estimated
                .iter()
                .map(|song| shares(song).0.map(f64::from).into())
                .collect(),
        ),
        energy: agreement(songs.iter().map(energies).collect()),
        pairs: agreement(estimated.iter().map(pairs).collect()),
        course: agreement(estimated.iter().map(course).collect()),
    }
}

fn shares(activity: &PerSource<Vec<bool>>) -> PerSource<f32> {
    PerSource::from_fn(|source| prominence(&activity[source]))
}

fn energies(song: &SeparatedSong) -> Vec<f64> {
    let energy = |rms: &Vec<f32>| rms.iter().map(|rms| rms * rms).sum::<f32>();
    let energies = song.stem_rms.0.iter().map(energy);
    let total: f32 = energies.clone().sum();
    energies
        .map(|energy| f64::from(energy / total.max(1e-9)))
        .collect()
}

/// Each source with itself and with those after it.
fn pairs(activity: &PerSource<Vec<bool>>) -> Vec<f64> {
    let sources = Source::ALL.into_iter();
    let pairs = sources.flat_map(|a| Source::ALL[a.index()..].iter().map(move |&b| (a, b)));
    let together = |(a, b): (Source, Source)| {
        let frames = activity[a].iter().zip(&activity[b]);
        f64::from(prominence(
            &frames.map(|(a, b)| *a && *b).collect::<Vec<_>>(),
        ))
    };
    pairs.map(together).collect()
}

fn course(activity: &PerSource<Vec<bool>>) -> Vec<f64> {
    let stretch = |frames: &[bool], index: usize| {
        let border = |index: usize| index * frames.len() / STRETCHES;
        f64::from(prominence(&frames[border(index)..border(index + 1)]))
    };
    let sources = activity.0.iter();
    sources
        .flat_map(|frames| (0..STRETCHES).map(|index| stretch(frames, index)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAMES: usize = 64;
    const THRESHOLDS: Thresholds = Thresholds {
        relative_to_song_db: PerSource([-30.0; Source::COUNT]),
        db_per_logit: 0.0,
        smooth_frames: 1,
    };

    /// A song with perfect estimates: each source plays from the start for a share of the time, all equally loud.
    fn song(shares: [f32; Source::COUNT]) -> SeparatedSong {
        let plays = |share: f32| move |frame: usize| (frame as f32) < share * FRAMES as f32;
        let shares = PerSource(shares);
        SeparatedSong {
            name: String::new(),
            separation: PerSource::default(),
            mixture_rms: vec![1.0; FRAMES],
            stem_rms: shares.map(|share| {
                let level = |frame| if plays(share)(frame) { 0.4 } else { 0.0 };
                (0..FRAMES).map(level).collect()
            }),
            activity_logits: PerSource::default(),
            truth: shares.map(|share| (0..FRAMES).map(plays(share)).collect()),
        }
    }

    fn songs() -> Vec<SeparatedSong> {
        [
            [1.0, 0.0, 0.5, 0.25, 0.0],
            [0.0, 1.0, 0.5, 0.5, 0.25],
            [0.75, 0.25, 0.0, 1.0, 0.5],
            [0.5, 0.5, 0.25, 0.0, 1.0],
        ]
        .map(song)
        .into()
    }

    #[test]
    fn perfect_estimates_rank_perfectly() {
        let features = compare_features(&songs(), &THRESHOLDS);
        assert!(features.prominence.cosine > 0.999, "{features:?}");
        // Of constant loudness, energy is time.
        assert!(features.energy.cosine > 0.999, "{features:?}");
        for finer in [features.pairs, features.course] {
            assert!((0.0..=1.0).contains(&finer.cosine), "{features:?}");
        }
    }

    #[test]
    fn pairs_and_course_are_counted() {
        let half = |from: usize| {
            (0..8)
                .map(|frame| (from..from + 4).contains(&frame))
                .collect()
        };
        let mut activity = PerSource::from_fn(|_| vec![false; 8]);
        activity[Source::Guitar] = half(0);
        activity[Source::Piano] = half(2);
        assert_eq!(pairs(&activity)[..6], [0.5, 0.25, 0.0, 0.0, 0.0, 0.5]);
        assert_eq!(
            course(&activity)[..8],
            [1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]
        );
    }

    #[test]
    fn few_or_silent_songs_are_no_trouble() {
        for count in 0..3 {
            let songs: Vec<_> = (0..count).map(|_| song([0.0; Source::COUNT])).collect();
            let features = compare_features(&songs, &THRESHOLDS);
            assert_eq!(features, Features::default());
        }
    }
}
