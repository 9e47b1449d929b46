//! The page's client of the engine: starts it, sends it songs, and restarts it after a crash.
//!
//! Whatever the engine needs is fetched here, once, and kept: an engine that must be restarted (it crashed, or did
//! not cancel in time) asks the server for nothing but its small scripts.

mod analysis;
mod assets;
mod flac;
mod music;
mod spectra;
mod startup;
mod stems;
mod tags;

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use futures_channel::oneshot;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::AudioBuffer;

pub use self::music::MusicToCome;
use self::{analysis::JobResult, assets::Assets, music::Waiting, startup::Startup};
use super::{
    engine_kind::{DevicePreference, EngineKind},
    handle::WorkerHandle,
    protocol::{
        self, Failure, FailureKind, JobId, JobOutput, Opened, Request, Response, Stage, Tags,
    },
};
use crate::{
    analysis::Analysis,
    web::platform::{PlatformError, clock, loader::Loaded, stems::StemFiles},
};

/// How long a cancelled engine may stay silent before it is ended.
const CANCEL_PATIENCE_MILLIS: u32 = 900;

/// How far the engine is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineStatus {
    /// Not asked for yet.
    Cold,
    /// Its program is loading.
    LoadingProgram(Loaded),
    /// The network's weights are loading.
    LoadingWeights(Loaded),
    /// The device is being opened.
    Opening,
    /// It waits for songs, or works on one.
    Ready(Opened),
    /// It could not be started; the next song tries again.
    Unable(Failure),
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AnalysisProgress {
    /// What it does.
    pub stage: Stage,
    /// Of this stage, 0 to 1.
    pub fraction: f32,
    /// Estimate for the whole job, once there is one.
    pub secs_left: Option<f32>,
}

/// A finished job.
#[derive(Debug)]
pub struct Finished {
    /// What plays when.
    pub analysis: Analysis,
    /// The stems, if they were wanted: they are being made.
    pub stems: Option<StemFiles>,
    /// Beats, key, chords and sections, if stems were wanted.
    pub music: Option<MusicToCome>,
    /// Time the engine took.
    pub compute_secs: f32,
    /// What it computed on.
    pub opened: Opened,
}

struct Job {
    id: JobId,
    result: oneshot::Sender<Result<JobResult, Failure>>,
    on_progress: Rc<dyn Fn(AnalysisProgress)>,
}

/// Handle of the page's one engine; clones are the same engine.
#[derive(Clone)]
pub struct EngineClient(Rc<Inner>);

struct Inner {
    preference: DevicePreference,
    /// The engine that is used, once that is known.
    program: Cell<Option<EngineKind>>,
    notice: RefCell<Option<String>>,
    assets: RefCell<Option<Rc<Assets>>>,
    link: RefCell<Option<WorkerHandle>>,
    opened: RefCell<Option<Opened>>,
    startup: RefCell<Startup>,
    job: RefCell<Option<Job>>,
    /// The job whose stems are being made, and where they go.
    stems: RefCell<Option<(JobId, StemFiles)>>,
    /// Who waits for spectra, in the order of asking.
    spectra: RefCell<VecDeque<oneshot::Sender<Vec<f32>>>>,
    /// Who waits for tags, in the order of asking.
    tags: RefCell<VecDeque<oneshot::Sender<Tags>>>,
    /// Who waits for FLAC files.
    flacs: RefCell<Vec<flac::Waiting>>,
    /// Who waits for the music of the last song.
    music: RefCell<Option<Waiting>>,
    unacknowledged: Cell<Option<JobId>>,
    cancels: Cell<u32>,
    last_id: Cell<JobId>,
    report: Box<dyn Fn(EngineStatus)>,
}

impl EngineClient {
    /// An engine not started yet; `report` is called with every change of its status.
    pub fn new(preference: DevicePreference, report: impl Fn(EngineStatus) + 'static) -> Self {
        Self(Rc::new(Inner {
            preference,
            program: Cell::default(),
            notice: RefCell::default(),
            assets: RefCell::default(),
            link: RefCell::default(),
            opened: RefCell::default(),
            startup: RefCell::default(),
            job: RefCell::default(),
            stems: RefCell::default(),
            spectra: RefCell::default(),
            tags: RefCell::default(),
            flacs: RefCell::default(),
            music: RefCell::default(),
            unacknowledged: Cell::default(),
            cancels: Cell::default(),
            last_id: Cell::default(),
            report: Box::new(report),
        }))
    }

