//! The outcome of a command that did not fail: all done, or some songs skipped.

/// How much of its work a command did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completion {
    /// All of it.
    Full,
    /// All but some songs, which could not be used.
    Partial,
}
