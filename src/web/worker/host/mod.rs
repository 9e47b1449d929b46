//! The engine's message loop in the worker: opens the device once, then runs one job at a time.

mod cpu;
mod engine;
mod flac;
#[cfg(feature = "webgpu")]
mod gpu;
mod helper;
mod music;
mod pool;
mod processor;
mod scope;
mod spectra;
mod stems;
mod tags;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures_channel::oneshot;
use futures_util::future;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;

use self::{
    cpu::TilePool, engine::Engine, music::MusicInputs, processor::Processor, scope::JobChannel,
};
use super::{
    audio_receiver::AudioReceiver,
    protocol::{
        self, Failure, FailureKind, JobId, Opened, PROTOCOL_VERSION, Request, Response, WorkerKind,
    },
};
use crate::web::platform::{clock, decode};

/// From the first part of the stems until the helpers have their next orders.
const HELPERS_BUSY_MILLIS: u32 = 50;

/// Takes up the role that the worker was started in; as engine it computes on the processor.
pub fn run_on_cpu() {
    run::<TilePool>();
}

/// Takes up the role that the worker was started in; as engine it computes on the graphics card.
#[cfg(feature = "webgpu")]
pub fn run_on_gpu() {
    run::<crate::separate::LocalEstimator>();
}

fn run<P: Processor>() {
    console_error_panic_hook::set_once();
    match scope::name() == WorkerKind::Helper.name() {
        true => helper::run(),
        false => run_engine::<P>(),
    }
}

/// What the engine is doing.
struct Host<P> {
    engine: RefCell<Option<Rc<Engine<P>>>>,
    receiver: RefCell<Option<AudioReceiver>>,
    /// The job whose end the page waits for.
    wanted: Rc<Cell<Option<JobId>>>,
    /// Resolves when the job before is out of the way.
    turn: RefCell<Option<oneshot::Receiver<()>>>,
}

fn run_engine<P: Processor>() {
    let host = Rc::new(Host::<P> {
        engine: RefCell::default(),
        receiver: RefCell::default(),
        wanted: Rc::default(),
        turn: RefCell::default(),
    });
    scope::listen(move |message| {
        match protocol::unpack::<Request>(&message) {
            Ok((request, attachments)) => host.on_request(request, attachments),
            // The page is of another version; it will notice by itself.
            Err(error) => scope::throw(&error.to_string()),
        }
    });
    let protocol = PROTOCOL_VERSION;
    scope::say(&Response::Started { protocol }, &[]);
}

impl<P: Processor> Host<P> {
    fn on_request(self: &Rc<Self>, request: Request, attachments: Vec<JsValue>) {
        match request {
            Request::Open { card, helpers } => {
                spawn_local(Rc::clone(self).open(card, attachments, helpers));
            }
            Request::Analyse {
                id,
                wanted,
                sample_rate,
                samples,
            } => {
                self.wanted.set(Some(id));
                self.receiver
                    .replace(Some(AudioReceiver::new(id, wanted, sample_rate, samples)));
                self.begin_if_complete();
            }
            Request::Samples { id } => self.receive(id, &attachments),
            Request::Spectra { window_length } => {
                let powers = spectra::powers(window_length, &attachments);
                scope::say(&Response::Spectra, &[powers.into()]);
            }
            Request::Tags { length } => {
                scope::say(&Response::Tags(tags::read(length, &attachments)), &[]);
            }
            Request::Flac { id, layout, tags } => {
                let samples = attachments.into_iter().next().unwrap_or_default();
                spawn_local(flac::answer(id, layout, tags, samples));
            }
            Request::Cancel { id } => self.cancel(id),
        }
    }

    async fn open(self: Rc<Self>, card: String, attachments: Vec<JsValue>, helpers: usize) {
        match opened_engine(&card, attachments, helpers).await {
            Ok((engine, opened)) => {
                self.engine.replace(Some(Rc::new(engine)));
                scope::say(&Response::Ready(opened), &[]);
            }
            Err(failure) => scope::say(&Response::Unable(failure), &[]),
        }
    }

