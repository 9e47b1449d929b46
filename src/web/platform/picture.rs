//! Painting pixels onto a part of a canvas.

use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::PlatformError;

/// Paints RGBA pixels, row by row, over the columns of a canvas from `left` on, from its top.
pub fn put(
    canvas: &HtmlCanvasElement,
    left: usize,
    width: usize,
    pixels: &[u8],
) -> Result<(), PlatformError> {
    let context = canvas
        .get_context("2d")?
        .ok_or_else(|| PlatformError::new("this canvas cannot be drawn on"))?;
    let context: CanvasRenderingContext2d = context.unchecked_into();
    let image = ImageData::new_with_u8_clamped_array(Clamped(pixels), width as u32)?;
    Ok(context.put_image_data(&image, left as f64, 0.0)?)
}
