//! Spectra that the engine computes for pictures of the sound.

use futures_channel::oneshot;
use js_sys::Float32Array;
use wasm_bindgen::{JsCast, JsValue};

use super::{EngineClient, broken};
use crate::web::worker::protocol::{Failure, Request};

impl EngineClient {
    /// The power of every bin of each window of this many samples, window by window. The engine answers between the
    /// tiles of a song that it may be working on.
    pub async fn spectra(
        &self,
        windows: &[f32],
        window_length: usize,
    ) -> Result<Vec<f32>, Failure> {
        self.open().await?;
        let (sender, powers) = oneshot::channel();
        let windows = Float32Array::from(windows);
        self.send(&Request::Spectra { window_length }, &[windows.into()])
            .map_err(broken)?;
        self.0.spectra.borrow_mut().push_back(sender);
        powers.await.map_err(|_| Failure::cancelled())
    }

    pub(super) fn on_spectra(&self, attachments: &[JsValue]) {
        let powers = attachments.first().and_then(|powers| powers.dyn_ref());
        let sender = self.0.spectra.borrow_mut().pop_front();
        if let (Some(powers), Some(sender)) = (powers, sender) {
            // A picture that is not wanted any more has no receiver.
            drop(sender.send(Float32Array::to_vec(powers)));
        }
    }
}
