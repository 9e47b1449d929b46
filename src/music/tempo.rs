//! Tempo over time: the tempogram and the best path through it.
//!
//! The tempogram is the autocorrelation of the onset envelope around each second (Grosche, Müller and Kurth 2010). A
//! period scores by itself and by its multiples; a log-normal prior decides between a tempo, its half and its double, as in Ellis
//! (2007) and McKinney and Moelants (2006). A path through it follows drift (Viterbi).

use super::onsets::FRAME_RATE;

/// Tempi that are looked at, beats a minute.
pub const SLOWEST_BPM: f64 = 45.0;
/// See [`SLOWEST_BPM`].
pub const FASTEST_BPM: f64 = 220.0;
/// Tempi an octave: steps of 1 %.
const STEPS_AN_OCTAVE: f64 = 70.0;
/// Envelope values around each moment: 10 s.
const WINDOW: usize = 850;
/// From one moment to the next: 1 s.
const STEP: usize = 85;
/// A period's multiples, and how much each counts.
const MULTIPLES: [(f64, f32); 4] = [(1.0, 1.0), (2.0, 0.8), (3.0, 0.4), (4.0, 0.5)];
/// Centre and width (in octaves) of the prior: the tempi that listeners tap.
const USUAL_BPM: f64 = 112.0;
const SPREAD_OCTAVES: f64 = 0.75;
/// How much the prior counts beside the periodicity.
const PRIOR_WEIGHT: f64 = 0.4;
/// What a change of tempo costs, for each step of 1 % from one second to the next.
const CHANGE_COST: f32 = 0.15;

/// Periods from moment to moment, in envelope values.
#[derive(Clone, Debug, PartialEq)]
pub struct Periods {
    /// One every [`STEP`] values.
    periods: Vec<f32>,
}

impl Periods {
    /// The periods of an envelope; `None` where nothing repeats.
    pub fn of(envelope: &[f32]) -> Option<Self> {
        if envelope.iter().all(|&value| value == 0.0) {
            return None;
        }
        let candidates = candidates();
        let tempogram = Tempogram::of(envelope);
        let scores = tempogram.scores(&candidates);
        let path = best_path(&scores, candidates.len())?;
        let rows = scores.chunks_exact(candidates.len());
        let refined = path.into_iter().zip(rows).map(|(state, row)| {
            let steps = state as f64 + f64::from(top_of_parabola(row, state));
            60.0 * FRAME_RATE / (SLOWEST_BPM * (steps / STEPS_AN_OCTAVE).exp2())
        });
        let periods: Vec<f64> = refined.collect();
        Some(Self {
            periods: medians(&periods),
        })
    }

    /// The same period throughout.
    #[cfg(test)]
    pub fn constant(period: f32) -> Self {
        Self {
            periods: vec![period],
        }
    }

    /// The period at an envelope value, interpolated.
    pub fn at(&self, frame: usize) -> f32 {
        let position = frame as f32 / STEP as f32;
        let last = self.periods.len() - 1;
        let before = (position as usize).min(last);
        let after = (before + 1).min(last);
        let way = (position - before as f32).clamp(0.0, 1.0);
        self.periods[before] + way * (self.periods[after] - self.periods[before])
    }
}

/// Candidate periods in envelope values, evenly spaced on a logarithmic scale.
fn candidates() -> Vec<f64> {
    let count = ((FASTEST_BPM / SLOWEST_BPM).log2() * STEPS_AN_OCTAVE) as usize;
    let bpm = |step: usize| SLOWEST_BPM * (step as f64 / STEPS_AN_OCTAVE).exp2();
    (0..=count)
        .map(|step| 60.0 * FRAME_RATE / bpm(step))
        .collect()
}

/// Autocorrelations `[moment, lag]`, 1 at lag 0.
struct Tempogram {
    rows: Vec<f32>,
    lags: usize,
}