    fn receive(self: &Rc<Self>, id: JobId, channels: &[JsValue]) {
        let received = match self.receiver.borrow_mut().as_mut() {
            Some(receiver) if receiver.id == id => receiver.push(channels),
            _ => return,
        };
        match received {
            Ok(()) => self.begin_if_complete(),
            Err(error) => {
                self.receiver.replace(None);
                let failure = Failure::storage(&error);
                scope::say(&Response::Failed { id, failure }, &[]);
            }
        }
    }

    /// Answers at once; the job itself ends at its next tile.
    fn cancel(&self, id: JobId) {
        if self.wanted.get() == Some(id) {
            self.wanted.set(None);
            self.receiver.replace(None);
        }
        let failure = Failure::cancelled();
        scope::say(&Response::Failed { id, failure }, &[]);
    }

    fn begin_if_complete(self: &Rc<Self>) {
        let complete = self
            .receiver
            .borrow_mut()
            .take_if(|receiver| receiver.is_complete());
        if let Some(receiver) = complete {
            spawn_local(Rc::clone(self).run_job(receiver));
        }
    }

    async fn run_job(self: Rc<Self>, receiver: AudioReceiver) {
        let id = receiver.id;
        let (_out_of_the_way, next) = oneshot::channel();
        let before = self.turn.replace(Some(next));
        if let Some(before) = before {
            // Its sender is dropped when that job ends, whichever way.
            before.await.ok();
        }
        let channel = JobChannel::new(id, Rc::clone(&self.wanted));
        if !channel.is_wanted() {
            return;
        }
        let outcome = self.answer(receiver, &channel).await;
        if channel.is_wanted() {
            self.wanted.set(None);
            if let Err(failure) = outcome {
                scope::say(&Response::Failed { id, failure }, &[]);
            }
        }
    }

    /// The result as soon as it is known, then the first stems, then the music while the helpers make the others.
    async fn answer(&self, receiver: AudioReceiver, channel: &JobChannel) -> Result<(), Failure> {
        let engine = self.engine.borrow().clone();
        let engine = engine.ok_or_else(|| {
            Failure::new(
                FailureKind::Engine,
                "The engine was given a song before it was open.",
            )
        })?;
        let done = engine.analyse(receiver, channel.clone()).await?;
        if channel.is_wanted() {
            scope::say(&done.response, &[]);
        }
        if let Some(job) = done.stems {
            let (first_part, is_sent) = oneshot::channel();
            let music = async {
                if is_sent.await.is_ok() {
                    send_music(done.music, channel).await;
                }
            };
            let stems = engine.make_stems(&job, channel, first_part);
            future::join(stems, music).await.0?;
        }
        Ok(())
    }
}

/// Finds a song's music, if the page still wants it.
async fn send_music(inputs: Option<MusicInputs>, channel: &JobChannel) {
    clock::sleep_millis(HELPERS_BUSY_MILLIS).await;
    if let Some(inputs) = inputs
        && channel.is_wanted()
    {
        let (id, music) = (channel.id, inputs.find());
        scope::say(&Response::Music { id, music }, &[]);
    }
}

/// The engine, with the weights that came along.
async fn opened_engine<P: Processor>(
    card: &str,
    attachments: Vec<JsValue>,
    helpers: usize,
) -> Result<(Engine<P>, Opened), Failure> {
    let weights: Blob = attachments
        .into_iter()
        .next()
        .unwrap_or_default()
        .unchecked_into();
    let weights = decode::read_bytes(&weights).await.map_err(|error| {
        Failure::new(
            FailureKind::Engine,
            format!("The network's weights could not be read: {error}."),
        )
    })?;
    Engine::open(card, weights, helpers).await
}
