//! Time, waiting, and yielding to the browser's event loop; the same in a window and in a worker.

use gloo_timers::future::TimeoutFuture;
use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageChannel, Window};

use super::error::ignore;

/// The global scope. Windows and workers share the members used here, and web-sys calls members by name, so that a
/// worker's scope may pass as a window.
pub(super) fn scope() -> Window {
    js_sys::global().unchecked_into()
}

/// Seconds since the page or worker started.
pub fn now_secs() -> f64 {
    scope()
        .performance()
        .map_or(0.0, |performance| performance.now() / 1000.0)
}

/// Milliseconds since 1970, by the machine's clock.
pub fn epoch_millis() -> f64 {
    js_sys::Date::now()
}

/// Waits at least this long.
pub async fn sleep_millis(millis: u32) {
    TimeoutFuture::new(millis).await;
}

/// Calls back after this long.
pub fn after_millis(millis: u32, callback: impl FnOnce() + 'static) {
    wasm_bindgen_futures::spawn_local(async move {
        sleep_millis(millis).await;
        callback();
    });
}

/// Lets the browser handle waiting tasks (input, messages), then continues. Unlike a timer it is not slowed in
/// background tabs.
pub async fn yield_now() {
    let Ok(channel) = MessageChannel::new() else {
        return sleep_millis(0).await;
    };
    let promise =
        Promise::new(&mut |resolve: Function, _| channel.port1().set_onmessage(Some(&resolve)));
    if channel.port2().post_message(&JsValue::NULL).is_ok() {
        ignore(JsFuture::from(promise).await);
    }
    channel.port1().set_onmessage(None);
    channel.port1().close();
}

/// Calls back when the browser is idle (or soon, where it cannot tell).
pub fn when_idle(callback: impl FnOnce() + 'static) {
    let callback = Closure::once_into_js(callback);
    let window = scope();
    let has_idle = js_sys::Reflect::has(&window, &"requestIdleCallback".into()).unwrap_or(false);
    let function: &Function = callback.unchecked_ref();
    if !(has_idle && window.request_idle_callback(function).is_ok()) {
        ignore(window.set_timeout_with_callback_and_timeout_and_arguments_0(function, 200));
    }
}
