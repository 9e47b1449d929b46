//! L7: device, network and separator, for as long as the worker lives.

use std::ops::ControlFlow;

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::JsValue;

use super::{music::Material, pool::Pool, scope::Report, stems::StemBlobs};
use crate::{
    analysis::{self, InputError},
    audio::{self, AudioError, Recording, Waveform},
    compute::{self, ComputeDevice},
    model::{ModelCard, weights},
    separate::{
        EstimateError, FullBand, LocalEstimator, Observer, Original, SeparateError, Separator,
        TileEstimate, TileEstimator,
    },
    web::{
        platform::{clock, gpu},
        worker::{
            intake::Intake,
            protocol::{DevicePreference, Failure, FailureKind, Opened, Response, Stage},
        },
    },
};

/// An opened device with the network on it.
pub(super) struct Engine {
    separator: Separator<Estimator>,
    card: ModelCard,
    lanes: usize,
    failure_kind: FailureKind,
}

/// What the page gets for a finished job.
pub(super) struct Done {
    pub(super) response: Response,
    pub(super) attachments: Vec<JsValue>,
    /// Where stems were wanted.
    pub(super) music: Option<Material>,
}

enum Estimator {
    Gpu(Box<LocalEstimator>),
    Cpu(Pool),
}

impl TileEstimator for Estimator {
    fn parallelism(&self) -> usize {
        match self {
            Estimator::Gpu(local) => local.parallelism(),
            Estimator::Cpu(pool) => pool.parallelism(),
        }
    }

    async fn estimate(&self, tile: Vec<f32>) -> Result<TileEstimate, EstimateError> {
        match self {
            Estimator::Gpu(local) => local.estimate(tile).await,
            Estimator::Cpu(pool) => pool.estimate(tile).await,
        }
    }
}

impl Engine {
    /// Opens the preferred device, or the processor where that is not to be had.
    pub(super) async fn open(
        preference: DevicePreference,
        card_text: &str,
        weights: ArrayBuffer,
        threads: usize,
    ) -> Result<(Self, Opened), Failure> {
        let card = ModelCard::from_json(card_text).map_err(|error| model_failure(&error))?;
        let model_id = card.id.clone();
        let mut notice = None;
        if let Some(adapter) = wanted_adapter(preference).await {
            match open_gpu(&card, &weights).await {
                Ok(estimator) => {
                    let engine = Self::new(estimator, card, FailureKind::Device);
                    let device = format!("{adapter} (WebGPU)");
                    let is_gpu = true;
                    return Ok((
                        engine,
                        Opened {
                            device,
                            is_gpu,
                            model_id,
                            notice,
                        },
                    ));
                }
                Err(failure) if failure.kind == FailureKind::Model => return Err(failure),
                Err(failure) => {
                    notice = Some(format!(
                        "{} The processor computes instead.",
                        failure.message
                    ))
                }
            }
        } else if preference == DevicePreference::Gpu {
            notice = Some(
                "This browser offers no graphics card (WebGPU), so the processor computes."
                    .to_owned(),
            );
        }
        let pool = Pool::start(card_text, &weights, threads).await?;
        let device = match pool.parallelism() {
            1 => "CPU".to_owned(),
            threads => format!("CPU, {threads} threads"),
        };
        let engine = Self::new(Estimator::Cpu(pool), card, FailureKind::Engine);
        let is_gpu = false;
        Ok((
            engine,
            Opened {
                device,
                is_gpu,
                model_id,
                notice,
            },
        ))
    }

    fn new(estimator: Estimator, card: ModelCard, failure_kind: FailureKind) -> Self {
        Self {
            lanes: estimator.parallelism(),
            separator: Separator::new(estimator, card.front_end.overlap_frames),
            card,
            failure_kind,
        }
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
        let mut observer = TileObserver::new(report.clone(), self.lanes);
        let (analysis, rhythm) = analysis::analyse_keeping(
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
        let music = stems.as_ref().map(|_| Material {
            song,
            rhythm,
            analysis: analysis.clone(),
        });
        let response = Response::Done {
            id: report.id,
            analysis,
            stems,
            compute_secs: (clock::now_secs() - started_secs) as f32,
        };
        Ok(Done {
            response,
            attachments,
            music,
        })
    }

    fn failure(&self, error: &SeparateError) -> Failure {
        match error {
            SeparateError::Cancelled => Failure::cancelled(),
            SeparateError::Delivery(cause) => {
                Failure::new(FailureKind::Engine, sentence(&cause.to_string()))
            }
            SeparateError::Estimate(cause) => Failure::new(self.failure_kind, cause.to_string()),
        }
    }
}

/// The adapter's name, if it is to be used.
async fn wanted_adapter(preference: DevicePreference) -> Option<String> {
    if preference == DevicePreference::Cpu {
        return None;
    }
    match (gpu::find_adapter().await, preference) {
        (gpu::Adapter::Hardware(name), _)
        | (gpu::Adapter::Software(name), DevicePreference::Gpu) => Some(name),
        _ => None,
    }
}

async fn open_gpu(card: &ModelCard, weights: &ArrayBuffer) -> Result<Estimator, Failure> {
    let opened = compute::open_gpu().await;
    let ComputeDevice { device, .. } =
        opened.map_err(|error| Failure::new(FailureKind::Device, format!("{error}.")))?;
    let bytes = Uint8Array::new(weights).to_vec();
    let network = weights::load(card, bytes, &device).map_err(|error| model_failure(&error))?;
    Ok(Estimator::Gpu(Box::new(LocalEstimator::new(
        network, device,
    ))))
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
