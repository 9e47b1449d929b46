//! Loops of tones, whose pitch, level and length are known.

use std::sync::Arc;

use super::*;
use crate::{
    dsp::test_signals::{RATE, tone},
    music::BeatGrid,
    playback::{Pitch, Ramp},
};

const SONG_SECS: f32 = 10.0;
const HERTZ: [f32; 5] = [220.0, 330.0, 110.0, 440.0, 550.0];

/// Two beats a second, bars of four from 0 s on.
fn grid() -> Arc<BeatGrid> {
    Arc::new(BeatGrid::even(120.0, 0.0, 10.0).expect("a grid"))
}

fn sound(from_secs: f64, to_secs: f64) -> LoopSound {
    LoopSound {
        region: LoopRegion { from_secs, to_secs },
        speed_percent: 100,
        gains: PerSource([1.0; 5]),
        practising: PracticeSettings::default(),
    }
}

/// All of the file, from stems of tones in two channels.
fn rendered(sound: LoopSound) -> Vec<f32> {
    let stems = HERTZ.map(|hertz| tone(hertz, SONG_SECS));
    let song = SongLength {
        samples: stems[0].len(),
        sample_rate: RATE,
    };
    let mut renderer = LoopRenderer::new(sound, song, 2);
    let length = renderer.length();
    let mut file = vec![Vec::new(); 2];
    while let Some(range) = renderer.next_range() {
        let read = |stem: &Vec<f32>| vec![stem[range.clone()].to_vec(); 2];
        let block = renderer.render(&stems.iter().map(read).collect());
        for (channel, block) in file.iter_mut().zip(block) {
            channel.extend(block);
        }
    }
    assert_eq!(file[0], file[1]);
    assert_eq!(file[0].len(), length, "as announced");
    file.remove(0)
}

fn rms(samples: &[f32]) -> f32 {
    let energy: f32 = samples.iter().map(|sample| sample * sample).sum();
    (energy / samples.len() as f32).sqrt()
}

/// Of one tone.
fn hertz(samples: &[f32]) -> f32 {
    let rises = samples
        .windows(2)
        .filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0);
    rises.count() as f32 * RATE as f32 / samples.len() as f32
}

/// The bass alone.
fn bass() -> PerSource<f32> {
    PerSource::from_fn(|source| if source == Source::Bass { 1.0 } else { 0.0 })
}

#[test]
fn an_unchanged_loop_is_the_song_through_the_faders() {
    let mut loud = sound(2.0, 3.5);
    loud.gains = PerSource([0.0, 0.5, 1.0, 0.0, 0.0]);
    let file = rendered(loud);
    let [piano, bass] = [330.0, 110.0].map(|hertz| tone(hertz, SONG_SECS));
    let (from, to) = (2 * RATE as usize, 2 * RATE as usize + 3 * RATE as usize / 2);
    assert_eq!(file.len(), to - from);
    for (n, sample) in file.iter().enumerate() {
        let due = 0.5 * piano[from + n] + bass[from + n];
        assert!((sample - due).abs() < 1e-6, "{n}: {sample} for {due}");
    }
}

#[test]
fn speed_and_pitch_are_those_that_are_heard_up_to_the_end() {
    for (speed_percent, semitones, to_secs) in
        [(50, 0, 5.0), (70, -2, 5.0), (100, 5, 5.0), (60, 0, 10.0)]
    {
        let mut changed = sound(to_secs - 2.0, to_secs);
        changed.speed_percent = speed_percent;
        changed.gains = bass();
        let pitch = Pitch {
            semitones,
            ..Pitch::default()
        };
        changed.practising.pitch = pitch;
        let file = rendered(changed);
        let due = (2.0 * f64::from(RATE) / (f64::from(speed_percent) / 100.0)).round();
        assert_eq!(file.len(), due as usize, "{speed_percent} %");
        let found = hertz(&file);
        let due = 110.0 * pitch.ratio() as f32;
        assert!((found / due - 1.0).abs() < 0.02, "{found} Hz for {due}");
        // At the song's own end there is nothing to go on with.
        if to_secs < 10.0 {
            let end = &file[file.len() - RATE as usize / 50..];
            let share = rms(end) / rms(&file);
            assert!(
                (0.9..1.1).contains(&share),
                "{speed_percent} %, {semitones}: {share}"
            );
        }
    }
}

#[test]
fn clicks_and_the_count_in_fall_on_the_beats_of_the_slowed_song() {
    let mut clicked = sound(2.0, 4.0);
    clicked.speed_percent = 50;
    clicked.gains = PerSource([0.0; 5]);
    clicked.practising = PracticeSettings {
        grid: Some(grid()),
        clicks: true,
        count_in_bars: 1,
        ..PracticeSettings::default()
    };
    let file = rendered(clicked);
    let beat = RATE as usize;
    assert_eq!(
        file.len(),
        8 * beat,
        "a bar that counts in, and one of the song"
    );
    let level = |at: usize| rms(&file[at..at + 500]);
    for n in 0..8 {
        assert!(level(n * beat) > 0.05, "beat {n}");
        assert!(level(n * beat + beat / 2) < 1e-3, "after beat {n}");
    }
    assert!(level(0) > 1.2 * level(beat) && level(4 * beat) > 1.2 * level(5 * beat));
}

#[test]
fn a_count_in_without_clicks_along_is_that_alone() {
    let mut counted = sound(2.0, 4.0);
    counted.gains = PerSource([0.0; 5]);
    counted.practising.grid = Some(grid());
    counted.practising.count_in_bars = 2;
    let file = rendered(counted);
    let second = RATE as usize;
    assert_eq!(file.len(), 6 * second, "two bars, and two seconds");
    assert!(rms(&file[..4 * second]) > 0.01);
    assert!(
        file[4 * second + second / 10..]
            .iter()
            .all(|sample| *sample == 0.0)
    );
}

#[test]
fn where_the_speed_rises_every_round_is_in_the_file() {
    let mut rising = sound(1.0, 3.0);
    rising.speed_percent = 50;
    rising.gains = bass();
    rising.practising = PracticeSettings {
        grid: Some(grid()),
        clicks: true,
        ramp: Some(Ramp {
            step_percent: 25,
            goal_percent: 100,
        }),
        ..PracticeSettings::default()
    };
    assert_eq!(rising.rounds_percent(), [50, 75, 100]);
    let mut quiet = rising.clone();
    quiet.practising.clicks = false;
    let (file, music) = (rendered(rising), rendered(quiet));
    let second = f64::from(RATE);
    let rounds = [4.0, 8.0 / 3.0, 2.0].map(|secs| secs * second);
    assert_eq!(file.len(), rounds.iter().sum::<f64>().round() as usize);
    assert!((hertz(&music) / 110.0 - 1.0).abs() < 0.02);
    // The same click begins every round.
    let clicks: Vec<f32> = file
        .iter()
        .zip(&music)
        .map(|(all, music)| all - music)
        .collect();
    let mut begin = 0.0;
    for round in rounds {
        let at = begin as usize + 1;
        assert!(rms(&clicks[at..at + 500]) > 0.05, "at {at}");
        assert!(rms(&clicks[at + 3_000..at + 6_000]) < 1e-3);
        begin += round;
    }
}
