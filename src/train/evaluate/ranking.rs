//! Agreement of recommendations from estimated prominences with those from true ones.
//!
//! Each song in turn is the query and the others are the catalogue. A constant estimate ranks songs by name: chance
//! level.

use serde::{Deserialize, Serialize};

use crate::catalogue::{Catalogue, Query, Track, rank};
use crate::source::{PerSource, Source};

/// Length of the compared rankings.
const TOP: usize = 10;

/// Agreement of two rankings, both measures in [0, 1], averaged over the queries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RankingAgreement {
    /// Share of the ten best that are among the ten best by truth.
    pub top10_overlap: f32,
    /// Normalised discounted cumulative gain of the ten best (Järvelin and Kekäläinen 2002): relevance 10 for the truly
    /// best song down to 1 for the tenth, 0 for all others.
    pub ndcg10: f32,
}

/// Agreement for queries on all sources, and on each alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RankingScores {
    /// All sources chosen.
    pub all: RankingAgreement,
    /// One source chosen.
    pub sources: PerSource<RankingAgreement>,
}

/// Compares the rankings from `estimates` with those from `truth`: prominences of the same songs in the same order. A
/// single song agrees perfectly.
///
/// # Panics
/// When they have different lengths.
pub fn ranking_agreement(estimates: &[PerSource<f32>], truth: &[PerSource<f32>]) -> RankingScores {
    assert_eq!(estimates.len(), truth.len(), "as many estimates as songs");
    let catalogues = [catalogue(estimates), catalogue(truth)];
    RankingScores {
        all: agreement(&catalogues, Query::all),
        sources: PerSource::from_fn(|source| only(&catalogues, source)),
    }
}

fn only(catalogues: &[Catalogue; 2], source: Source) -> RankingAgreement {
    agreement(catalogues, |prominence| Query::only(prominence, &[source]))
}

fn agreement(
    [estimates, truth]: &[Catalogue; 2],
    query: impl Fn(PerSource<f32>) -> Query,
) -> RankingAgreement {
    let count = truth.tracks.len();
    if count < 2 {
        return RankingAgreement {
            top10_overlap: 1.0,
            ndcg10: 1.0,
        };
    }
    let best = |catalogue: &Catalogue, song: usize| -> Vec<usize> {
        let ranking = rank(catalogue, &query(catalogue.tracks[song].prominence), count);
        let others = ranking.iter().map(|found| found.index);
        others.filter(|index| *index != song).take(TOP).collect()
    };
    let mut total = RankingAgreement::default();
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
