//! Progress and cancellation: the only channel through which separation reports.

use std::ops::ControlFlow;

/// Follows a separation, and may stop it.
#[allow(
    async_fn_in_trait,
    reason = "single-threaded on the web, driven by block_on natively"
)]
pub trait Observer {
    /// Called after each tile. `ControlFlow::Break` cancels. Asynchronous so that a browser's worker can answer its
    /// messages in between.
    async fn tile_done(&mut self, done: usize, total: usize) -> ControlFlow<()>;
}

/// Ignores progress and never cancels.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unobserved;

impl Observer for Unobserved {
    async fn tile_done(&mut self, _done: usize, _total: usize) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}
