//! The map against slow, simple computations.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

/// Songs around two centres, with more spread along some sources than others.
fn songs(count: usize) -> Vec<PerSource<f32>> {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut song = |index: usize| {
        let centre = if index.is_multiple_of(2) { 0.3 } else { 0.6 };
        let spread = [0.5, 0.05, 0.2, 0.02, 0.1];
        PerSource(spread.map(|spread: f32| {
            (centre + spread * random.random_range(-1.0_f32..1.0)).clamp(0.0, 1.0)
        }))
    };
    (0..count).map(&mut song).collect()
}

/// The direction of the greatest variance, by repeated multiplication with the covariance.
fn by_power_iteration(songs: &[PerSource<f32>]) -> [f64; 5] {
    let count = songs.len() as f64;
    let column = |i: usize| songs.iter().map(move |song| f64::from(song.0[i]));
    let mean: [f64; 5] = std::array::from_fn(|i| column(i).sum::<f64>() / count);
    let covariance = |i: usize, j: usize| {
        let products = column(i)
            .zip(column(j))
            .map(|(a, b)| (a - mean[i]) * (b - mean[j]));
        products.sum::<f64>() / count
    };
    let matrix: [[f64; 5]; 5] = std::array::from_fn(|i| std::array::from_fn(|j| covariance(i, j)));
    let mut axis = [1.0; 5];
    for _ in 0..2000 {
        let next: [f64; 5] = std::array::from_fn(|i| (0..5).map(|j| matrix[i][j] * axis[j]).sum());
        let length = next.iter().map(|value| value * value).sum::<f64>().sqrt();
        axis = next.map(|value| value / length);
    }
    axis
}

#[test]
fn the_first_axis_is_that_of_the_greatest_variance() {
    let songs = songs(400);
    let projection = Projection::of(songs.iter());
    let axis = by_power_iteration(&songs);
    // The first coordinate of a step along one source is that source's part of the axis.
    let origin = projection.place(&PerSource([0.0; 5]));
    let largest = axis.into_iter().max_by(|a, b| a.abs().total_cmp(&b.abs()));
    let sign = largest.expect("five").signum();
    for source in Source::ALL {
        let step = PerSource::from_fn(|other| if other == source { 1.0 } else { 0.0 });
        let found = projection.place(&step)[0] - origin[0];
        let expected = axis[source.index()] * sign;
        assert!(
            (f64::from(found) - expected).abs() < 1e-5,
            "{source}: {found} {expected}"
        );
    }
    let [first, second] = projection.explained();
    assert!(first > second && second > 0.0 && first + second <= 1.0);
}

#[test]
fn two_dimensions_are_laid_out_as_they_are() {
    // All in the plane of guitar and drums: distances stay, and nothing is left unexplained.
    let flat: Vec<_> = songs(50)
        .into_iter()
        .map(|song| PerSource([song.0[0], 0.5, 0.5, song.0[2], 0.5]))
        .collect();
    let map = SongMap::new(flat.iter());
    assert!((map.projection.explained().iter().sum::<f64>() - 1.0).abs() < 1e-9);
    let length = |a: &[f32], b: &[f32]| -> f32 {
        a.iter()
            .zip(b)
            .map(|(a, b)| (a - b).powi(2))
            .sum::<f32>()
            .sqrt()
    };
    for pair in [[0, 1], [3, 40], [17, 49]] {
        let [a, b] = pair;
        let there = length(&map.points[a].at, &map.points[b].at);
        assert!((there - length(&flat[a].0, &flat[b].0)).abs() < 1e-5);
    }
}

#[test]
fn maps_are_the_same_every_time_and_point_the_same_way() {
    let songs = songs(300);
    let map = SongMap::new(songs.iter());
    assert_eq!(map, SongMap::new(songs.iter()));
    // The spread is along the guitar, which therefore grows to the right.
    let (growing, _) = map.projection.meaning(0);
    assert_eq!(growing.first(), Some(&Source::Guitar));
    // Turned around, the axis keeps its sign.
    let mirrored: Vec<_> = songs
        .iter()
        .map(|song| song.map(|share| 1.0 - share))
        .collect();
    assert_eq!(
        SongMap::new(mirrored.iter()).projection.meaning(0),
        map.projection.meaning(0)
    );
}

#[test]
fn nothing_and_sameness_have_a_map_too() {
    let none = SongMap::new([].iter());
    assert!(none.points.is_empty());
    assert_eq!(none.hit([0.0; 2], 1.0), None);
    assert_eq!(none.nearest([0.0; 2], 5), Vec::<usize>::new());
    let same = [PerSource([0.5_f32; 5]); 9];
    let map = SongMap::new(same.iter());
    assert!(map.points.iter().all(|point| point.at == [0.0, 0.0]));
    assert_eq!(map.projection.explained(), [0.0, 0.0]);
    let viewport = Viewport::fitting([300.0, 200.0], map.bounds());
    assert_eq!(viewport.to_pixel([0.0, 0.0]), [150.0, 100.0]);
    assert!(Viewport::fitting([300.0, 200.0], none.bounds()).zoom() == 1.0);
}

#[test]
fn songs_are_coloured_by_what_they_have_most_beyond_the_average() {
    let songs = [
        PerSource([0.9, 0.5, 0.5, 0.5, 0.5]),
        PerSource([0.1, 0.5, 0.5, 0.5, 0.9]),
        PerSource([0.5; 5]),
    ];
    let map = SongMap::new(songs.iter());
    let leading: Vec<_> = map.points.iter().map(|point| point.leading).collect();
    assert_eq!(leading[..2], [Source::Guitar, Source::Other]);
}

