use super::*;

fn grid() -> BeatGrid {
    BeatGrid::even(120.0, 1.0, 10.0).expect("a grid")
}

#[test]
fn a_typed_tempo_fills_the_song_around_its_anchor() {
    let grid = grid();
    assert_eq!(grid.beats_secs.len(), 20);
    assert_eq!(grid.beats_secs[0], 0.0);
    assert_eq!(grid.first_downbeat, 2);
    assert_eq!(
        grid.bars_secs().collect::<Vec<_>>(),
        [1.0, 3.0, 5.0, 7.0, 9.0]
    );
    assert!((grid.bpm - 120.0).abs() < 1e-9);
    for bpm in [0.0, -3.0, f64::NAN, 1e9] {
        assert!(matches!(
            BeatGrid::even(bpm, 0.0, 10.0),
            Err(GridError::Tempo { .. })
        ));
    }
    assert_eq!(
        BeatGrid::even(60.0, 0.0, 0.5),
        Err(GridError::TooFew { got: 1 })
    );
}

#[test]
fn doubling_and_halving_keep_the_bars_start() {
    let doubled = grid().doubled().expect("a grid");
    assert_eq!(doubled.beats_secs.len(), 39);
    assert!((doubled.bpm - 240.0).abs() < 1e-9);
    assert!(doubled.bars_secs().any(|at| at == 1.0));
    let halved = grid().shifted_bars(1).halved().expect("a grid");
    assert!((halved.bpm - 60.0).abs() < 1e-9);
    assert_eq!(halved.bars_secs().next(), Some(1.5));
}

#[test]
fn bars_move_by_beats_both_ways() {
    assert_eq!(grid().shifted_bars(1).bars_secs().next(), Some(1.5));
    assert_eq!(grid().shifted_bars(-3).bars_secs().next(), Some(1.5));
    assert_eq!(grid().with_beats_per_bar(3).bars_secs().nth(1), Some(2.5));
}

#[test]
fn taps_give_tempo_and_place() {
    let grid = BeatGrid::tapped(&[2.01, 2.49, 3.0, 3.5], 10.0).expect("a grid");
    assert!((grid.bpm - 120.8).abs() < 0.1);
    assert!((grid.nearest_beat_secs(2.0) - 2.0).abs() < 0.02);
    assert_eq!(
        BeatGrid::tapped(&[1.0], 10.0),
        Err(GridError::TooFew { got: 1 })
    );
    assert!(BeatGrid::tapped(&[1.0, 1.0], 10.0).is_err());
}

#[test]
fn times_snap_and_bars_are_counted() {
    let grid = grid();
    assert_eq!(grid.nearest_beat_secs(3.3), 3.5);
    assert_eq!(grid.nearest_bar_secs(3.3), 3.0);
    assert_eq!(grid.bars_from_secs(3.3, 1), 5.0);
    assert_eq!(grid.bars_from_secs(3.3, -9), 1.0);
    assert_eq!(grid.bars_from_secs(3.3, 9), 9.0);
    let clicks: Vec<_> = grid.between(2.5, 4.0).collect();
    assert_eq!(clicks, [(2.5, false), (3.0, true), (3.5, false)]);
}

#[test]
fn counting_in_leads_up_to_the_start() {
    let clicks = grid().count_in(3.0, 1);
    assert_eq!(
        clicks,
        [(-2.0, true), (-1.5, false), (-1.0, false), (-0.5, false)]
    );
    assert!(grid().count_in(3.0, 0).is_empty());
}

#[test]
fn counting_in_to_the_middle_of_a_bar_keeps_its_accents() {
    // The second beat of a bar, and a moment just after the first.
    for (start, last) in [(3.5, -0.5), (3.2, -0.2)] {
        let clicks = grid().count_in(start, 1);
        assert_eq!(clicks.len(), 4, "{start}");
        assert!(clicks[3].1, "the one before is the first of its bar");
        assert!((clicks[3].0 - last).abs() < 1e-9, "{clicks:?}");
        assert_eq!(clicks.iter().filter(|click| click.1).count(), 1);
    }
}

#[test]
fn beats_are_counted_from_the_nearest() {
    let grid = grid();
    assert_eq!(grid.beats_from_secs(3.3, 1), 4.0);
    assert_eq!(grid.beats_from_secs(3.0, -2), 2.0);
    assert_eq!(grid.beats_from_secs(3.0, -99), grid.beats_secs[0]);
}

#[test]
fn any_beat_can_begin_a_bar() {
    let grid = grid().with_beats_per_bar(3).with_bar_at(4.1);
    assert_eq!(grid.nearest_bar_secs(4.1), 4.0);
    assert_eq!(grid.nearest_bar_secs(2.4), 2.5, "three beats before");
}
