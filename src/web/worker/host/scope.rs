//! The worker's own global scope, and the channel on which a job reports to the page.

use std::{cell::Cell, rc::Rc};

use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::web::worker::{
    handle::transfer_list,
    protocol::{self, JobId, Response, Stage},
};

fn global() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// The name this worker was started with.
pub(super) fn name() -> String {
    global().name()
}

/// Calls `on_message` with every message, for as long as the worker lives.
pub(super) fn listen(on_message: impl FnMut(JsValue) + 'static) {
    let mut on_message = on_message;
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        on_message(event.data())
    });
    global().set_onmessage(Some(listener.into_js_value().unchecked_ref()));
}

/// Sends a message to the page or engine that started this worker.
pub(super) fn say(head: &impl Serialize, attachments: &[JsValue]) {
    let sent = protocol::pack(head, attachments).and_then(|message| {
        Ok(global().post_message_with_transfer(&message, &transfer_list(attachments))?)
    });
    if let Err(error) = sent {
        throw(&error.to_string());
    }
}

/// Throws, so that the page or engine that started this worker gets an `error` event: for what must not happen.
pub(super) fn throw(message: &str) {
    wasm_bindgen::throw_str(message);
}

/// The channel on which a job reports to the page.
#[derive(Clone)]
pub(super) struct JobChannel {
    pub(super) id: JobId,
    wanted: Rc<Cell<Option<JobId>>>,
}

impl JobChannel {
    pub(super) fn new(id: JobId, wanted: Rc<Cell<Option<JobId>>>) -> Self {
        Self { id, wanted }
    }

    /// Whether the page still waits for this job.
    pub(super) fn is_wanted(&self) -> bool {
        self.wanted.get() == Some(self.id)
    }

    /// Tells the page how far the job is.
    pub(super) fn progress(&self, stage: Stage, fraction: f32, secs_left: Option<f32>) {
        let id = self.id;
        let response = Response::Progress {
            id,
            stage,
            fraction,
            secs_left,
        };
        say(&response, &[]);
    }
}
