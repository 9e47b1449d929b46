//! Every kernel against an obvious loop, on random values, for each set of instructions.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{
    dense::{Activation, Dense, Places, Upsampling},
    elementary,
    frequency::{FrequencyLayers, Linear},
    map::{Map, lanes_of, lanes_of_pair, vectors},
    mel::{MelBands, Separated},
    pool::pool,
    simd::{LANES, Level},
    softmax::{LogitRow, softmax},
    winograd::{Scratch, Taps, Winograd},
};
use crate::dsp::{BINS, features::MAGNITUDE_FLOOR, mel};
use crate::source::Source;

fn levels() -> [Level; 2] {
    [Level::baseline(), Level::best()]
}

fn random(seed: u64, count: usize) -> Vec<f32> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..count).map(|_| random.random_range(-1.0..1.0)).collect()
}

/// An image of random values: as a map, and as a function of row, column and channel that is 0 around it.
fn image(
    seed: u64,
    [height, width, channels]: [usize; 3],
) -> (Map, impl Fn(i64, i64, usize) -> f64) {
    let values = random(seed, height * width * channels);
    let mut map = Map::new(height, width, vectors(channels));
    for row in 0..height {
        for column in 0..width {
            let at = map.at(row, column) * LANES;
            let from = (row * width + column) * channels;
            map.data.as_flattened_mut()[at..at + channels]
                .copy_from_slice(&values[from..from + channels]);
        }
    }
    let value = move |row: i64, column: i64, channel: usize| {
        let inside = (0..height as i64).contains(&row) && (0..width as i64).contains(&column);
        let at = (row * width as i64 + column) * channels as i64 + channel as i64;
        if inside {
            f64::from(values[at as usize])
        } else {
            0.0
        }
    };
    (map, value)
}

fn pixel(map: &Map, row: usize, column: usize) -> &[f32] {
    let at = map.at(row, column);
    map.data[at..at + map.depth].as_flattened()
}

/// What a map holds outside of its image.
fn around(map: &Map) -> f32 {
    let mut outside = map.clone();
    for row in 0..map.height {
        for column in 0..map.width {
            let at = outside.at(row, column);
            outside.data[at..at + map.depth].fill([0.0; LANES]);
        }
    }
    outside
        .data
        .as_flattened()
        .iter()
        .map(|value| value.abs())
        .sum()
}

#[track_caller]
fn assert_close(found: f32, expected: f64, tolerance: f64) {
    let difference = (f64::from(found) - expected).abs();
    assert!(difference <= tolerance, "{found}, expected {expected}");
}

/// Height, width, channels in and out: a corner of each layer's shape, and odd ones.
const CONVOLUTIONS: [[usize; 4]; 14] = [
    [16, 16, 4, 24],
    [16, 16, 24, 24],
    [16, 24, 24, 56],
    [8, 8, 56, 112],
    [8, 8, 112, 192],
    [16, 16, 192, 256],
    [8, 12, 24, 48],
    [12, 8, 48, 88],
    [8, 12, 88, 112],
    [3, 5, 1, 1],
    [3, 64, 2, 3],
    [1, 1, 1, 1],
    [6, 7, 9, 17],
    [13, 130, 3, 2],
];

