//! Stems as the engine makes them, after a song's analysis.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use super::EngineClient;
use crate::{
    source::PerSource,
    web::{
        platform::{PlatformError, stems::StemFiles},
        worker::protocol::{JobId, StemsLayout},
    },
};

impl EngineClient {
    /// Where the stems of the current job will be, part by part.
    pub(super) fn expect_stems(&self, id: JobId, stems: StemsLayout) -> Option<StemFiles> {
        if !self.is_current(id) {
            return None;
        }
        let StemsLayout {
            layout,
            length,
            part_length,
        } = stems;
        let files = StemFiles::new(layout, length, part_length);
        self.0.stems.replace(Some((id, files.clone())));
        Some(files)
    }

    pub(super) fn on_stems(&self, id: JobId, attachments: Vec<JsValue>) {
        if !self.makes_stems_of(id) {
            return;
        }
        let files: Vec<Blob> = attachments
            .into_iter()
            .map(JsCast::unchecked_into)
            .collect();
        let Ok(files) = files.try_into() else {
            self.end_stems("the engine sent another number of stems");
            return;
        };
        let mut stems = self.0.stems.borrow_mut();
        if let Some((_, files_so_far)) = stems.as_ref() {
            files_so_far.push(PerSource(files));
        }
        stems.take_if(|(_, files)| files.made() >= 1.0);
    }

    pub(super) fn makes_stems_of(&self, id: JobId) -> bool {
        let stems = self.0.stems.borrow();
        stems.as_ref().is_some_and(|(of, _)| *of == id)
    }

    /// No more stems will come; the job they were of, if any were to.
    pub(super) fn end_stems(&self, cause: &str) -> Option<JobId> {
        let (id, files) = self.0.stems.take()?;
        files.fail(PlatformError::new(cause));
        Some(id)
    }
}
