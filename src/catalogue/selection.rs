//! Filters, limits and sorts a ranking, and suggests which filters to relax when nothing is left.

use std::collections::{HashMap, HashSet};

use super::{
    KeyFilter, Pool, Query, QueryExample, Recommendation, TempoFilter, Track, rank_all,
    rank_all_within,
};

/// Resolution of shares in the search for duplicates; a catalogue's are exact.
const DOUBLE_SHARE: f32 = 1e-4;

/// Length of the list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// At most this many songs.
    Best(usize),
    /// Every song of at least this [`Recommendation::likeness`].
    AtLeast(f32),
}

/// Sort order of the list; ties stay in the order of likeness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Most similar first.
    #[default]
    Likeness,
    /// Titles from A to Z.
    Title,
    /// Artists from A to Z.
    Artist,
    /// Shortest first.
    Shortest,
    /// Longest first.
    Longest,
    /// The slowest first; songs of unknown tempo last.
    Slowest,
    /// The fastest first; songs of unknown tempo last.
    Fastest,
    /// As the paper orders: by the cosine to its last digit. [`Self::Likeness`] counts scores as equal that the
    /// prominences' error cannot tell apart.
    Paper,
}

/// So many songs with a preview are enough for a list of them alone...
const ENOUGH_PREVIEWS: usize = 5;
/// ...if they are at least this much alike.
const PREVIEW_LIKENESS: f32 = 0.75;

/// Whether songs without a preview are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Previews {
    /// Only songs with a preview if enough of them match ([`Refinement::resolved`]), else all.
    #[default]
    IfEnough,
    /// Only songs with a preview, and the visitor's own.
    Only,
    /// All songs.
    Any,
}

/// Filters, limit and sort order.
#[derive(Clone, Debug, PartialEq)]
pub struct Refinement {
    /// Length of the list.
    pub limit: Limit,
    /// Leaves out the query songs.
    pub hide_query: bool,
    /// Leaves out duplicates: same artist and title, or same shares and length, as a better match.
    pub hide_doubles: bool,
    /// At most this many songs by one artist; songs without an artist are not limited.
    pub max_per_artist: Option<usize>,
    /// Words that must all occur in title, artist or album.
    pub text: String,
    /// Required licence.
    pub licence: Option<String>,
    /// Minimum length in seconds.
    pub min_duration_secs: Option<f32>,
    /// Maximum length in seconds.
    pub max_duration_secs: Option<f32>,
    /// Whether songs without a preview are shown.
    pub previews: Previews,
    /// The tempo that a song must be near to.
    pub tempo: Option<TempoFilter>,
    /// The key whose notes a song must have.
    pub key: Option<KeyFilter>,
    /// Sort order.
    pub order: Order,
}

impl Default for Refinement {
    fn default() -> Self {
        Self {
            limit: Limit::Best(10),
            hide_query: true,
            hide_doubles: true,
            max_per_artist: None,
            text: String::new(),
            licence: None,
            min_duration_secs: None,
            max_duration_secs: None,
            previews: Previews::default(),
            tempo: None,
            key: None,
            order: Order::Likeness,
        }
    }
}

/// A part of a [`Refinement`] that can make a list empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Words.
    Text,
    /// Licence.
    Licence,
    /// Length.
    Duration,
    /// Previews.
    Previews,
    /// Tempo.
    Tempo,
    /// Key.
    Key,
    /// Minimum likeness.
    Likeness,
    /// The query songs.
    Query,
}

impl Filter {
    const ALL: [Filter; 8] = [
        Filter::Text,
        Filter::Licence,
        Filter::Duration,
        Filter::Previews,
        Filter::Tempo,
        Filter::Key,
        Filter::Likeness,
        Filter::Query,
    ];
}