#[test]
fn convolutions_are_those_of_nested_loops() {
    for (seed, [height, width, inputs, outputs]) in CONVOLUTIONS.into_iter().enumerate() {
        let (input, value) = image(seed as u64, [height, width, inputs]);
        let weights = random(100, outputs * inputs * 9);
        let bias = random(101, outputs);
        let taps = Taps {
            weights: &weights,
            bias: &bias,
        };
        let convolved = |row: usize, column: usize, output: usize| {
            let mut sum = f64::from(bias[output]);
            for input in 0..inputs {
                for tap in 0..9 {
                    let weight = weights[(output * inputs + input) * 9 + tap];
                    let place = [row + tap / 3, column + tap % 3].map(|at| at as i64 - 1);
                    sum += f64::from(weight) * value(place[0], place[1], input);
                }
            }
            sum.max(0.0)
        };
        let tolerance = 2e-6 * (inputs * 9) as f64;
        for level in levels() {
            // One vector more than needed, as where an image is to stand beside another.
            let mut output = Map::new(height, width, vectors(outputs) + 1);
            let mut layer = Winograd::new(level, taps, &lanes_of(inputs));
            layer.run(level, &input, &mut output, &mut Scratch::default());
            let unprepared = output.data.clone();
            layer.prepare(level);
            layer.run(level, &input, &mut output, &mut Scratch::default());
            assert_eq!(output.data, unprepared);
            for row in 0..height {
                for column in 0..width {
                    let pixel = pixel(&output, row, column);
                    for channel in 0..outputs {
                        assert_close(pixel[channel], convolved(row, column, channel), tolerance);
                    }
                    assert!(pixel[outputs..].iter().all(|value| *value == 0.0));
                }
            }
            assert_eq!(around(&output), 0.0);
        }
    }
}

#[test]
fn a_convolution_of_two_images_side_by_side_is_one_of_all_their_channels() {
    let channels = 3;
    let level = Level::best();
    let (pair, _) = image(1, [8, 8, 2 * LANES]);
    let mut dense = Map::new(8, 8, vectors(2 * channels));
    let lanes: Vec<_> = lanes_of_pair(channels)
        .into_iter()
        .enumerate()
        .filter_map(|(lane, channel)| Some((lane, channel?)))
        .collect();
    for row in 0..8 {
        for column in 0..8 {
            let from = pixel(&pair, row, column).to_vec();
            let at = dense.at(row, column) * LANES;
            for (lane, channel) in &lanes {
                dense.data.as_flattened_mut()[at + channel] = from[*lane];
            }
        }
    }
    let (weights, bias) = (random(2, 5 * 2 * channels * 9), random(3, 5));
    let taps = Taps {
        weights: &weights,
        bias: &bias,
    };
    let [expected, found] = [
        (&dense, lanes_of(2 * channels)),
        (&pair, lanes_of_pair(channels)),
    ]
    .map(|(input, lanes)| {
        let mut output = Map::new(8, 8, 1);
        let layer = Winograd::new(level, taps, &lanes);
        layer.run(level, input, &mut output, &mut Scratch::default());
        output.data
    });
    for (found, expected) in found.as_flattened().iter().zip(expected.as_flattened()) {
        assert_close(*found, f64::from(*expected), 1e-4);
    }
}

#[test]
fn dense_layers_are_products_at_every_place() {
    for [places, inputs, outputs] in [[1, 1, 1], [5, 3, 9], [128, 224, 80], [7, 24, 20]] {
        let (values, weights) = (random(4, places * inputs), random(5, outputs * inputs));
        let bias = random(6, outputs);
        for (level, activation) in levels()
            .into_iter()
            .flat_map(|level| [(level, Activation::None), (level, Activation::Relu)])
        {
            let layer = Dense::pointwise(level, &weights, &bias, activation);
            let mut out = vec![[0.0; LANES]; places * layer.width()];
            let rows = Places {
                values: &values,
                stride: inputs,
                count: places,
            };
            layer.run(level, rows, &mut out, layer.width());
            for (place, found) in out.chunks_exact(layer.width()).enumerate() {
                for (output, found) in found.as_flattened()[..outputs].iter().enumerate() {
                    let mut sum = f64::from(bias[output]);
                    for input in 0..inputs {
                        sum += f64::from(weights[output * inputs + input])
                            * f64::from(values[place * inputs + input]);
                    }
                    let expected = match activation {
                        Activation::None => sum,
                        Activation::Relu => sum.max(0.0),
                    };
                    assert_close(*found, expected, 1e-6 * inputs as f64);
                }
            }
        }
    }
}

