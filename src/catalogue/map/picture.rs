//! Rasterises the map. Fifty thousand points take a few milliseconds here, but longer than a frame as calls to a
//! canvas.

use super::{MapPoint, Viewport};
use crate::source::PerSource;

/// Red, green and blue.
pub type Colour = [u8; 3];

/// Parses a colour as `#rrggbb`.
pub fn parse_colour(text: &str) -> Option<Colour> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let channel = |from: usize| u8::from_str_radix(digits.get(from..from + 2)?, 16).ok();
    Some([channel(0)?, channel(2)?, channel(4)?])
}

/// Opacity of points, of 256: overlapping points look denser.
const OPACITY: u32 = 176;

/// An RGBA image in rows from the top; the alpha is always 255.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    width: usize,
    height: usize,
    bytes: Vec<u8>,
}

impl Picture {
    /// The bytes, row by row.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Pixels in a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Paints the points in the viewport as discs of this radius in pixels, in the colours of their leading sources.
    pub fn paint(
        &mut self,
        points: &[MapPoint],
        viewport: &Viewport,
        radius: f32,
        palette: &Palette,
    ) {
        self.clear(viewport.size(), palette.ground);
        let reach = radius.ceil() as isize;
        let rows: Vec<(isize, isize)> = (-reach..=reach)
            .filter_map(|dy| {
                let square = radius * radius - (dy * dy) as f32;
                (square >= 0.0).then(|| (dy, square.sqrt() as isize))
            })
            .collect();
        for point in points {
            let [x, y] = viewport
                .to_pixel(point.at)
                .map(|pixel| pixel.round() as isize);
            let is_seen = |at: isize, size: usize| at >= -reach && at < size as isize + reach;
            if is_seen(x, self.width) && is_seen(y, self.height) {
                let colour = palette.sources[point.leading];
                for &(dy, half) in &rows {
                    self.blend_row(y + dy, x - half, x + half + 1, colour);
                }
            }
        }
    }

    fn clear(&mut self, [width, height]: [f32; 2], [red, green, blue]: Colour) {
        (self.width, self.height) = (width as usize, height as usize);
        self.bytes.resize(self.width * self.height * 4, 0);
        let pixel = [red, green, blue, u8::MAX];
        self.bytes
            .chunks_exact_mut(4)
            .for_each(|bytes| bytes.copy_from_slice(&pixel));
    }

    /// Blends a colour over the pixels `from..to` of a row, clipped to the picture.
    fn blend_row(&mut self, y: isize, from: isize, to: isize, colour: Colour) {
        if y < 0 || y >= self.height as isize {
            return;
        }
        let within = |x: isize| x.clamp(0, self.width as isize) as usize;
        let start = y as usize * self.width;
        let (from, to) = ((start + within(from)) * 4, (start + within(to)) * 4);
        for pixel in self.bytes[from..to].chunks_exact_mut(4) {
            for (below, above) in pixel.iter_mut().zip(colour) {
                let mixed = u32::from(*below) * (256 - OPACITY) + u32::from(above) * OPACITY;
                *below = (mixed >> 8) as u8;
            }
        }
    }
}

/// Colours of the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Palette {
    /// Background.
    pub ground: Colour,
    /// Songs, by their leading source.
    pub sources: PerSource<Colour>,
}
