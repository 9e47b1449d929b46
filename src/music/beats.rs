//! Where the beats are: dynamic programming over the onset envelope (Ellis 2007), around a period that may drift.

use super::onsets::FRAME_RATE;
use super::tempo::Periods;

/// What an interval costs that differs from the period: Ellis' `alpha`, librosa's `tightness`. Theirs is 100, around one
/// tempo for all of a song; around one that drifts along it can be much higher, and keeps beats from sliding to offbeats.
const TIGHTNESS: f32 = 800.0;
/// Beats to either side over which the grid is smoothed out: clicks on an uneven grid would sound unsteady.
const EVEN_REACH: usize = 4;

/// Times of the beats of a whole song, seconds, smoothed out; from its start to its end, also where nothing sounds.
pub fn track(envelope: &[f32], periods: &Periods) -> Vec<f64> {
    let scores = local_scores(envelope, periods);
    let frames = best_chain(&scores, periods);
    let peaks: Vec<f64> = frames
        .iter()
        .map(|&frame| refined(&scores, frame))
        .collect();
    let even = smoothed(&peaks);
    to_the_ends(even, envelope.len() as f64)
        .into_iter()
        .map(|frame| frame / FRAME_RATE)
        .collect()
}

/// The envelope in units of its deviation, smoothed over a fraction of the period (librosa's 1/32).
fn local_scores(envelope: &[f32], periods: &Periods) -> Vec<f32> {
    let mean = envelope.iter().sum::<f32>() / envelope.len().max(1) as f32;
    let variance = envelope.iter().map(|value| (value - mean).powi(2));
    let deviation = (variance.sum::<f32>() / envelope.len().max(1) as f32).sqrt();
    let unit = deviation.max(1e-9);
    let smooth = |at: usize| {
        let width = (periods.at(at) / 32.0).max(0.5);
        let reach = (3.0 * width).ceil() as usize;
        let around = at.saturating_sub(reach)..(at + reach + 1).min(envelope.len());
        let weighted = around.map(|other| {
            let distance = (other as f32 - at as f32) / width;
            envelope[other] * (-0.5 * distance * distance).exp()
        });
        weighted.sum::<f32>() / unit
    };
    (0..envelope.len()).map(smooth).collect()
}

/// The chain of frames with the highest scores at intervals near the period.
fn best_chain(scores: &[f32], periods: &Periods) -> Vec<usize> {
    let mut totals = scores.to_vec();
    let mut before: Vec<Option<usize>> = vec![None; scores.len()];
    for at in 0..scores.len() {
        let period = periods.at(at);
        let nearest = at.checked_sub((period / 2.0).round().max(1.0) as usize);
        let furthest = at.saturating_sub((2.0 * period).round() as usize);
        let Some(nearest) = nearest else { continue };
        let reached = |origin: usize| {
            let stretch = ((at - origin) as f32 / period).ln();
            (origin, totals[origin] - TIGHTNESS * stretch * stretch)
        };
        let options = (furthest..=nearest).map(reached);
        let best = options.reduce(|a, b| if b.1 > a.1 { b } else { a });
        // Whatever came before helps; a chain begins where nothing does.
        if let Some((origin, total)) = best.filter(|best| best.1 > 0.0) {
            totals[at] += total;
            before[at] = Some(origin);
        }
    }
    let Some(last) = last_beat(&totals, periods) else {
        return Vec::new();
    };
    let mut chain = vec![last];
    while let Some(origin) = before[chain[chain.len() - 1]] {
        chain.push(origin);
    }
    chain.reverse();
    chain
}

/// The best end of a chain: within the last two periods.
fn last_beat(totals: &[f32], periods: &Periods) -> Option<usize> {
    let end = totals.len();
    let tail = (2.0 * periods.at(end)).round() as usize;
    let ends = end.saturating_sub(tail)..end;
    ends.reduce(|best, at| if totals[at] > totals[best] { at } else { best })
}

/// The top of the parabola through a peak and its neighbours.
fn refined(scores: &[f32], frame: usize) -> f64 {
    if frame == 0 || frame + 1 >= scores.len() {
        return frame as f64;
    }
    let (left, top, right) = (scores[frame - 1], scores[frame], scores[frame + 1]);
    let bend = left - 2.0 * top + right;
    let shift = if bend < -1e-6 {
        0.5 * (left - right) / bend
    } else {
        0.0
    };
    frame as f64 + f64::from(shift.clamp(-0.5, 0.5))
}

/// Each beat where the straight line through it and its neighbours has it.
fn smoothed(beats: &[f64]) -> Vec<f64> {
    let line = |at: usize| {
        let first = at.saturating_sub(EVEN_REACH);
        let around = &beats[first..(at + EVEN_REACH + 1).min(beats.len())];
        fitted(around, (at - first) as f64)
    };
    (0..beats.len()).map(line).collect()
}

/// The value at `position` of the least-squares line through `values` at 0, 1, 2 ...
fn fitted(values: &[f64], position: f64) -> f64 {
    let count = values.len() as f64;
    let middle = (count - 1.0) / 2.0;
    let mean = values.iter().sum::<f64>() / count;
    let (mut product, mut square) = (0.0, 0.0);
    for (n, value) in values.iter().enumerate() {
        product += (n as f64 - middle) * (value - mean);
        square += (n as f64 - middle).powi(2);
    }
    match square > 0.0 {
        true => mean + product / square * (position - middle),
        false => mean,
    }
}

/// The beats, extended at their first and last intervals to both ends of the song.
fn to_the_ends(beats: Vec<f64>, end: f64) -> Vec<f64> {
    let [first, second, .., before_last, last] = beats[..] else {
        return beats;
    };
    let (step, last_step) = (second - first, last - before_last);
    let lead = (1..).map(|n| first - f64::from(n) * step);
    let mut all: Vec<f64> = lead.take_while(|&at| at >= 0.0).collect();
    all.reverse();
    all.extend(beats);
    let tail = (1..).map(|n| last + f64::from(n) * last_step);
    all.extend(tail.take_while(|&at| at < end));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_fall_on_pulses_and_go_on_where_they_pause() {
        let period = 42.5;
        let mut envelope = vec![0.01; 4_000];
        for beat in (0..90).filter(|beat| !(40..48).contains(beat)) {
            envelope[20 + (f64::from(beat) * period) as usize] = 1.0;
        }
        let beats = track(&envelope, &Periods::constant(period as f32));
        assert!(beats.len() > 88, "{}", beats.len());
        for (beat, at) in beats.iter().enumerate() {
            let expected = (20.0 + beat as f64 * period) / FRAME_RATE;
            assert!((at - expected).abs() < 0.02, "{beat}: {at} {expected}");
        }
    }

    #[test]
    fn stray_beats_are_brought_into_line() {
        let beats: Vec<f64> = (0..20)
            .map(|beat| f64::from(beat) * 40.0 + if beat == 10 { 6.0 } else { 0.0 })
            .collect();
        assert!((smoothed(&beats)[10] - 400.0).abs() < 1.0);
        assert!((smoothed(&beats)[3] - 120.0).abs() < 1e-6);
    }

    #[test]
    fn short_envelopes_are_no_trouble() {
        for length in [0, 1, 2, 30, 100] {
            let beats = track(&vec![1.0; length], &Periods::constant(40.0));
            assert!(beats.iter().all(|at| (0.0..=1.2).contains(at)), "{length}");
        }
    }
}