impl Refinement {
    /// The same without one filter.
    pub fn without(&self, filter: Filter) -> Self {
        let mut relaxed = self.clone();
        match filter {
            Filter::Text => relaxed.text.clear(),
            Filter::Licence => relaxed.licence = None,
            Filter::Duration => {
                (relaxed.min_duration_secs, relaxed.max_duration_secs) = (None, None);
            }
            Filter::Previews => relaxed.previews = Previews::Any,
            Filter::Tempo => relaxed.tempo = None,
            Filter::Key => relaxed.key = None,
            Filter::Likeness => relaxed.limit = Self::default().limit,
            Filter::Query => relaxed.hide_query = false,
        }
        relaxed
    }

    /// The same with [`Previews::IfEnough`] decided: [`Previews::Only`], if at least five songs with a preview that pass are
    /// 75 % alike.
    pub fn resolved(&self, pool: &Pool, query: &Query, examples: &[QueryExample]) -> Self {
        if self.previews != Previews::IfEnough {
            return self.clone();
        }
        let only = Self {
            previews: Previews::Only,
            ..self.clone()
        };
        let close = Self {
            limit: Limit::AtLeast(PREVIEW_LIKENESS),
            ..only.clone()
        };
        let matching = select(pool, query, examples, &close);
        let with_preview = matching.iter().filter(|found| !pool.is_mine(found.index));
        if with_preview.count() >= ENOUGH_PREVIEWS {
            only
        } else {
            Self {
                previews: Previews::Any,
                ..only
            }
        }
    }

    fn has(&self, filter: Filter) -> bool {
        match filter {
            Filter::Text => !self.text.trim().is_empty(),
            Filter::Licence => self.licence.is_some(),
            Filter::Duration => {
                self.min_duration_secs.is_some() || self.max_duration_secs.is_some()
            }
            Filter::Previews => self.previews == Previews::Only,
            Filter::Tempo => self.tempo.is_some(),
            Filter::Key => self.key.is_some(),
            Filter::Likeness => matches!(self.limit, Limit::AtLeast(_)),
            Filter::Query => self.hide_query,
        }
    }

    fn accepts(&self, track: &Track, words: &[String]) -> bool {
        let secs = track.duration_secs;
        self.min_duration_secs.is_none_or(|least| secs >= least)
            && self.max_duration_secs.is_none_or(|most| secs <= most)
            && (self.licence.is_none() || self.licence == track.licence)
            && self.tempo.is_none_or(|filter| {
                let bpm = track.tempo_bpm;
                bpm.is_some_and(|bpm| filter.accepts(bpm))
            })
            && self
                .key
                .is_none_or(|filter| track.key.is_some_and(|key| filter.accepts(key)))
            && (words.is_empty() || has_words(track, words))
    }
}

fn has_words(track: &Track, words: &[String]) -> bool {
    let album = track.album.as_deref().unwrap_or_default();
    let text = format!("{}\n{}\n{album}", track.title, track.artist).to_lowercase();
    words.iter().all(|word| text.contains(word))
}

/// The songs to show: the ranking of `pool` after the refinement, at most as many as its limit allows. A refinement that
/// is not [`Refinement::resolved`] shows songs with and without a preview.
pub fn select(
    pool: &Pool,
    query: &Query,
    examples: &[QueryExample],
    refinement: &Refinement,
) -> Vec<Recommendation> {
    let words: Vec<String> = refinement
        .text
        .split_whitespace()
        .map(str::to_lowercase)
        .collect();
    let is_example = |track: &Track| examples.iter().any(|one| one.is_same_song(track));
    let (most, least) = match refinement.limit {
        Limit::Best(count) => (count, 0.0),
        Limit::AtLeast(least) => (usize::MAX, least),
    };
    let shows_all = refinement.previews != Previews::Only;
    let mut seen = Seen::default();
    let ranking = match refinement.order {
        Order::Paper => rank_all(pool.iter(), query),
        _ => rank_all_within(pool.iter(), query, pool.prominence_error()),
    };
    let mut shown: Vec<_> = ranking
        .into_iter()
        .filter(|found| found.likeness(query) >= least)
        .filter(|found| {
            pool.get(found.index).is_some_and(|track| {
                refinement.accepts(track, &words)
                    && (shows_all || track.preview.is_some() || pool.is_mine(found.index))
                    && !(refinement.hide_doubles && seen.is_duplicate(track))
                    && !(refinement.hide_query && is_example(track))
                    && refinement
                        .max_per_artist
                        .is_none_or(|most| seen.count_artist(track) <= most)
            })
        })
        .take(most)
        .collect();
    sort(&mut shown, pool, refinement.order);
    shown
}