#[test]
fn doubling_makes_four_pixels_of_one() {
    for [height, width, inputs, outputs] in [[3, 5, 2, 3], [4, 4, 56, 24], [1, 1, 1, 1]] {
        let (input, value) = image(7, [height, width, inputs]);
        let weights = random(8, 4 * outputs * inputs);
        let bias = random(9, 4 * outputs);
        for level in levels() {
            let mut output = Map::new(2 * height, 2 * width, 1 + vectors(outputs));
            Upsampling::new(level, &weights, &bias).run(level, &input, &mut output, 1);
            for row in 0..2 * height {
                for column in 0..2 * width {
                    let pixel = pixel(&output, row, column);
                    assert_eq!(pixel[..LANES], [0.0; LANES]);
                    for channel in 0..outputs {
                        let from = channel * 4 + row % 2 * 2 + column % 2;
                        let mut sum = f64::from(bias[from]);
                        for input in 0..inputs {
                            sum += f64::from(weights[from * inputs + input])
                                * value(row as i64 / 2, column as i64 / 2, input);
                        }
                        assert_close(pixel[LANES + channel], sum, 1e-5);
                    }
                }
            }
        }
    }
}

#[test]
fn frequency_layers_see_all_bins_of_a_frame() {
    for [frames, bins, hidden, channels] in [[2, 256, 32, 24], [3, 12, 3, 9], [1, 5, 1, 1]] {
        let (map, value) = image(10, [frames, bins, channels]);
        let narrow = Linear {
            weights: random(11, bins * hidden),
            bias: random(12, hidden),
        };
        let widen = Linear {
            weights: random(13, hidden * bins),
            bias: random(14, bins),
        };
        let expected = |frame: usize, bin: usize, channel: usize| {
            let mut sum = value(frame as i64, bin as i64, channel) + f64::from(widen.bias[bin]);
            for unit in 0..hidden {
                let mut inner = f64::from(narrow.bias[unit]);
                for from in 0..bins {
                    let weight = f64::from(narrow.weights[from * hidden + unit]);
                    inner += weight * value(frame as i64, from as i64, channel);
                }
                sum += f64::from(widen.weights[unit * bins + bin]) * inner.max(0.0);
            }
            sum
        };
        for level in levels() {
            let layers = FrequencyLayers::new(level, narrow.clone(), widen.clone());
            let mut map = map.clone();
            layers.run(level, &mut map, vectors(channels), &mut Vec::new());
            for frame in 0..frames {
                for bin in 0..bins {
                    for channel in 0..channels {
                        let found = pixel(&map, frame, bin)[channel];
                        assert_close(found, expected(frame, bin, channel), 1e-4);
                    }
                }
            }
        }
    }
}

#[test]
fn pooling_takes_the_largest() {
    for (size, [height, width]) in [([2, 2], [6, 10]), ([1, 2], [5, 6]), ([2, 2], [2, 2])] {
        let (input, value) = image(15, [height, width, 11]);
        for level in levels() {
            let mut output = Map::new(height / size[0], width / size[1], 2);
            pool(level, &input, &mut output, size);
            for row in 0..output.height {
                for column in 0..output.width {
                    for channel in 0..11 {
                        let mut largest = f64::MIN;
                        for down in 0..size[0] {
                            for across in 0..size[1] {
                                let place = [row * size[0] + down, column * size[1] + across];
                                let [row, column] = place.map(|at| at as i64);
                                largest = largest.max(value(row, column, channel));
                            }
                        }
                        assert_close(pixel(&output, row, column)[channel], largest, 0.0);
                    }
                }
            }
        }
    }
}

