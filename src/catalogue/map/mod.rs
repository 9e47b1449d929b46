//! All songs as points of a plane: their positions ([`Projection`]), the visible part of the plane ([`Viewport`]),
//! gestures that change it ([`Gesture`]), and the rendered picture ([`Picture`]).

mod gesture;
mod picture;
mod projection;
mod viewport;

pub use gesture::Gesture;
pub use picture::{Colour, Palette, Picture, parse_colour};
pub use projection::Projection;
pub use viewport::Viewport;

use crate::source::{PerSource, Source};

/// A song on the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MapPoint {
    /// Its position, in units of the shares.
    pub at: [f32; 2],
    /// The source with the largest share above the songs' average, which decides the colour.
    pub leading: Source,
}

/// The map of a collection.
#[derive(Clone, Debug, PartialEq)]
pub struct SongMap {
    /// Projection of shares to positions.
    pub projection: Projection,
    /// The songs, in their order.
    pub points: Vec<MapPoint>,
}

impl SongMap {
    /// Lays out songs by their shares.
    pub fn new<'a>(songs: impl Iterator<Item = &'a PerSource<f32>> + Clone) -> Self {
        let projection = Projection::of(songs.clone());
        let points = songs.map(|song| projection.point(song)).collect();
        Self { projection, points }
    }

    /// Indices of the `count` songs nearest to a position, nearest first.
    pub fn nearest(&self, to: [f32; 2], count: usize) -> Vec<usize> {
        let square = |&index: &usize| {
            let [x, y] = self.points[index].at;
            (x - to[0]).powi(2) + (y - to[1]).powi(2)
        };
        let mut indices: Vec<usize> = (0..self.points.len()).collect();
        let nearer = |a: &usize, b: &usize| square(a).total_cmp(&square(b)).then(a.cmp(b));
        if count > 0 && count < indices.len() {
            indices.select_nth_unstable_by(count - 1, nearer);
        }
        indices.truncate(count);
        indices.sort_unstable_by(nearer);
        indices
    }

    /// Index of the song nearest to a position, if one is within `radius`.
    pub fn hit(&self, at: [f32; 2], radius: f32) -> Option<usize> {
        let square =
            |point: &MapPoint| (point.at[0] - at[0]).powi(2) + (point.at[1] - at[1]).powi(2);
        let nearest = self
            .points
            .iter()
            .map(square)
            .enumerate()
            .min_by(|(_, a), (_, b)| a.total_cmp(b));
        nearest
            .filter(|&(_, square)| square <= radius * radius)
            .map(|(index, _)| index)
    }

    /// The bounding box of all songs, `[left, bottom, right, top]`.
    pub fn bounds(&self) -> [f32; 4] {
        let empty = [
            f32::INFINITY,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::NEG_INFINITY,
        ];
        self.points
            .iter()
            .fold(empty, |[left, bottom, right, top], point| {
                let [x, y] = point.at;
                [left.min(x), bottom.min(y), right.max(x), top.max(y)]
            })
    }
}

#[cfg(test)]
mod tests;