/// Songs and artists already in the list.
#[derive(Default)]
struct Seen {
    names: HashSet<(String, String)>,
    sounds: HashSet<[i32; 6]>,
    artists: HashMap<String, usize>,
}

impl Seen {
    /// Adds the song and returns whether it is a duplicate.
    fn is_duplicate(&mut self, track: &Track) -> bool {
        let [guitar, piano, bass, drums, other] = track
            .prominence
            .map(|share| (share / DOUBLE_SHARE).round() as i32)
            .0;
        let secs = track.duration_secs.round() as i32;
        let is_new_sound = self
            .sounds
            .insert([guitar, piano, bass, drums, other, secs]);
        let is_new_name = self.names.insert((fold(&track.artist), fold(&track.title)));
        !(is_new_sound && is_new_name)
    }

    /// Adds a song by this artist and returns their number.
    fn count_artist(&mut self, track: &Track) -> usize {
        let artist = fold(&track.artist);
        if artist.is_empty() {
            return 0;
        }
        let count = self.artists.entry(artist).or_default();
        *count += 1;
        *count
    }
}

/// Normalises a name to its letters and digits in lower case; a name without any is kept.
fn fold(name: &str) -> String {
    let lower = name.chars().flat_map(char::to_lowercase);
    let folded: String = lower.filter(|letter| letter.is_alphanumeric()).collect();
    match folded.is_empty() {
        true => name.trim().to_owned(),
        false => folded,
    }
}

fn sort(shown: &mut [Recommendation], pool: &Pool, order: Order) {
    let text = |found: &Recommendation, read: fn(&Track) -> &String| {
        pool.get(found.index)
            .map(|track| read(track).to_lowercase())
    };
    let secs = |found: &Recommendation| {
        pool.get(found.index)
            .map_or(0.0, |track| track.duration_secs)
    };
    let bpm = |found: &Recommendation, unknown: f32| {
        let track = pool.get(found.index);
        track.and_then(|track| track.tempo_bpm).unwrap_or(unknown)
    };
    match order {
        Order::Likeness | Order::Paper => {}
        Order::Title => shown.sort_by_cached_key(|found| text(found, |track| &track.title)),
        Order::Artist => shown.sort_by_cached_key(|found| text(found, |track| &track.artist)),
        Order::Shortest => shown.sort_by(|a, b| secs(a).total_cmp(&secs(b))),
        Order::Longest => shown.sort_by(|a, b| secs(b).total_cmp(&secs(a))),
        Order::Slowest => {
            shown.sort_by(|a, b| bpm(a, f32::INFINITY).total_cmp(&bpm(b, f32::INFINITY)))
        }
        Order::Fastest => shown.sort_by(|a, b| bpm(b, 0.0).total_cmp(&bpm(a, 0.0))),
    }
}

/// For an empty list, each filter whose removal alone brings songs back, and how many, most first.
pub fn relaxations(
    pool: &Pool,
    query: &Query,
    examples: &[QueryExample],
    refinement: &Refinement,
) -> Vec<(Filter, usize)> {
    let uncounted = |limit| match limit {
        Limit::Best(_) => Limit::AtLeast(0.0),
        limit => limit,
    };
    let count_without = |filter| {
        let mut relaxed = refinement.without(filter);
        relaxed.limit = uncounted(relaxed.limit);
        select(pool, query, examples, &relaxed).len()
    };
    let mut helpful: Vec<_> = Filter::ALL
        .into_iter()
        .filter(|&filter| refinement.has(filter))
        .map(|filter| (filter, count_without(filter)))
        .filter(|&(_, count)| count > 0)
        .collect();
    helpful.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    helpful
}

#[cfg(test)]
mod tests;
