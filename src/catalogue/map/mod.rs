//! L5: all songs as points of a plane: where each lies ([`Projection`]), what part of the plane is seen ([`Viewport`]),
//! what pointers change about that ([`Hands`]), and the picture of it ([`Picture`]).

mod hands;
mod picture;
mod projection;
mod viewport;

pub use hands::Hands;
pub use picture::{Colour, Palette, Picture, parse_colour};
pub use projection::Projection;
pub use viewport::Viewport;

use crate::source::{PerSource, Source};

/// A song on the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// Where it lies, in the units of the shares.
    pub at: [f32; 2],
    /// The source of which it has the most beyond the songs' average: what colours it.
    pub leading: Source,
}

/// Every song of a collection on its map.
#[derive(Clone, Debug, PartialEq)]
pub struct SongMap {
    /// How shares become places.
    pub projection: Projection,
    /// The songs, in their order.
    pub spots: Vec<Spot>,
}

impl SongMap {
    /// Lays out songs by their shares.
    pub fn new<'a>(songs: impl Iterator<Item = &'a PerSource<f32>> + Clone) -> Self {
        let projection = Projection::of(songs.clone());
        let spots = songs.map(|song| projection.spot(song)).collect();
        Self { projection, spots }
    }

    /// Positions of the `count` songs nearest to a place, the nearest first.
    pub fn nearest(&self, to: [f32; 2], count: usize) -> Vec<usize> {
        let square = |&index: &usize| {
            let [x, y] = self.spots[index].at;
            (x - to[0]).powi(2) + (y - to[1]).powi(2)
        };
        let mut indices: Vec<usize> = (0..self.spots.len()).collect();
        let nearer = |a: &usize, b: &usize| square(a).total_cmp(&square(b)).then(a.cmp(b));
        if count > 0 && count < indices.len() {
            indices.select_nth_unstable_by(count - 1, nearer);
        }
        indices.truncate(count);
        indices.sort_unstable_by(nearer);
        indices
    }

    /// The song nearest to a place, if one lies within `radius`.
    pub fn hit(&self, at: [f32; 2], radius: f32) -> Option<usize> {
        let square = |spot: &Spot| (spot.at[0] - at[0]).powi(2) + (spot.at[1] - at[1]).powi(2);
        let nearest = self
            .spots
            .iter()
            .map(square)
            .enumerate()
            .min_by(|(_, a), (_, b)| a.total_cmp(b));
        nearest
            .filter(|&(_, square)| square <= radius * radius)
            .map(|(index, _)| index)
    }

    /// The least and the greatest coordinates, `[left, bottom, right, top]`.
    pub fn bounds(&self) -> [f32; 4] {
        let empty = [
            f32::INFINITY,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::NEG_INFINITY,
        ];
        self.spots
            .iter()
            .fold(empty, |[left, bottom, right, top], spot| {
                let [x, y] = spot.at;
                [left.min(x), bottom.min(y), right.max(x), top.max(y)]
            })
    }
}

#[cfg(test)]
mod tests;
