//! Keeps a decoder's panic, which some hostile files cause, from ending the program or filling its screen.

use std::{
    cell::Cell,
    panic::{self, UnwindSafe},
    sync::Once,
};

thread_local! {
    /// Whether this thread's panics are expected and need no telling.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// The work's result, or `None` if it panics.
pub(super) fn run<T>(work: impl FnOnce() -> T + UnwindSafe) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let tell = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                tell(info);
            }
        }));
    });
    let before = GUARDED.replace(true);
    let result = panic::catch_unwind(work).ok();
    GUARDED.set(before);
    result
}

#[cfg(test)]
mod tests {
    #[test]
    fn panics_end_here() {
        assert_eq!(super::run(|| 1), Some(1));
        assert_eq!(super::run(|| -> i32 { panic!("not to be seen") }), None);
        assert_eq!(super::run(|| 2), Some(2));
    }
}
