//! The visible part of the map and its zoom.

/// Margin around all songs, as a share of the picture's smaller side.
const MARGIN: f32 = 0.06;

/// Maximum zoom in pixels a unit.
const MAX_SCALE: f32 = 60_000.0;

/// Minimum zoom, relative to the scale at which all songs fit.
const MIN_ZOOM: f32 = 0.5;

/// A viewport on the map's plane. Pixels count from the upper left; the map's second axis points up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    size: [f32; 2],
    centre: [f32; 2],
    scale: f32,
    fitting_scale: f32,
}

impl Viewport {
    /// A viewport of this size in pixels that shows all of `bounds` (`[left, bottom, right, top]`).
    pub fn fitting(size: [f32; 2], bounds: [f32; 4]) -> Self {
        let [left, bottom, right, top] = match bounds.iter().all(|value| value.is_finite()) {
            true => bounds,
            false => [-1.0, -1.0, 1.0, 1.0],
        };
        let free = 2.0 * MARGIN * size[0].min(size[1]);
        // A single point has no extent.
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

    /// The position in the centre.
    pub fn centre(&self) -> [f32; 2] {
        self.centre
    }

    /// Zoom relative to the scale at which all songs fit.
    pub fn zoom(&self) -> f32 {
        self.scale / self.fitting_scale
    }

    /// The pixel of a position.
    pub fn to_pixel(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        [
            self.size[0] / 2.0 + (x - self.centre[0]) * self.scale,
            self.size[1] / 2.0 - (y - self.centre[1]) * self.scale,
        ]
    }

    /// The position of a pixel.
    pub fn to_place(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        [
            self.centre[0] + (x - self.size[0] / 2.0) / self.scale,
            self.centre[1] - (y - self.size[1] / 2.0) / self.scale,
        ]
    }

    /// A length in pixels as a length on the map.
    pub fn length(&self, pixels: f32) -> f32 {
        pixels / self.scale
    }

    /// Zoomed by a factor around `pixel`.
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

    /// Panned by a number of pixels.
    pub fn dragged(&self, [dx, dy]: [f32; 2]) -> Self {
        Self {
            centre: [
                self.centre[0] - dx / self.scale,
                self.centre[1] + dy / self.scale,
            ],
            ..*self
        }
    }

    /// The same zoom centred on another position.
    pub fn centred_on(&self, place: [f32; 2]) -> Self {
        Self {
            centre: place,
            ..*self
        }
    }

    /// The same centre and zoom in another size.
    pub fn resized(&self, size: [f32; 2], bounds: [f32; 4]) -> Self {
        let fitting = Self::fitting(size, bounds);
        Self {
            centre: self.centre,
            scale: (fitting.scale * self.zoom()).min(MAX_SCALE),
            ..fitting
        }
    }
}
