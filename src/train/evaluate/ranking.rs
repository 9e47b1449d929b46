//! L6: whether songs would be recommended in the order that their true prominences give.
//!
//! Each song in turn is the query, the others are the catalogue; once with the true prominences, once with the
//! estimated ones. An answer that is the same for every song leaves them in the order of their names: chance.

use serde::{Deserialize, Serialize};

use crate::catalogue::{Catalogue, Query, Track, rank};
use crate::source::{PerSource, Source};

/// Recommendations that count.
const TOP: usize = 10;

/// How alike two rankings are, both in [0, 1], means over the queries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Share of the ten best that are among the ten best by truth.
    pub top10_overlap: f32,
    /// Normalised discounted cumulative gain of the ten best (Järvelin and Kekäläinen 2002): by truth the best song
    /// is worth 10, the tenth 1, and all after it nothing.
    pub ndcg10: f32,
}

/// Agreement of the rankings for all sources together, and for each alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RankingRow {
    /// All sources chosen.
    pub all: Agreement,
    /// One source chosen.
    pub sources: PerSource<Agreement>,
}

/// Compares the rankings from `estimates` with those from `truth`: a song's prominences each, in the same order. One
/// song alone has nothing to rank: perfect agreement.
///
/// # Panics
/// Unless both have as many songs.
pub fn ranking_agreement(estimates: &[PerSource<f32>], truth: &[PerSource<f32>]) -> RankingRow {
    assert_eq!(estimates.len(), truth.len(), "as many estimates as songs");
    let catalogues = [catalogue(estimates), catalogue(truth)];
    RankingRow {
        all: agreement(&catalogues, Query::all),
        sources: PerSource::from_fn(|source| only(&catalogues, source)),
    }
}

fn only(catalogues: &[Catalogue; 2], source: Source) -> Agreement {
    agreement(catalogues, |prominence| Query::only(prominence, &[source]))
}

fn agreement(
    [estimates, truth]: &[Catalogue; 2],
    query: impl Fn(PerSource<f32>) -> Query,
) -> Agreement {
    let count = truth.tracks.len();
    if count < 2 {
        return Agreement {
            top10_overlap: 1.0,
            ndcg10: 1.0,
        };
    }
    let best = |catalogue: &Catalogue, song: usize| -> Vec<usize> {
        let ranking = rank(catalogue, &query(catalogue.tracks[song].prominence), count);
        let others = ranking.iter().map(|found| found.index);
        others.filter(|index| *index != song).take(TOP).collect()
    };
    let mut total = Agreement::default();
    for song in 0..count {
        let (got, ideal) = (best(estimates, song), best(truth, song));
        total.top10_overlap += overlap(&got, &ideal) / count as f32;
        total.ndcg10 += ndcg(&got, &ideal) / count as f32;
    }
    total
}

fn overlap(got: &[usize], ideal: &[usize]) -> f32 {
    let common = got.iter().filter(|index| ideal.contains(index)).count();
    common as f32 / ideal.len() as f32
}

fn ndcg(got: &[usize], ideal: &[usize]) -> f32 {
    let worth = |index: &usize| {
        let place = ideal.iter().position(|other| other == index);
        place.map_or(0, |place| ideal.len() - place) as f32
    };
    let gain = |ranking: &[usize]| -> f32 {
        let places = ranking.iter().zip(2_u16..);
        places
            .map(|(index, place)| worth(index) / f32::from(place).log2())
            .sum()
    };
    gain(got) / gain(ideal)
}

fn catalogue(songs: &[PerSource<f32>]) -> Catalogue {
    let track = |(index, prominence): (usize, &PerSource<f32>)| Track {
        id: index.to_string(),
        prominence: *prominence,
        ..Track::default()
    };
    Catalogue {
        tracks: songs.iter().enumerate().map(track).collect(),
        ..Catalogue::new("")
    }
}
