//! The engine's helpers, nested workers that make stems and, where the processor computes, tiles.
//!
//! Even a single helper pays: the engine's own thread then stays free for messages, and a cancel takes effect at once.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use futures_channel::oneshot;
use futures_util::future;
use js_sys::ArrayBuffer;
use wasm_bindgen::JsValue;

use crate::web::worker::{
    engine_kind::EngineKind,
    handle::WorkerHandle,
    protocol::{self, Delivery, Failure, FailureKind, Order, WorkerKind},
};

/// The networks as they were loaded.
#[derive(Clone, Copy)]
pub(super) struct Weights<'a> {
    /// The model card's text.
    pub(super) card: &'a str,
    /// A safetensors file.
    pub(super) bytes: &'a ArrayBuffer,
}

type Answer = Result<(Delivery, Vec<JsValue>), Failure>;

/// Helpers at work.
pub(super) struct Pool {
    helpers: Vec<Helper>,
}

impl Pool {
    /// Starts helpers, at least one, on the engine's own program, and waits until all run.
    pub(super) async fn start(program: EngineKind, helpers: usize) -> Result<Self, Failure> {
        let helpers = (0..helpers.max(1)).map(|_| Helper::start(program));
        Ok(Self {
            helpers: future::try_join_all(helpers).await?,
        })
    }

    /// Gives each the networks.
    pub(super) async fn load(&self, networks: Weights<'_>) -> Result<(), Failure> {
        let loads = self.helpers.iter().map(|helper| helper.load(networks));
        future::try_join_all(loads).await?;
        Ok(())
    }

    /// Their number.
    pub(super) fn helpers(&self) -> usize {
        self.helpers.len()
    }

    /// Tasks that may be given at once: one more than there are helpers, so that none waits while an answer is made
    /// use of.
    pub(super) fn tasks(&self) -> usize {
        self.helpers.len() + 1
    }

    /// Gives a task to the helper with the least to do, and returns what it sends.
    pub(super) async fn ask(
        &self,
        order: &Order,
        attachments: &[JsValue],
    ) -> Result<Vec<JsValue>, Failure> {
        let helper = self
            .helpers
            .iter()
            .min_by_key(|helper| helper.waiting.borrow().len());
        let helper = helper.ok_or_else(|| broken("no helper runs"))?;
        helper
            .ask(order, attachments)
            .await
            .map(|(_, attachments)| attachments)
    }
}

/// One nested worker, and who waits for its answers, in their order.
struct Helper {
    link: WorkerHandle,
    waiting: Rc<RefCell<VecDeque<oneshot::Sender<Answer>>>>,
}

impl Helper {
    async fn start(program: EngineKind) -> Result<Self, Failure> {
        let waiting = Rc::new(RefCell::new(VecDeque::new()));
        let (on_message, on_crash) = (Rc::clone(&waiting), Rc::clone(&waiting));
        let (sender, started) = oneshot::channel();
        waiting.borrow_mut().push_back(sender);
        let link = WorkerHandle::start(
            WorkerKind::Helper,
            program,
            &wasm_bindgen::module(),
            move |message| answer(&on_message, parse_answer(&message)),
            move |cause| while_any(&on_crash, &broken(&cause)),
        );
        let helper = Self {
            link: link.map_err(|error| broken(&error.to_string()))?,
            waiting,
        };
        started.await.map_err(|_| broken("it did not start"))??;
        Ok(helper)
    }

    async fn load(&self, networks: Weights<'_>) -> Result<(), Failure> {
        let weights = networks.bytes.slice(0);
        let card = networks.card.to_owned();
        self.ask(&Order::Load { card }, &[weights.into()]).await?;
        Ok(())
    }

    async fn ask(&self, order: &Order, attachments: &[JsValue]) -> Answer {
        let (sender, result) = oneshot::channel();
        self.waiting.borrow_mut().push_back(sender);
        self.link
            .send(order, attachments)
            .map_err(|error| broken(&error.to_string()))?;
        result.await.unwrap_or_else(|_| Err(broken("it went away")))
    }
}

fn parse_answer(message: &JsValue) -> Answer {
    match protocol::unpack::<Delivery>(message) {
        Ok((Delivery::Failed(failure), _)) => Err(failure),
        Ok(delivery) => Ok(delivery),
        Err(error) => Err(broken(&error.to_string())),
    }
}

fn answer(waiting: &RefCell<VecDeque<oneshot::Sender<Answer>>>, answer: Answer) {
    let sender = waiting.borrow_mut().pop_front();
    if let Some(sender) = sender {
        // The tile of a cancelled job has no receiver any more.
        drop(sender.send(answer));
    }
}

fn while_any(waiting: &RefCell<VecDeque<oneshot::Sender<Answer>>>, failure: &Failure) {
    while !waiting.borrow().is_empty() {
        answer(waiting, Err(failure.clone()));
    }
}

fn broken(cause: &str) -> Failure {
    Failure::new(
        FailureKind::Engine,
        format!("A part of the engine stopped: {cause}."),
    )
}