    /// Analyses a song, and starts making its stems; when the graphics card fails, tries again on the processor. Waits
    /// until the stems of the song before are made. `audio` decodes the song: each try takes it once, and frees it.
    pub async fn analyse(
        &self,
        audio: impl AsyncFn() -> Result<AudioBuffer, Failure>,
        wanted: JobOutput,
        on_progress: impl Fn(AnalysisProgress) + 'static,
    ) -> Result<Finished, Failure> {
        let on_progress: Rc<dyn Fn(AnalysisProgress)> = Rc::new(on_progress);
        let cancels = self.0.cancels.get();
        loop {
            let opened = self.open().await?;
            let stems = self.0.stems.borrow().clone();
            if let Some((_, stems)) = stems {
                stems.finished().await;
            }
            if self.0.cancels.get() != cancels {
                return Err(Failure::cancelled());
            }
            let audio = audio().await?;
            let attempt = self.attempt(&audio, wanted, Rc::clone(&on_progress));
            match attempt.await {
                Err(failure) if self.can_fall_back(&failure, &opened) => self.fall_back(&failure),
                Err(failure) => return Err(failure),
                Ok(Some(delivered)) => return Ok(delivered.finished(opened)),
                // It was restarted because an earlier job was not cancelled in time.
                Ok(None) => {}
            }
        }
    }

    /// Cancels the current job, and the making of stems: its [`EngineClient::analyse`] ends at once, and the
    /// engine is terminated if it does not answer in time.
    pub fn cancel(&self) {
        self.0.cancels.set(self.0.cancels.get() + 1);
        let stems = self.end_stems("the song was closed");
        let Some(id) = self.end_job(Failure::cancelled()).or(stems) else {
            return;
        };
        self.0.unacknowledged.set(Some(id));
        if self.send(&Request::Cancel { id }, &[]).is_err() {
            return self.restart();
        }
        let client = self.clone();
        clock::after_millis(CANCEL_PATIENCE_MILLIS, move || {
            if client.0.unacknowledged.get() == Some(id) {
                client.restart();
            }
        });
    }

    fn next_id(&self) -> JobId {
        self.0.last_id.set(self.0.last_id.get() + 1);
        self.0.last_id.get()
    }

    fn is_current(&self, id: JobId) -> bool {
        self.0.job.borrow().as_ref().is_some_and(|job| job.id == id)
    }

    fn send(&self, request: &Request, attachments: &[JsValue]) -> Result<(), PlatformError> {
        match self.0.link.borrow().as_ref() {
            Some(link) => link.send(request, attachments),
            None => Err(PlatformError::new("the engine is not running")),
        }
    }

    fn on_message(&self, message: &JsValue) {
        match protocol::unpack(message) {
            Ok((response, attachments)) => self.on_response(response, attachments),
            Err(error) => {
                self.on_crash(&format!("the engine's answer was not understood: {error}"))
            }
        }
    }

    fn on_response(&self, response: Response, attachments: Vec<JsValue>) {
        match response {
            Response::Started { protocol } => self.0.startup.borrow_mut().started(Ok(protocol)),
            Response::Ready(opened) => self.0.startup.borrow_mut().opened(Ok(opened)),
            Response::Unable(failure) => self.0.startup.borrow_mut().opened(Err(failure)),
            Response::Progress {
                id,
                stage,
                fraction,
                secs_left,
            } => self.on_progress(
                id,
                AnalysisProgress {
                    stage,
                    fraction,
                    secs_left,
                },
            ),
            Response::Done {
                id,
                analysis,
                stems,
                compute_secs,
            } => {
                let delivered = JobResult {
                    music: stems.map(|_| self.await_music(id)),
                    analysis,
                    stems: stems.and_then(|layout| self.expect_stems(id, layout)),
                    compute_secs,
                };
                self.on_end(id, Ok(delivered));
            }
            Response::Stems { id } => self.on_stems(id, attachments),
            Response::Music { id, music } => self.on_music(id, music),
            Response::Spectra => self.on_spectra(&attachments),
            Response::Tags(tags) => self.on_tags(tags),
            Response::Flac { id, failure } => self.on_flac(id, failure, attachments),
            Response::Failed { id, failure } => self.on_end(id, Err(failure)),
        }
    }

    fn on_progress(&self, id: JobId, progress: AnalysisProgress) {
        let on_progress = match self.0.job.borrow().as_ref() {
            Some(job) if job.id == id => Rc::clone(&job.on_progress),
            _ => return,
        };
        on_progress(progress);
    }

    fn on_end(&self, id: JobId, result: Result<JobResult, Failure>) {
        if self.0.unacknowledged.get() == Some(id) {
            self.0.unacknowledged.set(None);
        }
        if self.is_current(id)
            && let Some(job) = self.0.job.borrow_mut().take()
        {
            end(job, result);
        } else if let (true, Err(failure)) = (self.makes_stems_of(id), result) {
            self.end_stems(&failure.message);
        }
    }

    /// Terminates the engine and restarts it in the background; the current [`EngineClient::analyse`] tries again.
    fn restart(&self) {
        self.shut_down();
        self.0.job.replace(None);
        let client = self.clone();
        spawn_local(async move {
            // A failure is in the status, and the next song tries again.
            drop(client.open().await);
        });
    }
}

fn end(job: Job, result: Result<JobResult, Failure>) {
    // After a cancel there is no receiver any more.
    drop(job.result.send(result));
}

fn broken(error: impl std::fmt::Display) -> Failure {
    Failure::new(FailureKind::Engine, format!("The engine stopped: {error}."))
}
