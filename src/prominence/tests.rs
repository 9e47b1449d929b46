//! Activity of tones whose place and level are known.

use super::{level::measured, *};
use crate::source::{PerSource, Source};

const RATE: usize = 10_880;

/// A tone of an amplitude in the given seconds of a ten-second song.
fn tone(amplitude: f32, seconds: std::ops::Range<usize>) -> Vec<f32> {
    let inside = seconds.start * RATE..seconds.end * RATE;
    let sample =
        |n: usize| amplitude * (0.3 * n as f32).sin() * f32::from(inside.contains(&n) as u8);
    (0..10 * RATE).map(sample).collect()
}

fn thresholds(db: f32, smooth_frames: usize) -> Thresholds {
    Thresholds {
        relative_to_song_db: PerSource([db; Source::COUNT]),
        db_per_logit: 0.0,
        smooth_frames,
    }
}

/// Up to the frames that reach over the ends of a tone: two on either side.
fn near(got: f32, expected: f32) -> bool {
    (got - expected).abs() < 0.02
}

#[test]
fn clean_stems_play_where_they_sound() {
    let mixture = tone(0.5, 0..10);
    for amplitude in [0.5, 0.05, 0.001] {
        let activity = truth_activity(&tone(amplitude, 2..6), &mixture);
        assert!(
            near(prominence(&activity), 0.4),
            "{}",
            prominence(&activity)
        );
    }
    assert_eq!(
        prominence(&truth_activity(&tone(0.0, 0..10), &mixture)),
        0.0
    );
    assert_eq!(
        prominence(&truth_activity(&tone(4e-4, 0..10), &mixture)),
        0.0,
        "inaudible in the mixture"
    );
}

#[test]
fn clean_stems_fall_silent_40_db_below_their_peak() {
    let mut stem = tone(0.5, 0..5);
    let with_tail = |stem: &mut Vec<f32>, amplitude: f32| {
        stem.iter_mut()
            .zip(tone(amplitude, 5..10))
            .for_each(|(a, b)| *a += b);
        prominence(&truth_activity(stem, stem))
    };
    assert!(near(with_tail(&mut stem.clone(), 0.006), 1.0));
    assert!(near(with_tail(&mut stem, 0.004), 0.5));
}

/// The prominence of a separated stem.
fn estimated(
    stem: &[f32],
    mixture: &[f32],
    activity_logits: &[f32],
    source: Source,
    thresholds: &Thresholds,
) -> f32 {
    let evidence = Evidence {
        stem_rms: &rms_frames(stem),
        mixture_rms: &rms_frames(mixture),
        activity_logits,
    };
    prominence(&estimate_activity(&evidence, source, thresholds))
}

#[test]
fn separated_stems_play_over_the_sources_threshold() {
    let mixture = tone(0.5, 0..10);
    let stem = tone(0.05, 3..6);
    let plays =
        |source, thresholds: &Thresholds| estimated(&stem, &mixture, &[], source, thresholds);
    let bass = |db: f32| plays(Source::Bass, &thresholds(db, 1));
    assert!(near(bass(-22.0), 0.3), "{}", bass(-22.0));
    assert_eq!(bass(-18.0), 0.0);
    let mut bass_only = thresholds(0.0, 1);
    bass_only.relative_to_song_db[Source::Bass] = -22.0;
    assert!(plays(Source::Bass, &bass_only) > 0.2);
    assert_eq!(plays(Source::Drums, &bass_only), 0.0);
}

#[test]
fn logits_add_to_levels() {
    let mixture = tone(0.5, 0..10);
    // 20 dB under the song, with a detector that says so in the second half only.
    let stem = tone(0.05, 0..10);
    let frames = rms_frames(&mixture).len();
    let logits: Vec<f32> = (0..frames)
        .map(|frame| if frame < frames / 2 { -1.0 } else { 1.0 })
        .collect();
    let plays = |least_db: f32, db_per_logit: f32| {
        let mut thresholds = thresholds(least_db, 1);
        thresholds.db_per_logit = db_per_logit;
        estimated(&stem, &mixture, &logits, Source::Bass, &thresholds)
    };
    assert!(near(plays(-25.0, 0.0), 1.0));
    assert!(near(plays(-25.0, 10.0), 0.5));
    assert!(near(plays(-15.0, 10.0), 0.5));
    assert_eq!(plays(-5.0, 10.0), 0.0);
    let silence = vec![0.0; stem.len()];
    let thresholds = thresholds(-1e3, 1);
    let nothing = estimated(
        &silence,
        &mixture,
        &vec![9.0; frames],
        Source::Bass,
        &thresholds,
    );
    assert_eq!(nothing, 0.0, "what is silent does not play");
}

