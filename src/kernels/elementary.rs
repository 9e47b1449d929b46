//! Exponentials and logarithms of many values at once, in plain Rust that compilers vectorise: no calls, no
//! branches. Polynomials of Cephes (Moshier), expf and logf: errors below two units in the last place.

use super::simd::{LANES, Lanes};

/// Adding and subtracting it rounds to the nearest whole number: 1.5 times 2 to the 23.
const ROUND: f32 = 12_582_912.0;

/// ln 2 in two parts, so that products with small whole numbers are exact.
const LN_2_HIGH: f32 = 355.0 / 512.0;
const LN_2_LOW: f32 = -2.121_944_4e-4;

/// Bits of a float's fraction, and the exponent of 1.
const FRACTION_BITS: u32 = 23;
const EXPONENT_OF_ONE: u32 = 127;

/// e to each value; values beyond what a float can hold give the smallest or largest there is.
#[inline(always)]
pub(super) fn exp(values: Lanes) -> Lanes {
    let mut out = values;
    for lane in 0..LANES {
        let value = values[lane].clamp(-87.0, 88.0);
        let shifted = value * std::f32::consts::LOG2_E + ROUND;
        let twos = shifted - ROUND;
        let rest = value - twos * LN_2_HIGH - twos * LN_2_LOW;
        let polynomial = 1.987_569_1e-4 * rest + 1.398_2e-3;
        let polynomial = polynomial * rest + 8.333_452e-3;
        let polynomial = polynomial * rest + 4.166_579_6e-2;
        let polynomial = polynomial * rest + 1.666_666_5e-1;
        let polynomial = polynomial * rest + 0.5;
        // Shifted by [`ROUND`], a whole number is what its last bits say.
        let whole = shifted.to_bits().wrapping_sub(ROUND.to_bits());
        let power = whole.wrapping_add(EXPONENT_OF_ONE) << FRACTION_BITS;
        out[lane] = (polynomial * rest * rest + rest + 1.0) * f32::from_bits(power);
    }
    out
}

/// The natural logarithm of each value, which is a normal float above 0.
#[inline(always)]
pub(super) fn ln(values: Lanes) -> Lanes {
    // The float whose bits the mantissa's range begins at: sqrt(1/2), so that rest lies around 0.
    const SQRT_HALF_BITS: u32 = std::f32::consts::FRAC_1_SQRT_2.to_bits();
    let mut out = values;
    for lane in 0..LANES {
        let bits = values[lane].to_bits().wrapping_sub(SQRT_HALF_BITS);
        let twos = bits as i32 >> FRACTION_BITS;
        let mantissa = (bits & ((1 << FRACTION_BITS) - 1)) + SQRT_HALF_BITS;
        let rest = f32::from_bits(mantissa) - 1.0;
        let square = rest * rest;
        let polynomial = 7.037_683_6e-2 * rest - 1.151_461e-1;
        let polynomial = polynomial * rest + 1.167_699_9e-1;
        let polynomial = polynomial * rest - 1.242_014_1e-1;
        let polynomial = polynomial * rest + 1.424_932_3e-1;
        let polynomial = polynomial * rest - 1.666_805_8e-1;
        let polynomial = polynomial * rest + 2.000_071_5e-1;
        let polynomial = polynomial * rest - 2.499_999_4e-1;
        let polynomial = polynomial * rest + 3.333_333e-1;
        let twos = twos as f32;
        let small = polynomial * rest * square + twos * LN_2_LOW - 0.5 * square;
        out[lane] = rest + small + twos * LN_2_HIGH;
    }
    out
}