impl Tempogram {
    fn of(envelope: &[f32]) -> Self {
        let lags = WINDOW / 2;
        let centred = without_trend(envelope);
        let moments = 1 + envelope.len().saturating_sub(1) / STEP;
        let mut rows = Vec::with_capacity(moments * lags);
        for moment in 0..moments {
            // At the ends the window stays inside the song.
            let start = (moment * STEP).saturating_sub(WINDOW / 2);
            let start = start.min(centred.len().saturating_sub(WINDOW));
            let end = (start + WINDOW).min(centred.len());
            rows.extend(autocorrelation(&centred[start..end], lags));
        }
        Self { rows, lags }
    }

    /// How well each candidate fits each moment, its prior included: `[moment, candidate]`.
    fn scores(&self, candidates: &[f64]) -> Vec<f32> {
        let prior: Vec<f32> = candidates
            .iter()
            .map(|&period| prior(period) as f32)
            .collect();
        let mut scores = Vec::with_capacity(self.rows.len() / self.lags * candidates.len());
        for row in self.rows.chunks_exact(self.lags) {
            let fits = candidates.iter().map(|&period| comb(row, period));
            scores.extend(fits.zip(&prior).map(|(fit, prior)| fit + prior));
        }
        scores
    }
}

/// The autocorrelation at a period and its multiples, as far as they are known.
fn comb(row: &[f32], period: f64) -> f32 {
    let (mut sum, mut weights) = (0.0, 0.0);
    for (multiple, weight) in MULTIPLES {
        let lag = period * multiple;
        let below = lag as usize;
        if below + 1 < row.len() {
            let way = (lag - below as f64) as f32;
            sum += weight * (row[below] + way * (row[below + 1] - row[below]));
            weights += weight;
        }
    }
    sum / weights
}

fn prior(period: f64) -> f64 {
    let octaves = (60.0 * FRAME_RATE / period / USUAL_BPM).log2() / SPREAD_OCTAVES;
    -0.5 * PRIOR_WEIGHT * octaves * octaves
}

/// The envelope less its mean over a second around.
fn without_trend(envelope: &[f32]) -> Vec<f32> {
    let reach = STEP / 2;
    let mut sums = vec![0.0_f64];
    for &value in envelope {
        sums.push(sums[sums.len() - 1] + f64::from(value));
    }
    let mean = |at: usize| {
        let (from, to) = (
            at.saturating_sub(reach),
            (at + reach + 1).min(envelope.len()),
        );
        ((sums[to] - sums[from]) / (to - from) as f64) as f32
    };
    let values = envelope.iter().enumerate();
    values
        .map(|(at, value)| (value - mean(at)).max(0.0))
        .collect()
}

fn autocorrelation(values: &[f32], lags: usize) -> Vec<f32> {
    let mean = values.iter().sum::<f32>() / values.len().max(1) as f32;
    let values: Vec<f32> = values.iter().map(|value| value - mean).collect();
    let product = |lag: usize| -> f32 {
        let shifted = values.get(lag..).unwrap_or_default();
        dot(&values, shifted) / shifted.len().max(1) as f32
    };
    let energy = product(0);
    let normalised = |lag| {
        if energy > 1e-9 {
            product(lag) / energy
        } else {
            0.0
        }
    };
    (0..lags).map(normalised).collect()
}

/// The sum of products, in eight sums that a processor forms at once.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0; 8];
    let (a_eights, b_eights) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest = a.len().min(b.len()) / 8 * 8;
    for (a, b) in a_eights.zip(b_eights) {
        sums.iter_mut()
            .zip(a.iter().zip(b))
            .for_each(|(sum, (a, b))| *sum += a * b);
    }
    let tail = a[rest..].iter().zip(&b[rest..]).map(|(a, b)| a * b);
    sums.iter().sum::<f32>() + tail.sum::<f32>()
}

