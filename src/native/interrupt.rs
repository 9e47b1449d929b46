//! Ctrl-C requests a stop; work looks at the request between its steps and leaves nothing half done.

use std::{
    ops::ControlFlow,
    process,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// The user's request to stop.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens to Ctrl-C from now on; pressed again, it ends the process at once. Where the system does not let it
    /// listen, the first press does.
    pub fn listen() -> Self {
        let interrupt = Self::default();
        let flag = interrupt.clone();
        let _ = ctrlc::set_handler(move || {
            if flag.0.swap(true, Ordering::Relaxed) {
                process::exit(1);
            }
        });
        interrupt
    }

    /// Whether Ctrl-C was pressed.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The same as a [`ControlFlow`]: `Break` once Ctrl-C was pressed.
    pub fn flow(&self) -> ControlFlow<()> {
        match self.is_requested() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    /// The flag itself.
    pub fn flag(&self) -> &AtomicBool {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_goes_on_until_the_end_is_asked_for() {
        let interrupt = Interrupt::default();
        assert_eq!(interrupt.flow(), ControlFlow::Continue(()));
        interrupt.flag().store(true, Ordering::Relaxed);
        assert_eq!(interrupt.clone().flow(), ControlFlow::Break(()));
    }
}
