//! Passages: the ranges of time, in seconds, in which a source plays.

use crate::source::PerSource;

/// A passage that began less than this ago is the current one: the previous one is what is meant by "back".
const JUST_BEGUN_SECS: f64 = 1.5;

/// Jumping again from where a passage begins moves on to the next one.
const SAME_PLACE_SECS: f64 = 0.05;

/// The passages of the sources that are chosen, in the order in which they begin.
pub fn passages(of_sources: PerSource<&[[f32; 2]]>, chosen: PerSource<bool>) -> Vec<[f32; 2]> {
    let wanted = of_sources.iter().filter(|(source, _)| chosen[*source]);
    let mut ranges: Vec<_> = wanted.flat_map(|(_, ranges)| ranges.to_vec()).collect();
    ranges.sort_by(|a, b| a[0].total_cmp(&b[0]));
    ranges
}

/// The passage that holds this moment.
pub fn passage_at(ranges_secs: &[[f32; 2]], at_secs: f64) -> Option<[f64; 2]> {
    let mut ranges = ranges_secs.iter().map(|range| range.map(f64::from));
    ranges.find(|[from, to]| (*from..*to).contains(&at_secs))
}

/// Where the next passage begins; after the last one, where the first does. `None` where there is none.
pub fn next_start(ranges_secs: &[[f32; 2]], now_secs: f64) -> Option<f64> {
    let mut starts = ranges_secs.iter().map(|&[from, _]| f64::from(from));
    let first = starts.clone().next();
    starts
        .find(|start| *start > now_secs + SAME_PLACE_SECS)
        .or(first)
}

/// Where the current passage began or, if it has just begun, the one before it; else the song's beginning.
pub fn previous_start(ranges_secs: &[[f32; 2]], now_secs: f64) -> f64 {
    let mut starts = ranges_secs.iter().map(|&[from, _]| f64::from(from));
    starts
        .rfind(|start| *start < now_secs - JUST_BEGUN_SECS)
        .unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANGES: [[f32; 2]; 3] = [[2.0, 5.0], [8.0, 9.0], [20.0, 30.0]];

    #[test]
    fn a_moment_is_in_a_passage_or_between_two() {
        assert_eq!(passage_at(&RANGES, 2.0), Some([2.0, 5.0]));
        assert_eq!(passage_at(&RANGES, 5.0), None, "its end is outside");
        assert_eq!(passage_at(&[], 1.0), None);
    }

    #[test]
    fn next_goes_on_from_where_a_passage_begins_and_round_the_end() {
        assert_eq!(next_start(&RANGES, 0.0), Some(2.0));
        assert_eq!(next_start(&RANGES, 2.0), Some(8.0));
        assert_eq!(next_start(&RANGES, 25.0), Some(2.0));
        assert_eq!(next_start(&[], 25.0), None);
    }

    #[test]
    fn back_goes_to_this_passages_beginning_first() {
        assert_eq!(previous_start(&RANGES, 25.0), 20.0);
        assert_eq!(previous_start(&RANGES, 21.0), 8.0);
        assert_eq!(previous_start(&RANGES, 2.5), 0.0);
    }

    #[test]
    fn passages_of_several_sources_come_in_order() {
        let ranges: PerSource<&[[f32; 2]]> =
            PerSource([&[[4.0, 6.0]], &[[9.0, 10.0]], &[[1.0, 2.0]], &[], &[]]);
        let chosen = PerSource([true, false, true, true, false]);
        assert_eq!(passages(ranges, chosen), [[1.0, 2.0], [4.0, 6.0]]);
    }
}
