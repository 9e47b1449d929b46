//! Query by example: one song, several songs to be similar or dissimilar to, or shares set by hand.

use super::{RankBy, Track};
use crate::source::PerSource;

/// Weight of the songs to be dissimilar to, as in Rocchio's relevance feedback (1971), where values between 0.25 and
/// 0.75 are usual.
const REPULSION: f32 = 0.5;

/// Tolerance of shares for two files of one recording: decoders differ in the last samples.
const SAME_SHARE: f32 = 0.01;

/// Tolerance of lengths for two files of one recording.
const SAME_DURATION_SECS: f32 = 1.0;

/// The origin of a query song.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExampleOrigin {
    /// The visitor's file.
    Song,
    /// A song of the pool, by its id.
    Track(String),
    /// Shares set by hand.
    Hand,
    /// A shared link.
    Link,
}

/// Whether to search for similar or dissimilar songs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preference {
    /// Similar.
    Like,
    /// Dissimilar.
    Unlike,
}

/// One song, or one set of shares, of a query.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryExample {
    /// Display name.
    pub name: String,
    /// Origin.
    pub origin: ExampleOrigin,
    /// Share of the time in which each source plays, in [0, 1].
    pub prominence: PerSource<f32>,
    /// Length in seconds, if it is a song.
    pub duration_secs: Option<f32>,
    /// Similar or dissimilar.
    pub preference: Preference,
}

/// Name of shares set by hand.
const BY_HAND: &str = "Set by hand";

impl QueryExample {
    /// Shares set by hand.
    pub fn by_hand(prominence: PerSource<f32>) -> Self {
        Self {
            name: BY_HAND.to_owned(),
            origin: ExampleOrigin::Hand,
            prominence,
            duration_secs: None,
            preference: Preference::Like,
        }
    }

    /// A song of the pool.
    pub fn of_track(track: &Track, preference: Preference) -> Self {
        Self {
            name: track.title.clone(),
            origin: ExampleOrigin::Track(track.id.clone()),
            prominence: track.prominence,
            duration_secs: Some(track.duration_secs),
            preference,
        }
    }

    /// Whether it is unnamed shares set by hand.
    pub fn is_by_hand(&self) -> bool {
        self.origin == ExampleOrigin::Hand && self.name == BY_HAND
    }

    /// Whether a song of the pool is the same recording: same id, or same shares and length within tolerances.
    pub fn is_same_song(&self, track: &Track) -> bool {
        let is_same_recording = || {
            let has_length = self
                .duration_secs
                .is_some_and(|secs| (secs - track.duration_secs).abs() <= SAME_DURATION_SECS);
            let shares = self.prominence.0.iter().zip(&track.prominence.0);
            has_length && shares.into_iter().all(|(a, b)| (a - b).abs() <= SAME_SHARE)
        };
        matches!(&self.origin, ExampleOrigin::Track(own) if *own == track.id) || is_same_recording()
    }
}

/// The query vector: the mean of the similar ones, moved away from the mean of the dissimilar ones, clamped to [0, 1].
/// `None` without similar ones.
pub fn blend(examples: &[QueryExample]) -> Option<PerSource<f32>> {
    let like = mean(examples, Preference::Like)?;
    let Some(unlike) = mean(examples, Preference::Unlike) else {
        return Some(like);
    };
    Some(PerSource::from_fn(|source| {
        (like[source] + REPULSION * (like[source] - unlike[source])).clamp(0.0, 1.0)
    }))
}

/// The criterion of the ranking: amounts, if any were set by hand; else the proportions of songs.
pub fn rank_by(examples: &[QueryExample]) -> RankBy {
    let is_by_hand = |one: &QueryExample| one.origin == ExampleOrigin::Hand;
    if examples.iter().any(is_by_hand) {
        RankBy::Amounts
    } else {
        RankBy::Proportions
    }
}

