//! Sends one song to the engine and waits for its result.

use std::rc::Rc;

use futures_channel::oneshot;
use web_sys::AudioBuffer;

use super::{AnalysisProgress, EngineClient, Finished, Job, MusicToCome, broken, end};
use crate::{
    analysis::Analysis,
    web::{
        platform::{PlatformError, clock, memory, stems::StemFiles},
        worker::protocol::{Failure, JobId, JobOutput, Opened, Request},
    },
};

/// Samples of all channels in one message: few enough that copying them causes no delay on the page.
const SAMPLES_PER_MESSAGE: u32 = 1 << 19;

/// What the engine sends of a finished job.
pub(super) struct JobResult {
    pub(super) analysis: Analysis,
    pub(super) stems: Option<StemFiles>,
    pub(super) music: Option<MusicToCome>,
    pub(super) compute_secs: f32,
}

impl JobResult {
    /// The same for the page, with the device.
    pub(super) fn finished(self, opened: Opened) -> Finished {
        Finished {
            analysis: self.analysis,
            stems: self.stems,
            music: self.music,
            compute_secs: self.compute_secs,
            opened,
        }
    }
}

impl EngineClient {
    /// Sends a song, frees it and waits for the answer; `None` if the engine was restarted meanwhile.
    pub(super) async fn attempt(
        &self,
        audio: &AudioBuffer,
        wanted: JobOutput,
        on_progress: Rc<dyn Fn(AnalysisProgress)>,
    ) -> Result<Option<JobResult>, Failure> {
        let id = self.next_id();
        let (sender, result) = oneshot::channel();
        let job = Job {
            id,
            result: sender,
            on_progress,
        };
        if let Some(former) = self.0.job.borrow_mut().replace(job) {
            end(former, Err(Failure::cancelled()));
        }
        self.send_audio(id, wanted, audio).await.map_err(broken)?;
        memory::free_audio(audio);
        result.await.ok().transpose()
    }

    /// Ends the current job, if there is one.
    pub(super) fn end_job(&self, failure: Failure) -> Option<JobId> {
        let job = self.0.job.borrow_mut().take()?;
        let id = job.id;
        end(job, Err(failure));
        Some(id)
    }

    /// Sends the samples in pieces, giving the page its turn between them.
    async fn send_audio(
        &self,
        id: JobId,
        wanted: JobOutput,
        audio: &AudioBuffer,
    ) -> Result<(), PlatformError> {
        let request = Request::Analyse {
            id,
            wanted,
            sample_rate: audio.sample_rate() as u32,
            samples: audio.length() as usize,
        };
        self.send(&request, &[])?;
        let samples_per_channel = SAMPLES_PER_MESSAGE / audio.number_of_channels().max(1);
        let mut start = 0;
        while start < audio.length() && self.is_current(id) {
            let length = samples_per_channel.min(audio.length() - start);
            let mut pieces = Vec::new();
            for channel in 0..audio.number_of_channels() {
                let piece = js_sys::Float32Array::new_with_length(length);
                audio.copy_from_channel_with_f32_array_and_start_in_channel(
                    &piece,
                    channel as i32,
                    start,
                )?;
                pieces.push(piece.into());
            }
            self.send(&Request::Samples { id }, &pieces)?;
            start += length;
            clock::yield_now().await;
        }
        Ok(())
    }
}
