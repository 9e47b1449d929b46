//! A started worker (engine or helper), seen from the thread that started it.

use gloo_events::{EventListener, EventListenerOptions};
use js_sys::{Array, Float32Array};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, Event, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::{
    engine_kind::EngineKind,
    protocol::{self, WorkerKind},
};
use crate::web::platform::{PlatformError, site};

/// Starts an engine's wasm.
const SCRIPT: &str = "engine.js";

/// A running worker; dropping it ends the worker.
pub(super) struct WorkerHandle {
    worker: Worker,
    _listeners: [EventListener; 2],
}

impl WorkerHandle {
    /// Starts a worker on a program that is compiled already. `on_message` gets what it says, `on_crash` why it broke.
    pub(super) fn start(
        role: WorkerKind,
        program: EngineKind,
        module: &JsValue,
        on_message: impl FnMut(JsValue) + 'static,
        on_crash: impl FnMut(String) + 'static,
    ) -> Result<Self, PlatformError> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(role.name());
        let worker = Worker::new_with_options(&site::program_file(SCRIPT), &options)?;
        let (mut on_message, mut on_crash) = (on_message, on_crash);
        let message = EventListener::new(&worker, "message", move |event| {
            on_message(event.unchecked_ref::<MessageEvent>().data());
        });
        let options = EventListenerOptions::enable_prevent_default();
        let error = EventListener::new_with_options(&worker, "error", options, move |event| {
            event.prevent_default();
            on_crash(crash_message(event));
        });
        worker.post_message(&Array::of2(&program.name().into(), module))?;
        Ok(Self {
            worker,
            _listeners: [message, error],
        })
    }

    /// Sends a message; buffers of `Float32Array` and `ArrayBuffer` attachments are transferred.
    pub(super) fn send(
        &self,
        head: &impl Serialize,
        attachments: &[JsValue],
    ) -> Result<(), PlatformError> {
        let message = protocol::pack(head, attachments)?;
        Ok(self
            .worker
            .post_message_with_transfer(&message, &transfer_list(attachments))?)
    }
}

impl Drop for WorkerHandle {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// The buffers among the attachments.
pub(super) fn transfer_list(attachments: &[JsValue]) -> Array {
    attachments
        .iter()
        .filter_map(|attachment| match attachment.dyn_ref::<Float32Array>() {
            Some(samples) => Some(samples.buffer().into()),
            None => attachment
                .is_instance_of::<js_sys::ArrayBuffer>()
                .then(|| attachment.clone()),
        })
        .collect()
}

/// A script that could not be loaded raises a bare event without words.
fn crash_message(event: &Event) -> String {
    let words = event
        .dyn_ref::<ErrorEvent>()
        .map(ErrorEvent::message)
        .unwrap_or_default();
    match words.is_empty() {
        true => "the engine's script could not be loaded".to_owned(),
        false => words,
    }
}