/// Display name of a query.
pub fn name(examples: &[QueryExample]) -> String {
    let names = |preference| {
        let with_preference = examples.iter().filter(|one| one.preference == preference);
        let names: Vec<_> = with_preference.map(|one| one.name.as_str()).collect();
        names.join(", ")
    };
    match (names(Preference::Like), names(Preference::Unlike)) {
        (like, unlike) if unlike.is_empty() => like,
        (like, unlike) => format!("{like}, unlike {unlike}"),
    }
}

fn mean(examples: &[QueryExample], preference: Preference) -> Option<PerSource<f32>> {
    let chosen: Vec<_> = examples
        .iter()
        .filter(|example| example.preference == preference)
        .collect();
    let count = chosen.len() as f32;
    let sum = |source| -> f32 {
        chosen
            .iter()
            .map(|example| example.prominence[source])
            .sum()
    };
    (!chosen.is_empty()).then(|| PerSource::from_fn(|source| sum(source) / count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(prominence: [f32; 5], preference: Preference) -> QueryExample {
        QueryExample {
            name: "a song".to_owned(),
            origin: ExampleOrigin::Song,
            prominence: PerSource(prominence),
            duration_secs: Some(60.0),
            preference,
        }
    }

    #[test]
    fn several_songs_are_their_mean() {
        let a = example([1.0, 0.5, 0.0, 0.25, 0.0], Preference::Like);
        let b = example([0.0, 0.5, 0.5, 0.75, 0.0], Preference::Like);
        assert_eq!(blend(std::slice::from_ref(&a)), Some(a.prominence));
        assert_eq!(blend(&[a, b]), Some(PerSource([0.5, 0.5, 0.25, 0.5, 0.0])));
    }

    #[test]
    fn searches_are_named_after_their_songs() {
        let named = |name: &str, preference| QueryExample {
            name: name.to_owned(),
            ..example([0.5; 5], preference)
        };
        let (a, b) = (named("A", Preference::Like), named("B", Preference::Like));
        assert_eq!(name(&[a.clone(), b.clone()]), "A, B");
        assert_eq!(
            name(&[named("C", Preference::Unlike), a, b]),
            "A, B, unlike C"
        );
    }

    #[test]
    fn what_is_taken_away_leads_away_from_it_within_bounds() {
        let like = example([0.5, 0.5, 0.5, 0.9, 0.1], Preference::Like);
        let unlike = example([0.5, 0.9, 0.1, 0.1, 0.9], Preference::Unlike);
        let found = blend(&[unlike, like]).expect("something to be like");
        for (found, expected) in found.0.iter().zip([0.5, 0.3, 0.7, 1.0, 0.0]) {
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
    }

    #[test]
    fn nothing_to_be_like_is_no_search() {
        assert_eq!(blend(&[]), None);
        assert_eq!(blend(&[example([0.5; 5], Preference::Unlike)]), None);
    }

    #[test]
    fn a_song_is_known_again_by_id_or_by_sound() {
        let song = example([0.5, 0.1, 0.2, 0.3, 0.4], Preference::Like);
        let track = |id: &str, guitar, duration_secs| Track {
            id: id.to_owned(),
            duration_secs,
            prominence: PerSource([guitar, 0.1, 0.2, 0.3, 0.4]),
            ..Track::default()
        };
        assert!(song.is_same_song(&track("x", 0.505, 60.6)));
        assert!(!song.is_same_song(&track("x", 0.505, 70.0)));
        assert!(!song.is_same_song(&track("x", 0.55, 60.0)));
        let known = QueryExample::of_track(&track("x", 0.5, 60.0), Preference::Like);
        assert!(known.is_same_song(&track("x", 0.0, 70.0)));
        assert!(!known.is_same_song(&track("y", 0.0, 70.0)));
        let shares = QueryExample::by_hand(song.prominence);
        assert!(shares.is_by_hand() && !known.is_by_hand());
        assert!(!shares.is_same_song(&track("x", 0.5, 60.0)));
    }
}
