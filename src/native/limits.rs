//! L7, native: limits that the system puts on this process.

use nix::sys::resource::{Resource, setrlimit};

/// Ends this process when it takes more than this much address space or processor time. Where the system has no such
/// limit, as macOS for address space, whoever waits for the process still ends it in time.
pub fn restrict(memory_bytes: u64, processor_secs: u64) {
    let _ = setrlimit(Resource::RLIMIT_AS, memory_bytes, memory_bytes);
    let _ = setrlimit(Resource::RLIMIT_CPU, processor_secs, processor_secs);
}
