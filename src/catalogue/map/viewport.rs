//! L5: which part of the map is seen, and how large.

/// Share of the picture's smaller side that is left free around all songs.
const MARGIN: f32 = 0.06;

/// Furthest that one can go in, in pixels a unit (a unit is a share of the whole time).
const MAX_SCALE: f32 = 60_000.0;

/// Furthest out, as a share of the scale at which all songs fit.
const MIN_ZOOM: f32 = 0.5;

/// A rectangle of pixels over the map's plane. Pixels count from the upper left, the map's second axis points up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    size: [f32; 2],
    centre: [f32; 2],
    scale: f32,
    fitting_scale: f32,
}

impl Viewport {
    /// All of `bounds` (`[left, bottom, right, top]`) in a picture of this many pixels.
    pub fn fitting(size: [f32; 2], bounds: [f32; 4]) -> Self {
        let [left, bottom, right, top] = match bounds.iter().all(|value| value.is_finite()) {
            true => bounds,
            false => [-1.0, -1.0, 1.0, 1.0],
        };
        let free = 2.0 * MARGIN * size[0].min(size[1]);
        // A single point has no extent, but has to be seen.
        let extent = [(right - left).max(0.02), (top - bottom).max(0.02)];
        let scale = ((size[0] - free) / extent[0]).min((size[1] - free) / extent[1]);
        let scale = scale.clamp(1.0, MAX_SCALE);
        Self {
            size,
            centre: [(left + right) / 2.0, (bottom + top) / 2.0],
            scale,
            fitting_scale: scale,
        }
    }

    /// Width and height in pixels.
    pub fn size(&self) -> [f32; 2] {
        self.size
    }

    /// The place in the middle.
    pub fn centre(&self) -> [f32; 2] {
        self.centre
    }

    /// How many times larger than when all songs fit.
    pub fn zoom(&self) -> f32 {
        self.scale / self.fitting_scale
    }

    /// The pixel of a place.
    pub fn to_pixel(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        [
            self.size[0] / 2.0 + (x - self.centre[0]) * self.scale,
            self.size[1] / 2.0 - (y - self.centre[1]) * self.scale,
        ]
    }

    /// The place of a pixel.
    pub fn to_place(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        [
            self.centre[0] + (x - self.size[0] / 2.0) / self.scale,
            self.centre[1] - (y - self.size[1] / 2.0) / self.scale,
        ]
    }

    /// So many pixels as lengths on the map.
    pub fn length(&self, pixels: f32) -> f32 {
        pixels / self.scale
    }

    /// Larger or smaller by a factor, with the place under `pixel` staying where it is.
    pub fn zoomed(&self, factor: f32, pixel: [f32; 2]) -> Self {
        let place = self.to_place(pixel);
        let scale = (self.scale * factor).clamp(self.fitting_scale * MIN_ZOOM, MAX_SCALE);
        let zoomed = Self { scale, ..*self };
        let there = zoomed.to_place(pixel);
        Self {
            centre: [
                zoomed.centre[0] + place[0] - there[0],
                zoomed.centre[1] + place[1] - there[1],
            ],
            ..zoomed
        }
    }

    /// Moved with what is seen, as a hand moves a sheet.
    pub fn dragged(&self, [dx, dy]: [f32; 2]) -> Self {
        Self {
            centre: [
                self.centre[0] - dx / self.scale,
                self.centre[1] + dy / self.scale,
            ],
            ..*self
        }
    }

    /// The same zoom around another place.
    pub fn centred_on(&self, place: [f32; 2]) -> Self {
        Self {
            centre: place,
            ..*self
        }
    }

    /// The same place and zoom in a picture of another size.
    pub fn resized(&self, size: [f32; 2], bounds: [f32; 4]) -> Self {
        let fitting = Self::fitting(size, bounds);
        Self {
            centre: self.centre,
            scale: (fitting.scale * self.zoom()).min(MAX_SCALE),
            ..fitting
        }
    }
}