#[test]
fn masks_are_softmaxed_logits_put_into_place() {
    for [patch, pixels] in [[1, 3], [2, 8], [4, 5]] {
        let channels = Source::COUNT * patch * patch;
        let width = vectors(channels);
        let bins = pixels * patch;
        let mut logits = random(16, pixels * width * LANES);
        // Far apart: only the largest is left.
        logits
            .iter_mut()
            .step_by(7)
            .for_each(|value| *value *= 200.0);
        let logit = |source: usize, row: usize, bin: usize| {
            let channel = source * patch * patch + row * patch + bin % patch;
            f64::from(logits[bin / patch * width * LANES + channel])
        };
        for level in levels() {
            let frames = 3 * patch;
            let mut masks = vec![-1.0; Source::COUNT * frames * bins];
            let row_logits = LogitRow {
                values: logits.as_chunks().0,
                width,
                patch,
            };
            softmax(level, row_logits, patch, [frames, bins], &mut masks);
            for row in 0..patch {
                for bin in 0..bins {
                    let all = (0..Source::COUNT).map(|source| logit(source, row, bin));
                    let largest = all.clone().fold(f64::MIN, f64::max);
                    let sum: f64 = all.map(|logit| (logit - largest).exp()).sum();
                    for source in 0..Source::COUNT {
                        let expected = (logit(source, row, bin) - largest).exp() / sum;
                        let found = masks[(source * frames + patch + row) * bins + bin];
                        assert_close(found, expected, 1e-6);
                    }
                }
            }
            let untouched = masks.iter().filter(|mask| **mask == -1.0).count();
            assert_eq!(untouched, Source::COUNT * 2 * patch * bins);
        }
    }
}

#[test]
fn bands_are_filtered_magnitudes() {
    let (frames, bands) = (4, 96);
    let log_magnitudes = random(17, frames * BINS);
    let masks: Vec<f32> = random(18, Source::COUNT * frames * BINS)
        .into_iter()
        .map(f32::abs)
        .collect();
    let filters = mel::filters(bands);
    let floor = f64::from(MAGNITUDE_FLOOR);
    let expected = |part: usize, frame: usize, band: usize| {
        let mut sum = 0.0;
        for bin in 0..BINS {
            let value = f64::from(log_magnitudes[frame * BINS + bin]);
            let magnitude = 10_f64.powf(2.0 * value - 1.0) - floor;
            let share = match part {
                0 => 1.0,
                _ => f64::from(masks[((part - 1) * frames + frame) * BINS + bin]),
            };
            sum += magnitude * share * f64::from(filters[bin * bands + band]);
        }
        ((sum + floor).log10() + 1.0) / 2.0
    };
    for level in levels() {
        let mut input = Map::new(frames / 2, bands / 2, vectors(4 * (1 + Source::COUNT)));
        let tile = Separated {
            log_magnitudes: &log_magnitudes,
            masks: &masks,
        };
        MelBands::new(bands).run(level, tile, &mut input);
        for frame in 0..frames {
            for band in 0..bands {
                let pixel = pixel(&input, frame / 2, band / 2);
                for part in 0..=Source::COUNT {
                    let found = pixel[part * 4 + frame % 2 * 2 + band % 2];
                    assert_close(found, expected(part, frame, band), 2e-6);
                }
            }
        }
    }
}

#[test]
fn exponentials_and_logarithms_are_as_good_as_floats_can_be() {
    for step in 0..20_000 {
        let exponent = -87.0 + step as f32 * (175.0 / 20_000.0);
        let found = elementary::exp([exponent; LANES])[3];
        let expected = f64::from(exponent).exp();
        assert_close(found, expected, 2.5e-7 * expected);
        let found = elementary::ln([found; LANES])[5];
        let expected = f64::from(elementary::exp([exponent; LANES])[0]).ln();
        assert_close(found, expected, 1.5e-7 * expected.abs().max(0.5));
    }
    assert_eq!(
        elementary::exp([-1000.0; LANES])[0],
        elementary::exp([-87.0; LANES])[0]
    );
    assert!(elementary::exp([f32::NAN; LANES])[0].is_nan());
    assert_eq!(elementary::exp([0.0; LANES])[0], 1.0);
    assert_eq!(elementary::ln([1.0; LANES])[0], 0.0);
}
