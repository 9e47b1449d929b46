//! Large files of the page's own origin, loaded by a worker (`public/loader.js`): reading, copying and compiling them
//! would hold up the page's own thread.

use futures_channel::mpsc;
use futures_util::StreamExt;
use gloo_events::{EventListener, EventListenerOptions};
use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, MessageEvent, Worker};

use super::{PlatformError, error::ignore, fetch::FetchError, site};

const SCRIPT: &str = "loader.js";

/// How far a download is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Bytes so far, after decompression.
    pub bytes: u64,
    /// Bytes in all, where the server says so and does not compress.
    pub total_bytes: Option<u64>,
}

/// Why a file could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// It could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// It was loaded, but does not compile.
    #[error("{0}")]
    Damaged(PlatformError),
}

/// A worker that loads; dropping it ends the worker.
pub struct Loader {
    worker: Worker,
    answers: mpsc::UnboundedReceiver<JsValue>,
    _listeners: [EventListener; 2],
}

impl Loader {
    /// Starts the worker.
    ///
    /// # Errors
    /// When the browser has no workers for the page.
    pub fn start() -> Result<Self, PlatformError> {
        let worker = Worker::new(&site::program_file(SCRIPT))?;
        let (sender, answers) = mpsc::unbounded();
        let to_page = sender.clone();
        // The receiver is gone once the loader is dropped.
        let message = EventListener::new(&worker, "message", move |event| {
            drop(to_page.unbounded_send(event.unchecked_ref::<MessageEvent>().data()));
        });
        let options = EventListenerOptions::enable_prevent_default();
        let error = EventListener::new_with_options(&worker, "error", options, move |event| {
            event.prevent_default();
            let answer = object(&[("cause", "the loading worker broke".into())]);
            drop(sender.unbounded_send(answer));
        });
        Ok(Self {
            worker,
            answers,
            _listeners: [message, error],
        })
    }

    /// A program, compiled; `progress` is called as its bytes arrive.
    ///
    /// # Errors
    /// When it cannot be fetched or does not compile.
    pub async fn program(
        &mut self,
        url: &str,
        progress: impl FnMut(Loaded),
    ) -> Result<JsValue, LoadError> {
        self.load(url, true, progress).await
    }

    /// A file; `progress` is called as its bytes arrive.
    ///
    /// # Errors
    /// When it cannot be fetched.
    pub async fn file(
        &mut self,
        url: &str,
        progress: impl FnMut(Loaded),
    ) -> Result<Blob, LoadError> {
        let file = self.load(url, false, progress).await?;
        Ok(file.unchecked_into())
    }

    async fn load(
        &mut self,
        url: &str,
        is_program: bool,
        mut progress: impl FnMut(Loaded),
    ) -> Result<JsValue, LoadError> {
        let unreachable = |cause| FetchError::Unreachable {
            url: url.to_owned(),
            cause,
        };
        progress(Loaded::default());
        // The worker would take it as relative to its own script.
        let address = site::absolute(url);
        let question = object(&[("url", address.into()), ("isProgram", is_program.into())]);
        self.worker
            .post_message(&question)
            .map_err(|error| unreachable(error.into()))?;
        while let Some(answer) = self.answers.next().await {
            if let Some(value) = member(&answer, "value") {
                return Ok(value);
            } else if let Some(status) = number(&answer, "status") {
                return Err(FetchError::of_status(url, status as u16).into());
            } else if let Some(words) = member(&answer, "damaged") {
                return Err(LoadError::Damaged(words.into()));
            } else if let Some(words) = member(&answer, "cause") {
                return Err(unreachable(words.into()).into());
            }
            progress(Loaded {
                bytes: number(&answer, "bytes").unwrap_or_default() as u64,
                total_bytes: number(&answer, "total").map(|total| total as u64),
            });
        }
        Err(unreachable(PlatformError::new("the loading worker is gone")).into())
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        // Setting a property of a new object does not fail.
        ignore(Reflect::set(&object, &(*name).into(), value));
    }
    object.into()
}

fn member(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &name.into()).ok()?;
    (!value.is_undefined()).then_some(value)
}

fn number(object: &JsValue, name: &str) -> Option<f64> {
    member(object, name)?.as_f64()
}
