//! The graphics adapter that WebGPU would use, found out before a device is opened on it.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::clock::scope;

/// Names of software adapters: Chromium's SwiftShader (vendor "google"), Mesa's llvmpipe and
/// softpipe, Windows' WARP ("Microsoft Basic Render Driver").
const SOFTWARE_NAMES: [&str; 6] = [
    "swiftshader",
    "llvmpipe",
    "softpipe",
    "lavapipe",
    "basic render",
    "software",
];

/// What WebGPU runs on here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Adapter {
    /// No WebGPU, or no adapter.
    None,
    /// Emulated on the processor: correct, and slower than computing on the processor directly.
    Software(String),
    /// A graphics card, with the name that the browser reveals.
    Hardware(String),
}

impl Adapter {
    /// What the browser calls it.
    pub fn name(self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Software(name) | Self::Hardware(name) => Some(name),
        }
    }
}

/// Asks the browser for its preferred adapter.
pub async fn find_adapter() -> Adapter {
    let Some(adapter) = request_adapter().await else {
        return Adapter::None;
    };
    let info = property(&adapter, "info").unwrap_or(JsValue::UNDEFINED);
    let text = |key| {
        property(&info, key)
            .and_then(|value| value.as_string())
            .unwrap_or_default()
    };
    let names = ["vendor", "architecture", "device", "description"].map(text);
    let is_fallback = [&info, &adapter]
        .into_iter()
        .any(|object| property(object, "isFallbackAdapter").is_some_and(|flag| flag.is_truthy()));
    describe(&names, is_fallback)
}

/// Judges an adapter by its vendor, architecture, device and description.
pub fn describe(names: &[String; 4], is_fallback: bool) -> Adapter {
    let [vendor, architecture, device, description] = names;
    let name = match (description.is_empty(), device.is_empty()) {
        (false, _) => description.clone(),
        (true, false) => format!("{vendor} {device}"),
        (true, true) => format!("{vendor} {architecture}"),
    };
    let name = name.trim().to_owned();
    let everything = names.join(" ").to_lowercase();
    let is_software = SOFTWARE_NAMES
        .iter()
        .any(|software| everything.contains(software));
    match is_fallback || is_software || vendor.eq_ignore_ascii_case("google") {
        true => Adapter::Software(name),
        false => Adapter::Hardware(name),
    }
}

async fn request_adapter() -> Option<JsValue> {
    let gpu = property(&property(&scope(), "navigator")?, "gpu")?;
    let request: Function = property(&gpu, "requestAdapter")?.dyn_into().ok()?;
    let options = Object::new();
    Reflect::set(
        &options,
        &"powerPreference".into(),
        &"high-performance".into(),
    )
    .ok()?;
    let answer: Promise = request.call1(&gpu, &options).ok()?.dyn_into().ok()?;
    let adapter = JsFuture::from(answer).await.ok()?;
    (!adapter.is_null()).then_some(adapter)
}

fn property(object: &JsValue, key: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &key.into()).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}
