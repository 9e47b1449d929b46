//! Limits that the system puts on this process.

use nix::sys::resource::{Resource, setrlimit};

/// Ends this process when it takes this much more address space than it has, or this much processor time. Where the
/// system has no such limit, as macOS for address space, the parent still ends the process in time.
pub fn restrict(memory_bytes: u64, processor_secs: u64) {
    let address_space = memory_bytes.saturating_add(mapped_bytes());
    let _ = setrlimit(Resource::RLIMIT_AS, address_space, address_space);
    let _ = setrlimit(Resource::RLIMIT_CPU, processor_secs, processor_secs);
}

/// Address space in use, as Linux reports it (proc_pid_status(5)): libraries that are linked, such as LibTorch, can take
/// gigabytes of it without using memory.
fn mapped_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:"));
    let kibibytes = size.and_then(|size| size.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_mapped() {
        let before = mapped_bytes();
        assert!(before > 1 << 20, "{before}");
        let block = std::hint::black_box(Vec::<u8>::with_capacity(1 << 30));
        // Other tests let go of some meanwhile.
        assert!(mapped_bytes() >= before + (1 << 29));
        drop(block);
    }
}
