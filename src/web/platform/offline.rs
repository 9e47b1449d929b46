//! L7: the service worker that keeps the site for use without a network (`public/offline.js`), seen from the page.

use std::rc::Rc;

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ServiceWorkerContainer, ServiceWorkerRegistration};

use super::{clock::scope, error::ignore};

const WORKER: &str = "offline.js";

/// Whether the site is there without a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Its files are being put aside.
    Underway,
    /// It is.
    Yes,
    /// It is, and a newer version waits for the next visit.
    NewerWaits,
    /// This browser, its settings or the server do not allow it.
    No,
}

/// Has the site kept; `report` hears of every change for as long as the page is open.
pub fn keep(report: impl Fn(Kept) + 'static) {
    let report: Rc<dyn Fn(Kept)> = Rc::new(report);
    spawn_local(async move {
        match register().await {
            Some(registration) => follow(&registration, report),
            None => report(Kept::No),
        }
    });
}

async fn register() -> Option<ServiceWorkerRegistration> {
    let navigator = scope().navigator();
    // Not there where the connection is not secure.
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
fn follow(registration: &ServiceWorkerRegistration, report: Rc<dyn Fn(Kept)>) {
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

fn state(registration: &ServiceWorkerRegistration) -> Kept {
    let is_active = registration.active().is_some();
    match (is_active, registration.waiting().is_some()) {
        (true, true) => Kept::NewerWaits,
        (true, false) => Kept::Yes,
        // A worker that is waiting without one before it becomes active at once.
        _ if registration.installing().is_some() || registration.waiting().is_some() => {
            Kept::Underway
        }
        _ => Kept::No,
    }
}
