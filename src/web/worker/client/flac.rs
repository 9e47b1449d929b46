//! FLAC files, which the engine encodes.

use futures_channel::oneshot;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use super::{EngineClient, broken};
use crate::{
    audio::{FileTags, wav::Layout},
    web::worker::protocol::{Failure, FailureKind, JobId, Request},
};

/// Who waits for a file.
pub(super) struct Waiting {
    id: JobId,
    sender: oneshot::Sender<Result<Blob, Failure>>,
}

impl EngineClient {
    /// A file of samples that lie as in a WAV file of this layout, of integers.
    ///
    /// # Errors
    /// When the engine breaks, or the file does not fit FLAC or the disk.
    pub async fn flac(
        &self,
        layout: Layout,
        tags: FileTags,
        samples: &Blob,
    ) -> Result<Blob, Failure> {
        self.open().await?;
        let id = self.next_id();
        let request = Request::Flac { id, layout, tags };
        self.send(&request, &[samples.clone().into()])
            .map_err(broken)?;
        let (sender, file) = oneshot::channel();
        self.0.flacs.borrow_mut().push(Waiting { id, sender });
        file.await.map_err(broken)?
    }

    pub(super) fn on_flac(&self, id: JobId, failure: Option<String>, attachments: Vec<JsValue>) {
        let mut flacs = self.0.flacs.borrow_mut();
        let Some(place) = flacs.iter().position(|waiting| waiting.id == id) else {
            return;
        };
        let file = attachments.into_iter().next().map(JsCast::unchecked_into);
        let none = || Failure::new(FailureKind::Engine, failure.unwrap_or_default());
        // A file that is not wanted any more has nobody waiting.
        drop(flacs.swap_remove(place).sender.send(file.ok_or_else(none)));
    }
}
