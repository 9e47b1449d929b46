//! Tags of audio files, as the engine reads them.

use futures_channel::oneshot;
use js_sys::Uint8Array;

use super::{EngineClient, broken};
use crate::web::worker::protocol::{Failure, Request, Tags};

/// An engine may be ended for another's sake while it is asked; one that breaks twice breaks at the file.
const ATTEMPTS: u32 = 2;

impl EngineClient {
    /// The tags of a file of `length` bytes that begins with `head` and ends with `tail`: none where the file has none,
    /// or where the engine does not get through them.
    ///
    /// # Errors
    /// When the engine cannot be started.
    pub async fn tags(&self, length: u64, head: &[u8], tail: &[u8]) -> Result<Tags, Failure> {
        for _ in 0..ATTEMPTS {
            self.open().await?;
            let (sender, tags) = oneshot::channel();
            let ends = [head, tail].map(|bytes| Uint8Array::from(bytes).buffer().into());
            self.send(&Request::Tags { length }, &ends)
                .map_err(broken)?;
            self.0.tags.borrow_mut().push_back(sender);
            if let Ok(tags) = tags.await {
                return Ok(tags);
            }
        }
        Ok(Tags::default())
    }

    pub(super) fn on_tags(&self, tags: Tags) {
        let sender = self.0.tags.borrow_mut().pop_front();
        if let Some(sender) = sender {
            // A file that was abandoned has no receiver any more.
            drop(sender.send(tags));
        }
    }
}
