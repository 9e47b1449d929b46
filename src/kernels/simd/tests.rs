use super::*;

/// What processors without anything special compute, and what this one does best.
fn levels() -> [Level; 2] {
    [Level::baseline(), Level::best()]
}

const A: Lanes = [1.5, -2.0, 0.0, 1e-20, 3e10, -0.25, 7.0, -1.0];
const B: Lanes = [0.5, 4.0, -0.0, 2.0, -1.0, -0.5, 7.0, 3.0];
const C: Lanes = [10.0, 1.0, 0.5, -1.0, 1.0, 0.125, -49.0, 3.0];

/// Every operation on [`A`], [`B`] and [`C`].
struct Operations;

impl Work for Operations {
    type Output = [Lanes; 6];

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> [Lanes; 6] {
        let (a, b, c) = (simd.load(&A), simd.load(&B), simd.load(&C));
        let results = [
            simd.add(a, b),
            simd.sub(a, b),
            simd.mul(a, b),
            simd.max(a, b),
            simd.mul_add(a, b, c),
            simd.splat(-3.5),
        ];
        let mut out = [[0.0; LANES]; 6];
        for (out, result) in out.iter_mut().zip(results) {
            simd.store(result, out);
        }
        out
    }
}

#[test]
fn operations_are_those_of_floats() {
    for level in levels() {
        let [sums, differences, products, largest, fused, same] = level.run(Operations);
        for lane in 0..LANES {
            let (a, b, c) = (A[lane], B[lane], C[lane]);
            assert_eq!(sums[lane], a + b);
            assert_eq!(differences[lane], a - b);
            assert_eq!(products[lane], a * b);
            assert_eq!(largest[lane], a.max(b));
            // These are exact, rounded once or twice.
            assert_eq!(fused[lane], a * b + c, "{level:?}");
            assert_eq!(same[lane], -3.5);
        }
    }
}

/// Counts how often each place is computed.
struct Counts {
    counts: Vec<u32>,
    columns: usize,
}

impl Tile for Counts {
    #[inline(always)]
    fn run<S: Simd, const M: usize, const N: usize>(&mut self, _: S, row: usize, column: usize) {
        for m in 0..M {
            for n in 0..N {
                self.counts[(row + m) * self.columns + column + n] += 1;
            }
        }
    }
}

struct Cover<'a>(&'a mut Counts, usize);

impl Work for Cover<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let columns = self.0.columns;
        simd.cover(self.0, self.1, columns);
    }
}

#[test]
fn tiles_cover_every_place_once() {
    for level in levels() {
        for (rows, columns) in [
            (1, 1),
            (2, 3),
            (3, 2),
            (5, 5),
            (6, 2),
            (7, 1),
            (13, 4),
            (32, 7),
        ] {
            let mut counts = Counts {
                counts: vec![0; rows * columns],
                columns,
            };
            level.run(Cover(&mut counts, rows));
            assert!(
                counts.counts.iter().all(|count| *count == 1),
                "{rows} x {columns}"
            );
        }
    }
}

#[test]
fn strips_are_as_high_as_can_be() {
    assert_eq!(strips(17, 6).collect::<Vec<_>>(), [6, 6, 4, 1]);
    assert_eq!(strips(7, 4).collect::<Vec<_>>(), [4, 2, 1]);
    assert_eq!(strips(0, 4).count(), 0);
}
