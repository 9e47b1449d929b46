//! Rendering in portions, so that no single task holds the page up.

use leptos::prelude::*;

use crate::web::platform::clock;

/// Renders its children in a task of their own, after the one that mounts it.
#[component]
pub fn NextTask(children: ChildrenFn) -> impl IntoView {
    let is_time = RwSignal::new(false);
    clock::after_millis(0, move || {
        is_time.try_set(true);
    });
    move || is_time.get().then(|| children())
}
