//! Max pooling.

use super::map::Map;
use super::simd::{Level, Simd, Work};

/// The largest of each `down` x `across` pixels of the first channels of `input`, as many as `output` has.
pub(super) fn pool(level: Level, input: &Map, output: &mut Map, [down, across]: [usize; 2]) {
    assert_eq!(
        [input.height / down, input.width / across],
        [output.height, output.width]
    );
    assert!(input.depth >= output.depth, "the channels that come out");
    level.run(Pooling {
        input,
        output,
        size: [down, across],
    });
}

struct Pooling<'a> {
    input: &'a Map,
    output: &'a mut Map,
    size: [usize; 2],
}

impl Work for Pooling<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self {
            input,
            output,
            size: [down, across],
        } = self;
        for row in 0..output.height {
            for column in 0..output.width {
                let from = input.at(row * down, column * across);
                let to = output.at(row, column);
                for vector in 0..output.depth {
                    let mut largest = simd.load(&input.data[from + vector]);
                    for pixel in 1..down * across {
                        let place = pixel / across * input.row_stride()
                            + pixel % across * input.depth
                            + vector;
                        largest = simd.max(simd.load(&input.data[from + place]), largest);
                    }
                    simd.store(largest, &mut output.data[to + vector]);
                }
            }
        }
    }
}
