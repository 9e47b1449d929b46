//! The engine: owns networks and separator for as long as the worker lives.

use std::{ops::ControlFlow, rc::Rc};

use futures_channel::oneshot;
use js_sys::ArrayBuffer;

use super::{
    music::MusicInputs,
    pool::{Pool, Weights},
    processor::Processor,
    scope::JobChannel,
    stems::{self, MaskStore, StemsJob},
};
use crate::{
    analysis::{self, InputError},
    audio::{AudioError, Waveform},
    model::ModelCard,
    separate::{Observer, SeparateError, Separator},
    web::{
        platform::clock,
        worker::{
            audio_receiver::{AudioReceiver, StoredAudio},
            engine_kind::EngineKind,
            protocol::{Failure, FailureKind, Opened, Response, Stage},
        },
    },
};

/// The networks where they compute, and what is done with them.
pub(super) struct Engine<P> {
    separator: Separator<P>,
    card: ModelCard,
    pool: Rc<Pool>,
}

/// A finished analysis, and the stems that are to be made.
pub(super) struct Done {
    pub(super) response: Response,
    pub(super) stems: Option<StemsJob>,
    /// Where stems were wanted.
    pub(super) music: Option<MusicInputs>,
}

impl<P: Processor> Engine<P> {
    /// Opens what the program computes on.
    pub(super) async fn open(
        card_text: &str,
        weights: ArrayBuffer,
        helpers: usize,
    ) -> Result<(Self, Opened), Failure> {
        let card = ModelCard::from_json(card_text).map_err(|error| model_failure(&error))?;
        let networks = Weights {
            card: card_text,
            bytes: &weights,
        };
        let pool = Rc::new(Pool::start(P::PROGRAM, helpers).await?);
        let (processor, device) = P::open(networks, &pool).await?;
        let opened = Opened {
            device,
            is_gpu: P::PROGRAM == EngineKind::Gpu,
            model_id: card.id.clone(),
            notice: None,
        };
        let separator = Separator::new(processor, card.front_end.overlap_frames);
        let engine = Self {
            separator,
            card,
            pool,
        };
        Ok((engine, opened))
    }

    /// Takes a song from decoded audio to what plays when.
    pub(super) async fn analyse(
        &self,
        receiver: AudioReceiver,
        channel: JobChannel,
    ) -> Result<Done, Failure> {
        let started_secs = clock::now_secs();
        channel.progress(Stage::Preparing, 0.0, None);
        clock::yield_now().await;
        let (song, original) = prepare(receiver).await?;
        channel.progress(Stage::Separating, 0.0, None);
        let layout = original.as_ref().map(stems::layout_of).transpose();
        let layout = layout.map_err(|error| input_failure(&error))?;
        let mut masks = layout.map(|_| MaskStore::default());
        let mut observer = TileObserver::new(channel.clone(), self.lanes());
        let (analysis, rhythm) = analysis::analyse_keeping(
            &mut masks,
            &self.separator,
            &song,
            &self.card,
            &mut observer,
        )
        .await
        .map_err(|error| self.failure(&error))?;
        let stems = match (original, masks, layout) {
            (Some(original), Some(masks), Some(layout)) => {
                let job = StemsJob::new(original, masks, layout);
                Some(job.map_err(|error| Failure::storage(&error))?)
            }
            _ => None,
        };
        let music = stems.as_ref().map(|_| MusicInputs {
            song,
            rhythm,
            analysis: analysis.clone(),
        });
        let response = Response::Done {
            id: channel.id,
            analysis,
            stems: stems.as_ref().map(StemsJob::layout),
            compute_secs: (clock::now_secs() - started_secs) as f32,
        };
        Ok(Done {
            response,
            stems,
            music,
        })
    }

    /// Makes a song's stems and sends them to the page; signals when the first part is sent.
    pub(super) async fn make_stems(
        &self,
        job: &StemsJob,
        channel: &JobChannel,
        first_part: oneshot::Sender<()>,
    ) -> Result<(), Failure> {
        job.run(&self.pool, channel, first_part).await
    }

    /// Tiles that are computed at the same time.
    fn lanes(&self) -> usize {
        match P::PROGRAM {
            EngineKind::Cpu => self.pool.helpers(),
            EngineKind::Gpu => self.separator.parallelism(),
        }
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

/// The song at the model's rate, and as it is if stems of it are wanted.
async fn prepare(receiver: AudioReceiver) -> Result<(Waveform, Option<StoredAudio>), Failure> {
    let mut received = receiver
        .finish()
        .map_err(|error| Failure::storage(&error))?;
    let song = received.resample().await;
    let song = song
        .map_err(|error| Failure::storage(&error))?
        .map_err(|error: AudioError| input_failure(&error))?;
    analysis::check_input(&song).map_err(|error: InputError| input_failure(&error))?;
    Ok((song, received.into_original()))
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
    channel: JobChannel,
    lanes: usize,
    started_secs: f64,
}

impl TileObserver {
    fn new(channel: JobChannel, lanes: usize) -> Self {
        let started_secs = clock::now_secs();
        Self {
            channel,
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
            true => self.channel.progress(Stage::Measuring, 0.0, None),
            false => self
                .channel
                .progress(Stage::Separating, fraction, Some(secs_left as f32)),
        }
        clock::yield_now().await;
        match self.channel.is_wanted() {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    }
}
