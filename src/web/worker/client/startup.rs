//! Starting an engine, and what to do when it crashes.

use std::rc::Rc;

use futures_channel::oneshot;
use wasm_bindgen_futures::spawn_local;

use super::{EngineClient, EngineStatus, assets::Assets, broken};
use crate::web::{
    platform::{
        gpu::{self, Adapter},
        page,
    },
    worker::{
        engine_kind::{DevicePreference, EngineKind, helper_count},
        handle::WorkerHandle,
        protocol::{Failure, FailureKind, Opened, PROTOCOL_VERSION, Request, WorkerKind},
    },
};

/// Who waits for what while an engine comes up.
#[derive(Default)]
pub(super) struct Startup {
    waiting: Vec<oneshot::Sender<Result<Opened, Failure>>>,
    started: Option<oneshot::Sender<Result<u32, Failure>>>,
    opened: Option<oneshot::Sender<Result<Opened, Failure>>>,
}

impl Startup {
    pub(super) fn started(&mut self, result: Result<u32, Failure>) {
        answer(self.started.take(), result);
    }

    pub(super) fn opened(&mut self, result: Result<Opened, Failure>) {
        answer(self.opened.take(), result);
    }
}

fn answer<T>(sender: Option<oneshot::Sender<T>>, value: T) {
    if let Some(sender) = sender {
        // A receiver that is gone needs no answer.
        drop(sender.send(value));
    }
}

impl EngineClient {
    /// Loads and opens the engine, unless it is open.
    pub async fn open(&self) -> Result<Opened, Failure> {
        if let Some(opened) = self.0.opened.borrow().clone() {
            return Ok(opened);
        }
        let (sender, result) = oneshot::channel();
        let is_first = {
            let waiting = &mut self.0.startup.borrow_mut().waiting;
            waiting.push(sender);
            waiting.len() == 1
        };
        if is_first {
            spawn_local(self.clone().start());
        }
        result.await.unwrap_or_else(|_| Err(Failure::cancelled()))
    }

    async fn start(self) {
        let result = loop {
            match self.open_once().await {
                Err(failure) if self.is_gpu() && failure.kind != FailureKind::Model => {
                    self.fall_back(&failure)
                }
                result => break result,
            }
        };
        match &result {
            Ok(opened) => {
                self.0.opened.replace(Some(opened.clone()));
                (self.0.report)(EngineStatus::Ready(opened.clone()));
            }
            Err(failure) => {
                self.shut_down();
                // What is missing or damaged may be whole the next time.
                self.0.assets.replace(None);
                (self.0.report)(EngineStatus::Unable(failure.clone()));
            }
        }
        let waiting = std::mem::take(&mut self.0.startup.borrow_mut().waiting);
        waiting
            .into_iter()
            .for_each(|sender| answer(Some(sender), result.clone()));
    }

    async fn open_once(&self) -> Result<Opened, Failure> {
        let program = self.program().await;
        let assets = self.assets(program).await?;
        (self.0.report)(EngineStatus::Opening);
        let (sender, started) = oneshot::channel();
        self.0.startup.borrow_mut().started = Some(sender);
        let (on_message, on_crash) = (self.clone(), self.clone());
        let link = WorkerHandle::start(
            WorkerKind::Engine,
            program,
            &assets.module,
            move |message| on_message.on_message(&message),
            move |cause| on_crash.on_crash(&cause),
        );
        self.0.link.replace(Some(link.map_err(broken)?));
        let protocol = started.await.map_err(broken)??;
        if protocol != PROTOCOL_VERSION {
            return Err(broken(
                "page and engine are of different versions; reload the page",
            ));
        }
        let (sender, opened) = oneshot::channel();
        self.0.startup.borrow_mut().opened = Some(sender);
        let request = Request::Open {
            card: assets.card.clone(),
            helpers: helper_count(page::hardware_threads(), page::device_memory_gib()),
        };
        self.send(&request, &[assets.weights.clone().into()])
            .map_err(broken)?;
        let mut opened = opened.await.map_err(broken)??;
        let notice = self.0.notice.borrow().clone();
        opened.notice = notice.or(opened.notice);
        Ok(opened)
    }

    /// The engine to use: that for graphics cards only where there is one, since it is large.
    async fn program(&self) -> EngineKind {
        if let Some(program) = self.0.program.get() {
            return program;
        }
        let preference = self.0.preference;
        let adapter = match preference {
            DevicePreference::Cpu => Adapter::None,
            _ => gpu::find_adapter().await,
        };
        let program = match (adapter, preference) {
            (Adapter::Hardware(_), _) | (Adapter::Software(_), DevicePreference::Gpu) => {
                EngineKind::Gpu
            }
            _ => EngineKind::Cpu,
        };
        if preference == DevicePreference::Gpu && program == EngineKind::Cpu {
            let notice =
                "This browser offers no graphics card (WebGPU), so the processor computes.";
            self.0.notice.replace(Some(notice.to_owned()));
        }
        self.0.program.set(Some(program));
        program
    }

    /// What the program needs; what another one had loaded of it is used again.
    async fn assets(&self, program: EngineKind) -> Result<Rc<Assets>, Failure> {
        let former = self.0.assets.borrow().clone();
        let assets = match former {
            Some(assets) if assets.program == program => return Ok(assets),
            former => Assets::fetch(program, former.as_deref(), &*self.0.report).await?,
        };
        let assets = Rc::new(assets);
        self.0.assets.replace(Some(Rc::clone(&assets)));
        Ok(assets)
    }

    /// The engine is gone: fails what waits for its start.
    pub(super) fn on_crash(&self, cause: &str) {
        let was_gpu = self
            .0
            .opened
            .borrow()
            .as_ref()
            .is_some_and(|opened| opened.is_gpu);
        let failure = match was_gpu {
            true => Failure::new(FailureKind::Device, cause),
            false => broken(cause),
        };
        self.shut_down();
        (self.0.report)(EngineStatus::Cold);
        {
            let mut startup = self.0.startup.borrow_mut();
            startup.started(Err(failure.clone()));
            startup.opened(Err(failure.clone()));
        }
        self.end_job(failure);
    }

    pub(super) fn shut_down(&self) {
        self.end_stems("the engine stopped");
        self.0.unacknowledged.set(None);
        self.0.opened.replace(None);
        self.0.spectra.borrow_mut().clear();
        self.0.tags.borrow_mut().clear();
        self.0.flacs.borrow_mut().clear();
        self.0.music.replace(None);
        self.0.link.replace(None);
    }

    pub(super) fn can_fall_back(&self, failure: &Failure, opened: &Opened) -> bool {
        opened.is_gpu && matches!(failure.kind, FailureKind::Device | FailureKind::Engine)
    }

    fn is_gpu(&self) -> bool {
        self.0.program.get() == Some(EngineKind::Gpu)
    }

    /// Switches to the processor, and shows the visitor why.
    pub(super) fn fall_back(&self, failure: &Failure) {
        self.shut_down();
        self.0.program.set(Some(EngineKind::Cpu));
        // Drivers go on for many lines.
        let cause = failure.message.lines().next().unwrap_or_default();
        let notice = format!("The graphics card failed ({cause}), so the processor computes.");
        self.0.notice.replace(Some(notice));
    }
}
