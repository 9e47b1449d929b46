//! Registers the service worker that stores the site for offline use (`public/offline.js`), and follows its state.

use std::rc::Rc;

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ServiceWorkerContainer, ServiceWorkerRegistration};

use super::{clock::scope, error::ignore};

const WORKER: &str = "offline.js";

/// Whether the site works offline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfflineState {
    /// Its files are being stored.
    Underway,
    /// It does.
    Yes,
    /// It does, and a newer version is ready for the next visit.
    NewerWaits,
    /// This browser, its settings or the server do not allow it.
    No,
}

/// Stores the site; `report` is called with every change for as long as the page is open.
pub fn keep(report: impl Fn(OfflineState) + 'static) {
    let report: Rc<dyn Fn(OfflineState)> = Rc::new(report);
    spawn_local(async move {
        match register().await {
            Some(registration) => follow(&registration, report),
            None => report(OfflineState::No),
        }
    });
}

async fn register() -> Option<ServiceWorkerRegistration> {
    let navigator = scope().navigator();
    // Absent where the connection is not secure.
    let container = Reflect::get(&navigator, &"serviceWorker".into()).ok()?;
    let container: ServiceWorkerContainer = container.dyn_into().ok()?;
    Some(
        JsFuture::from(container.register(WORKER))
            .await
            .ok()?
            .unchecked_into(),
    )
}

/// Reports the state now and whenever a worker enters another one.
fn follow(registration: &ServiceWorkerRegistration, report: Rc<dyn Fn(OfflineState)>) {
    let tell: JsValue = {
        let registration = registration.clone();
        Closure::<dyn Fn()>::new(move || report(state(&registration))).into_js_value()
    };
    let tell: js_sys::Function = tell.unchecked_into();
    let watch = {
        let (registration, tell) = (registration.clone(), tell.clone());
        move || {
            if let Some(installing) = registration.installing() {
                installing.set_onstatechange(Some(&tell));
            }
            // A report that fails changes nothing.
            ignore(tell.call0(&JsValue::NULL));
        }
    };
    watch();
    let watch = Closure::<dyn Fn()>::new(watch).into_js_value();
    registration.set_onupdatefound(Some(watch.unchecked_ref()));
}

fn state(registration: &ServiceWorkerRegistration) -> OfflineState {
    let is_active = registration.active().is_some();
    match (is_active, registration.waiting().is_some()) {
        (true, true) => OfflineState::NewerWaits,
        (true, false) => OfflineState::Yes,
        // A worker that is waiting without one before it becomes active at once.
        _ if registration.installing().is_some() || registration.waiting().is_some() => {
            OfflineState::Underway
        }
        _ => OfflineState::No,
    }
}