#[test]
fn pauses_do_not_lower_a_songs_level() {
    let full = song_level(&rms_frames(&tone(0.5, 0..10)));
    let paused = song_level(&rms_frames(&tone(0.5, 0..3)));
    assert!((full / paused - 1.0).abs() < 0.03, "{full} and {paused}");
    assert_eq!(song_level(&[]), 0.0);
}

#[test]
fn smoothing_takes_the_median() {
    // One frame is one value here: levels far over and far under the threshold.
    let smoothed = |frames: &str, width: usize| -> String {
        let rms: Vec<f32> = frames
            .chars()
            .map(|frame| if frame == '#' { 1.0 } else { 1e-9 })
            .collect();
        let evidence = Evidence {
            stem_rms: &rms,
            mixture_rms: &vec![1.0; rms.len()],
            activity_logits: &[],
        };
        let activity = estimate_activity(&evidence, Source::Other, &thresholds(-20.0, width));
        activity
            .into_iter()
            .map(|plays| if plays { '#' } else { '.' })
            .collect()
    };
    assert_eq!(smoothed("#.##..#..", 1), "#.##..#..");
    assert_eq!(smoothed("..#..##.##..", 3), ".....#####..");
    assert_eq!(smoothed("#.##.....#.#", 5), "###........#");
    assert_eq!(smoothed("#", 9), "#");
    assert_eq!(smoothed("", 3), "");
}

#[test]
fn ranges_are_in_seconds_and_end_with_the_song() {
    let activity = [true, true, false, true, false, false, true];
    assert_eq!(
        ranges_secs(&activity, 512, 6.5),
        [[0.0, 2.0], [3.0, 4.0], [6.0, 6.5]]
    );
    assert_eq!(ranges_secs(&activity, 512, 6.0), [[0.0, 2.0], [3.0, 4.0]]);
    assert!(ranges_secs(&[], 512, 0.0).is_empty());
}

#[test]
fn prominence_is_a_share() {
    assert_eq!(prominence(&[true, false, false, true]), 0.5);
    assert_eq!(prominence(&[]), 0.0);
}

#[test]
fn any_length_has_frames_from_none_up() {
    for (samples, frames) in [(0, 0), (1, 1), (511, 1), (512, 2), (2_048, 5), (2_049, 5)] {
        assert_eq!(
            rms_frames(&vec![0.1; samples]).len(),
            frames,
            "{samples} samples"
        );
    }
}

#[test]
fn a_stem_in_blocks_measures_as_a_whole() {
    let stem = tone(0.5, 0..3);
    let mut meter = LevelMeter::new(stem.len(), 7);
    for block in stem.chunks(777) {
        meter.push(block);
    }
    assert_eq!(meter.rms_frames(), rms_frames(&stem));
    assert_eq!(meter.curve(), level_curve(&stem, 7));
}

#[test]
fn curves_share_one_scale() {
    let loud = tone(0.5, 0..5);
    let quiet = tone(0.05, 5..10);
    let stems = PerSource([&loud[..], &quiet[..], &[], &[], &[]]);
    let curves = level_curves(&stems.map(|stem| measured(stem, 10)));
    assert!((curves[Source::Guitar][0] - 1.0).abs() < 0.01 && curves[Source::Guitar][7] == 0.0);
    assert!((curves[Source::Piano][7] - 0.1).abs() < 0.01);
    assert_eq!(curves[Source::Drums], vec![0.0; 10]);
    assert_eq!(level_curve(&[0.5; 3], 6), [0.0, 0.5, 0.0, 0.5, 0.0, 0.5]);
}
