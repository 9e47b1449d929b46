//! A canvas at the screen's own resolution.

use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, ImageData, PointerEvent};

use super::{PlatformError, clock::scope, error::ignore};

/// A canvas in the document.
pub struct Canvas {
    element: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
}

impl Canvas {
    /// Takes an element to draw on.
    ///
    /// # Errors
    /// When the canvas has no drawing context.
    pub fn new(element: HtmlCanvasElement) -> Result<Self, PlatformError> {
        let context = element
            .get_context("2d")?
            .ok_or_else(|| PlatformError::new("this canvas has no drawing context"))?
            .unchecked_into();
        Ok(Self { element, context })
    }

    /// Device pixels per CSS pixel.
    pub fn pixel_ratio() -> f32 {
        scope().device_pixel_ratio().max(1.0) as f32
    }

    /// The canvas's size on the screen, in device pixels.
    pub fn size_on_screen(&self) -> [f32; 2] {
        let bounds = self.element.get_bounding_client_rect();
        let pixels = |length: f64| (length as f32 * Self::pixel_ratio()).round().max(1.0);
        [pixels(bounds.width()), pixels(bounds.height())]
    }

    /// Shows these pixels (four bytes each, rows of `width`), and gives the canvas their size.
    pub fn put(&self, bytes: &[u8], width: usize) -> Result<(), PlatformError> {
        let image = ImageData::new_with_u8_clamped_array(Clamped(bytes), width as u32)?;
        if (self.element.width(), self.element.height()) != (image.width(), image.height()) {
            self.element.set_width(image.width());
            self.element.set_height(image.height());
        }
        self.context.put_image_data(&image, 0.0, 0.0)?;
        Ok(())
    }

    /// Draws a circle.
    pub fn ring(&self, [x, y]: [f32; 2], radius: f32, thickness: f32, colour: [u8; 3]) {
        let [red, green, blue] = colour;
        self.context
            .set_stroke_style_str(&format!("rgb({red} {green} {blue})"));
        self.context.set_line_width(thickness.into());
        self.context.begin_path();
        let turn = std::f64::consts::TAU;
        // A circle of positive radius is never refused.
        ignore(
            self.context
                .arc(x.into(), y.into(), radius.into(), 0.0, turn),
        );
        self.context.stroke();
    }
}

/// The value of a custom property of the page's style, such as `--ink`.
pub fn style_value(name: &str) -> String {
    let root = scope()
        .document()
        .and_then(|document| document.document_element());
    let style = root.and_then(|root| scope().get_computed_style(&root).ok().flatten());
    let value = style.and_then(|style| style.get_property_value(name).ok());
    value.unwrap_or_default().trim().to_owned()
}

/// Where in its element an event happened, in device pixels.
pub fn pointed_at(element: &Element, client_x: i32, client_y: i32) -> [f32; 2] {
    let bounds = element.get_bounding_client_rect();
    let from = |client: i32, edge: f64| (f64::from(client) - edge) as f32 * Canvas::pixel_ratio();
    [from(client_x, bounds.left()), from(client_y, bounds.top())]
}

/// Sends the pointer's events to the element until it is released, wherever it moves.
pub fn capture(element: &Element, event: &PointerEvent) {
    // A pointer that is gone already needs no capture.
    ignore(element.set_pointer_capture(event.pointer_id()));
}

/// Whether the element has the keyboard focus.
pub fn has_focus(element: &Element) -> bool {
    let active = scope()
        .document()
        .and_then(|document| document.active_element());
    active.is_some_and(|active| active == *element)
}
