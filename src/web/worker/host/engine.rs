//! L7: the networks and the separator, for as long as the worker lives.

use std::ops::ControlFlow;

use js_sys::ArrayBuffer;
use wasm_bindgen::JsValue;

use super::{
    processor::{Processor, Weights},
    scope::Report,
    stems::StemBlobs,
};
use crate::{
    analysis::{self, InputError},
    audio::{self, AudioError, Recording, Waveform},
    model::ModelCard,
    separate::{FullBand, Observer, Original, SeparateError, Separator},
    web::{
        platform::clock,
        worker::{
            intake::Intake,
            program::Program,
            protocol::{Failure, FailureKind, Opened, Response, Stage},
        },
    },
};

/// The networks where they compute, and what is done with them.
pub(super) struct Engine<P> {
    separator: Separator<P>,
    card: ModelCard,
}

/// What the page gets for a finished job.
pub(super) struct Done {
    pub(super) response: Response,
    pub(super) attachments: Vec<JsValue>,
}

impl<P: Processor> Engine<P> {
    /// Opens what the program computes on.
    pub(super) async fn open(
        card_text: &str,
        weights: ArrayBuffer,
        threads: usize,
    ) -> Result<(Self, Opened), Failure> {
        let card = ModelCard::from_json(card_text).map_err(|error| model_failure(&error))?;
        let networks = Weights {
            card: &card,
            card_text,
            bytes: &weights,
        };
        let (processor, device) = P::open(networks, threads).await?;
        let opened = Opened {
            device,
            is_gpu: P::PROGRAM == Program::Gpu,
            model_id: card.id.clone(),
            notice: None,
        };
        let separator = Separator::new(processor, card.front_end.overlap_frames);
        Ok((Self { separator, card }, opened))
    }

    /// Takes a song from decoded audio to the page's answer.
    pub(super) async fn analyse(&self, intake: Intake, report: Report) -> Result<Done, Failure> {
        let started_secs = clock::now_secs();
        report.progress(Stage::Preparing, 0.0, None);
        clock::yield_now().await;
        let (mono, original) = intake.into_song();
        let song = prepare(mono)?;
        report.progress(Stage::Separating, 0.0, None);
        let mut full_band = match &original {
            Some(original) => {
                let files = StemBlobs::new(original).map_err(|error| input_failure(&error))?;
                Some(FullBand::new(original, files))
            }
            None => None,
        };
        let mut observer = TileObserver::new(report.clone(), self.separator.parallelism());
        let analysis = analysis::analyse_into(
            &mut full_band,
            &self.separator,
            &song,
            &self.card,
            &mut observer,
        )
        .await
        .map_err(|error| self.failure(&error))?;
        let length = original.as_ref().map_or(0, Original::length);
        let files = full_band.map(|full_band| full_band.into_sink().finish());
        let (stems, attachments) = match files.transpose() {
            Ok(Some((layout, files))) => (Some((layout, length)), files),
            Ok(None) => (None, Vec::new()),
            Err(error) => return Err(Failure::new(FailureKind::Engine, error.to_string())),
        };
        let response = Response::Done {
            id: report.id,
            analysis,
            stems,
            compute_secs: (clock::now_secs() - started_secs) as f32,
        };
        Ok(Done {
            response,
            attachments,
        })
    }

    fn failure(&self, error: &SeparateError) -> Failure {
        match error {
            SeparateError::Cancelled => Failure::cancelled(),
            SeparateError::Delivery(cause) => {
                Failure::new(FailureKind::Engine, sentence(&cause.to_string()))
            }
            SeparateError::Estimate(cause) => Failure::new(P::FAILURE, cause.to_string()),
        }
    }
}

/// Card or weights that cannot be used.
pub(super) fn model_failure(error: &dyn std::error::Error) -> Failure {
    Failure::new(FailureKind::Model, sentence(&error.to_string()))
}

fn prepare(recording: Recording) -> Result<Waveform, Failure> {
    let song =
        audio::to_model_rate(&recording).map_err(|error: AudioError| input_failure(&error))?;
    analysis::check_input(&song).map_err(|error: InputError| input_failure(&error))?;
    Ok(song)
}

fn input_failure(error: &dyn std::error::Error) -> Failure {
    Failure::new(FailureKind::Input, sentence(&error.to_string()))
}

/// "the song is silent" as "The song is silent."
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

/// Reports each tile, estimates the rest, and stops an unwanted job.
struct TileObserver {
    report: Report,
    lanes: usize,
    started_secs: f64,
}

impl TileObserver {
    fn new(report: Report, lanes: usize) -> Self {
        let started_secs = clock::now_secs();
        Self {
            report,
            lanes,
            started_secs,
        }
    }
}

impl Observer for TileObserver {
    async fn tile_done(&mut self, done: usize, total: usize) -> ControlFlow<()> {
        // The first round's tiles are computed together: one of them done means that all nearly are.
        let computed = done.max(self.lanes.min(total));
        let secs_a_tile = (clock::now_secs() - self.started_secs) / computed as f64;
        let secs_left = secs_a_tile * (total - done) as f64;
        let fraction = done as f32 / total as f32;
        match done == total {
            true => self.report.progress(Stage::Measuring, 0.0, None),
            false => self
                .report
                .progress(Stage::Separating, fraction, Some(secs_left as f32)),
        }
        clock::yield_now().await;
        match self.report.is_wanted() {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    }
}
