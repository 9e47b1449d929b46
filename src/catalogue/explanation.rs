//! Explains a recommendation: which sources agree with the query and which differ, in words.

use super::{Query, similarity};
use crate::source::{PerSource, Source};

/// Shares within ten percentage points agree.
const NEAR: f32 = 0.1;

/// Similarity from which the proportions agree.
const SAME_PROPORTIONS: f32 = 0.97;

/// Ratio of the total playing times, or its inverse, from which it is mentioned.
const NOTABLE_SCALE: f32 = 1.3;

/// One source's share in query and song.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The source.
    pub source: Source,
    /// Share in the query.
    pub asked: f32,
    /// Share in the song.
    pub found: f32,
}

impl Pair {
    /// Absolute difference of the shares.
    pub fn gap(&self) -> f32 {
        (self.asked - self.found).abs()
    }
}

/// A song compared with a query over the chosen sources.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Sources that agree, closest first.
    pub alike: Vec<Pair>,
    /// Sources that differ, the largest difference first.
    pub apart: Vec<Pair>,
    /// If the proportions agree but not the amounts: the ratio of playing times, song to query.
    pub scale: Option<f32>,
}

/// Compares a song with a query.
pub fn compare(query: &Query, found: &PerSource<f32>) -> Comparison {
    let counts = |source: &Source| query.weights[*source] > 0.0;
    let pair = |source| Pair {
        source,
        asked: query.prominence[source],
        found: found[source],
    };
    let pairs = Source::ALL.into_iter().filter(counts).map(pair);
    let (mut alike, mut apart): (Vec<Pair>, Vec<Pair>) = pairs.partition(|pair| pair.gap() <= NEAR);
    alike.sort_by(|a, b| a.gap().total_cmp(&b.gap()));
    apart.sort_by(|a, b| b.gap().total_cmp(&a.gap()));
    let of_all: Vec<Pair> = alike.iter().chain(&apart).copied().collect();
    let length = |share: fn(&Pair) -> f32| {
        of_all
            .iter()
            .map(|pair| share(pair).powi(2))
            .sum::<f32>()
            .sqrt()
    };
    let scale = length(|pair| pair.found) / length(|pair| pair.asked);
    let is_notable = of_all.len() > 1
        && scale.is_finite()
        && similarity(query, found) >= SAME_PROPORTIONS
        && !(1.0 / NOTABLE_SCALE..=NOTABLE_SCALE).contains(&scale);
    Comparison {
        alike,
        apart,
        scale: is_notable.then_some(scale),
    }
}

impl Comparison {
    /// The comparison in sentences; `asked` names the query ("yours", "asked for").
    pub fn sentences(&self, asked: &str) -> Vec<String> {
        let of = |pair: &Pair| {
            let [found, wanted] = [pair.found, pair.asked].map(percent);
            format!("{} ({found} %, {asked} {wanted})", pair.source)
        };
        let all = |pairs: &[Pair]| listed(&pairs.iter().map(of).collect::<Vec<_>>());
        let mut sentences = Vec::new();
        match (self.alike.as_slice(), self.apart.as_slice()) {
            ([], []) => {}
            (alike, []) => sentences.push(format!("Agrees in everything: {}.", all(alike))),
            ([], apart) => sentences.push(format!(
                "No share is within ten points. Differs most in {}.",
                all(apart)
            )),
            (alike, apart) => {
                sentences.push(format!("Agrees in {}.", all(alike)));
                sentences.push(format!("Differs most in {}.", all(apart)));
            }
        }
        if let Some(scale) = self.scale {
            let than = if scale > 1.0 { "more" } else { "less" };
            sentences.push(format!(
                "The mix is the same, but everything plays {than} of the time."
            ));
        }
        sentences
    }
}

fn percent(share: f32) -> f32 {
    (share * 100.0).round()
}

/// "a", "a and b", "a, b and c".
fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(query: &Query, found: [f32; 5]) -> String {
        compare(query, &PerSource(found))
            .sentences("yours")
            .join(" ")
    }

    #[test]
    fn what_agrees_and_what_differs_is_named_in_order() {
        let query = Query::all(PerSource([0.5, 0.5, 0.5, 0.5, 0.5]));
        assert_eq!(
            words(&query, [0.52, 0.9, 0.5, 0.3, 0.58]),
            "Agrees in bass (50 %, yours 50), guitar (52 %, yours 50) and other (58 %, yours 50). \
             Differs most in piano (90 %, yours 50) and drums (30 %, yours 50)."
        );
    }

    #[test]
    fn sources_that_do_not_count_are_not_spoken_of() {
        let query = Query::only(PerSource([0.5; 5]), &[Source::Guitar]);
        assert_eq!(
            words(&query, [0.5, 0.9, 0.1, 0.3, 0.0]),
            "Agrees in everything: guitar (50 %, yours 50)."
        );
        assert_eq!(
            words(&query, [0.9; 5]),
            "No share is within ten points. Differs most in guitar (90 %, yours 50)."
        );
        assert_eq!(words(&Query::only(PerSource([0.5; 5]), &[]), [0.1; 5]), "");
    }

    #[test]
    fn equal_proportions_in_other_amounts_are_explained() {
        let query = Query::all(PerSource([0.8, 0.4, 0.2, 0.8, 0.6]));
        let half = compare(&query, &PerSource([0.4, 0.2, 0.1, 0.4, 0.3]));
        assert_eq!(half.scale, Some(0.5));
        assert!(
            half.sentences("yours")
                .iter()
                .any(|sentence| sentence.contains("less of the time"))
        );
        assert_eq!(compare(&query, &query.prominence).scale, None);
        assert_eq!(
            compare(&query, &PerSource([0.0, 0.4, 0.0, 0.0, 0.1])).scale,
            None
        );
        assert_eq!(
            compare(&Query::all(PerSource([0.0; 5])), &PerSource([0.0; 5])).scale,
            None
        );
    }
}
