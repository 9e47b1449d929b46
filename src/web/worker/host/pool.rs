//! L7: the processor as estimator of tiles: nested workers that each hold the networks and compute whole tiles.
//!
//! Even a single helper pays: the engine's own thread then stays free to listen, and obeys a cancel at once.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use futures_channel::oneshot;
use futures_util::future;
use js_sys::Float32Array;
use wasm_bindgen::{JsCast, JsValue};

use super::processor::{Processor, Weights};
use crate::{
    separate::{EstimateError, TileEstimate, TileEstimator},
    web::worker::{
        link::Link,
        program::Program,
        protocol::{self, Delivery, Failure, FailureKind, Order, Role},
    },
};

/// Each helper holds the weights and a tile's activations, some hundred megabytes: more of them would cost more memory
/// than a page should take.
const MAX_HELPERS: usize = 4;

type Answer = Result<(Delivery, Vec<JsValue>), Failure>;

/// Helpers at work.
pub(super) struct Pool {
    helpers: Vec<Helper>,
}

impl Processor for Pool {
    const PROGRAM: Program = Program::Cpu;
    const FAILURE: FailureKind = FailureKind::Engine;

    /// Starts a helper a thread and waits until all hold the networks.
    async fn open(networks: Weights<'_>, threads: usize) -> Result<(Self, String), Failure> {
        let start = |_| Helper::start(networks);
        let helpers = (0..threads.clamp(1, MAX_HELPERS)).map(start);
        let helpers = future::try_join_all(helpers).await?;
        let device = match helpers.len() {
            1 => "CPU".to_owned(),
            threads => format!("CPU, {threads} threads"),
        };
        Ok((Self { helpers }, device))
    }
}

impl Pool {
    /// The helper with the least to do: one may still be busy with a tile of a cancelled job.
    fn least_busy(&self) -> Option<&Helper> {
        self.helpers
            .iter()
            .min_by_key(|helper| helper.waiting.borrow().len())
    }
}

impl TileEstimator for Pool {
    fn parallelism(&self) -> usize {
        self.helpers.len()
    }

    async fn estimate(&self, tile: Vec<f32>) -> Result<TileEstimate, EstimateError> {
        let helper = self
            .least_busy()
            .ok_or_else(|| EstimateError("no helper runs".to_owned()))?;
        let tile = Float32Array::from(tile.as_slice());
        let (_, attachments) = helper
            .ask(&Order::Estimate, &[tile.into()])
            .await
            .map_err(|failure| EstimateError(failure.message))?;
        let values = attachments
            .first()
            .and_then(|values| values.dyn_ref::<Float32Array>());
        values
            .ok_or_else(|| EstimateError("a helper sent nothing".to_owned()))
            .and_then(|values| TileEstimate::from_values(values.to_vec()))
    }
}

/// One nested worker, and who waits for its answers, in their order.
struct Helper {
    link: Link,
    waiting: Rc<RefCell<VecDeque<oneshot::Sender<Answer>>>>,
}

impl Helper {
    async fn start(networks: Weights<'_>) -> Result<Self, Failure> {
        let waiting = Rc::new(RefCell::new(VecDeque::new()));
        let (on_message, on_crash) = (Rc::clone(&waiting), Rc::clone(&waiting));
        let (sender, started) = oneshot::channel();
        waiting.borrow_mut().push_back(sender);
        let link = Link::start(
            Role::Helper,
            Pool::PROGRAM,
            &wasm_bindgen::module(),
            move |message| answer(&on_message, understand(&message)),
            move |cause| while_any(&on_crash, &broken(&cause)),
        );
        let helper = Self {
            link: link.map_err(|error| broken(&error.to_string()))?,
            waiting,
        };
        started.await.map_err(|_| broken("it did not start"))??;
        let weights = networks.bytes.slice(0);
        let card = networks.card_text.to_owned();
        helper.ask(&Order::Load { card }, &[weights.into()]).await?;
        Ok(helper)
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

fn understand(message: &JsValue) -> Answer {
    match protocol::unpack::<Delivery>(message) {
        Ok((Delivery::Failed(failure), _)) => Err(failure),
        Ok(delivery) => Ok(delivery),
        Err(error) => Err(broken(&error.to_string())),
    }
}

fn answer(waiting: &RefCell<VecDeque<oneshot::Sender<Answer>>>, answer: Answer) {
    let sender = waiting.borrow_mut().pop_front();
    if let Some(sender) = sender {
        // The tile of a cancelled job has nobody waiting.
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
