//! The one place where JavaScript errors become Rust ones.

use wasm_bindgen::{JsCast, JsValue};

/// What the browser refused or failed to do, in the browser's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PlatformError(String);

impl PlatformError {
    /// An error in this crate's words.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl From<JsValue> for PlatformError {
    fn from(value: JsValue) -> Self {
        let message = if let Some(exception) = value.dyn_ref::<web_sys::DomException>() {
            format!("{}: {}", exception.name(), exception.message())
        } else if let Some(error) = value.dyn_ref::<js_sys::Error>() {
            String::from(error.message())
        } else {
            value.as_string().unwrap_or_else(|| format!("{value:?}"))
        };
        Self(message)
    }
}

/// For results whose failure has no consequence; a comment at the call says why.
pub(super) fn ignore<T>(_result: Result<T, JsValue>) {}