/// The states of the best path through `scores` `[moment, state]`; `None` where all of it is silent.
fn best_path(scores: &[f32], states: usize) -> Option<Vec<usize>> {
    /// Furthest change in one step; more costs as much, so that a song may change its tempo at once.
    const REACH: usize = 6;
    let jump = CHANGE_COST * (REACH * REACH) as f32;
    let mut rows = scores.chunks_exact(states);
    let mut best = rows.next()?.to_vec();
    let mut from: Vec<Vec<usize>> = Vec::new();
    for row in rows {
        let top = highest(&best);
        let (mut next, mut origins) = (Vec::with_capacity(states), Vec::with_capacity(states));
        for (state, score) in row.iter().enumerate() {
            let near = state.saturating_sub(REACH)..(state + REACH + 1).min(states);
            let reached = |origin: usize| {
                let steps = origin.abs_diff(state) as f32;
                (origin, best[origin] - CHANGE_COST * steps * steps)
            };
            let jumped = (top, best[top] - jump);
            let origin = near
                .map(reached)
                .fold(jumped, |a, b| if b.1 > a.1 { b } else { a });
            next.push(origin.1 + score);
            origins.push(origin.0);
        }
        best = next;
        from.push(origins);
    }
    let mut path = vec![highest(&best)];
    for origins in from.iter().rev() {
        path.push(origins[path[path.len() - 1]]);
    }
    path.reverse();
    Some(path)
}

/// How far from a peak the parabola through it and its neighbours has its top, in steps.
fn top_of_parabola(row: &[f32], peak: usize) -> f32 {
    let around = peak
        .checked_sub(1)
        .and_then(|first| row.get(first..first + 3));
    let Some(&[left, top, right]) = around else {
        return 0.0;
    };
    let bend = left - 2.0 * top + right;
    if bend < -1e-9 {
        (0.5 * (left - right) / bend).clamp(-0.5, 0.5)
    } else {
        0.0
    }
}

/// The medians of a few neighbours: single moments mislead.
fn medians(periods: &[f64]) -> Vec<f32> {
    const REACH: usize = 3;
    let median = |at: usize| {
        let around = at.saturating_sub(REACH)..(at + REACH + 1).min(periods.len());
        let mut around = periods[around].to_vec();
        around.sort_by(f64::total_cmp);
        around[around.len() / 2] as f32
    };
    (0..periods.len()).map(median).collect()
}

fn highest(values: &[f32]) -> usize {
    let better = |best: usize, at: usize| if values[at] > values[best] { at } else { best };
    (0..values.len()).fold(0, better)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pulses whose period changes evenly from one to the other over a minute.
    fn pulses(from: f64, to: f64) -> Vec<f32> {
        let mut envelope = vec![0.0; 5_100];
        let mut at = 10.0;
        while at < 5_090.0 {
            envelope[at as usize] = 1.0;
            envelope[at as usize + 1] = 0.5;
            at += from + (to - from) * at / 5_100.0;
        }
        envelope
    }

    #[test]
    fn steady_pulses_have_their_period() {
        for bpm in [80.0, 100.0, 126.0, 150.0] {
            let period = 60.0 * FRAME_RATE / bpm;
            let found = Periods::of(&pulses(period, period)).expect("a period");
            for frame in [0, 2_500, 5_099] {
                assert!(
                    (f64::from(found.at(frame)) / period - 1.0).abs() < 0.015,
                    "{bpm}"
                );
            }
        }
    }

    #[test]
    fn drifting_pulses_are_followed() {
        let found = Periods::of(&pulses(42.0, 50.0)).expect("a period");
        for frame in [600, 2_500, 4_500] {
            let expected = 42.0 + 8.0 * frame as f32 / 5_100.0;
            let got = found.at(frame);
            assert!(
                (got / expected - 1.0).abs() < 0.03,
                "{frame}: {got} {expected}"
            );
        }
    }

    #[test]
    fn nothing_has_no_period() {
        assert_eq!(Periods::of(&[]), None);
        assert_eq!(Periods::of(&[0.0; 500]), None);
    }
}