#[test]
fn the_nearest_songs_are_found_in_order() {
    let songs = songs(500);
    let map = SongMap::new(songs.iter());
    let to = [0.1, -0.05];
    let square = |index: usize| {
        let [x, y] = map.points[index].at;
        (x - to[0]).powi(2) + (y - to[1]).powi(2)
    };
    let mut slow: Vec<usize> = (0..songs.len()).collect();
    slow.sort_by(|&a, &b| square(a).total_cmp(&square(b)));
    assert_eq!(map.nearest(to, 8), slow[..8]);
    assert_eq!(map.nearest(to, 5000).len(), 500);
    assert_eq!(map.hit(to, 10.0), Some(slow[0]));
    assert_eq!(map.hit([9.0, 9.0], 0.5), None);
}

#[test]
fn the_viewport_goes_there_and_back() {
    let bounds = [-0.5, -0.2, 0.7, 0.4];
    let view = Viewport::fitting([400.0, 300.0], bounds);
    for corner in [[-0.5, -0.2], [0.7, 0.4]] {
        let [x, y] = view.to_pixel(corner);
        assert!(
            (0.0..=400.0).contains(&x) && (0.0..=300.0).contains(&y),
            "{x} {y}"
        );
    }
    let near = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).abs() < 1e-3 && (a[1] - b[1]).abs() < 1e-3;
    let pixel = [70.0, 220.0];
    assert!(near(view.to_pixel(view.to_place(pixel)), pixel));
    // The place under the pointer stays there.
    let zoomed = view.zoomed(4.0, pixel);
    assert!(near(zoomed.to_place(pixel), view.to_place(pixel)));
    assert!((zoomed.zoom() - 4.0).abs() < 1e-3);
    assert!(zoomed.length(10.0) < view.length(10.0));
    // A drag takes it along.
    let place = zoomed.to_place(pixel);
    assert!(near(
        zoomed.dragged([30.0, -20.0]).to_pixel(place),
        [100.0, 200.0]
    ));
    assert!(near(
        zoomed.centred_on(place).to_pixel(place),
        [200.0, 150.0]
    ));
    // No way out into nothing, and none in without end.
    assert!(view.zoomed(1e-6, pixel).zoom() >= 0.499);
    assert!(view.zoomed(1e9, pixel).length(1.0) > 0.0);
    let larger = zoomed.resized([800.0, 600.0], bounds);
    assert!((larger.zoom() - zoomed.zoom()).abs() < 1e-3);
    assert_eq!(larger.to_pixel(zoomed.centre()), [400.0, 300.0]);
    // However small the picture was in between, nothing is lost.
    let back = larger
        .resized([1.0, 1.0], bounds)
        .resized([400.0, 300.0], bounds);
    assert!(near(back.to_pixel([0.5, 0.1]), zoomed.to_pixel([0.5, 0.1])));
}

const PALETTE: Palette = Palette {
    ground: [0, 0, 0],
    sources: PerSource([
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
        [255, 255, 0],
        [0, 255, 255],
    ]),
};

/// A picture of 40 x 30 pixels of these points, painted as discs of radius 2.
fn painted(points: &[MapPoint]) -> Picture {
    let mut picture = Picture::default();
    picture.paint(points, &small_view(), 2.0, &PALETTE);
    assert_eq!((picture.width(), picture.bytes().len()), (40, 40 * 30 * 4));
    picture
}

fn small_view() -> Viewport {
    Viewport::fitting([40.0, 30.0], [-1.0, -1.0, 1.0, 1.0])
}

fn pixel(picture: &Picture, x: usize, y: usize) -> [u8; 3] {
    let at = (y * picture.width() + x) * 4;
    [0, 1, 2].map(|channel| picture.bytes()[at + channel])
}

#[test]
fn pictures_show_points_where_they_lie_and_are_cut_at_the_edges() {
    let point = |at, leading| MapPoint { at, leading };
    let picture = painted(&[
        point([0.0, 0.0], Source::Guitar),
        point(small_view().to_place([0.0, 0.0]), Source::Piano),
        point(small_view().to_place([-50.0, 400.0]), Source::Drums),
    ]);
    for (x, y) in [(20, 15), (18, 15), (20, 17)] {
        let [red, green, _] = pixel(&picture, x, y);
        assert!(red > 150 && green == 0, "{x} {y}");
    }
    for (x, y) in [(0, 0), (1, 1)] {
        assert!(pixel(&picture, x, y)[1] > 150, "{x} {y}");
    }
    for (x, y) in [(24, 15), (39, 29)] {
        assert_eq!(pixel(&picture, x, y), PALETTE.ground);
    }
    let pixels = picture.bytes().chunks_exact(4);
    let lit = pixels.filter(|pixel| pixel[..3] != PALETTE.ground).count();
    assert_eq!(lit, 13 + 6, "a disc of radius 2, and a quarter of one");
}

#[test]
fn colours_grow_stronger_where_points_crowd() {
    let point = MapPoint {
        at: [0.0, 0.0],
        leading: Source::Guitar,
    };
    let red = |points: &[MapPoint]| pixel(&painted(points), 20, 15)[0];
    assert!(red(&[point, point]) > red(&[point]));
}

#[test]
fn colours_are_read_as_style_sheets_write_them() {
    assert_eq!(parse_colour("#87570a"), Some([0x87, 0x57, 0x0a]));
    for other in ["", "87570a", "#fff", "#12345g", "#é1234", "rgb(1, 2, 3)"] {
        assert_eq!(parse_colour(other), None, "{other}");
    }
}
