//! Where a song's bytes come from: a file, or standard input and pipes, which are read into a temporary file first,
//! since recognising formats needs seeking.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

use super::error::DecodeError;

/// The path that means standard input.
pub const STANDARD_INPUT: &str = "-";
/// Most bytes that are read from a pipe: an hour of 24-bit stereo at 192 kHz has 3.9 GiB.
const MAX_PIPE_BYTES: u64 = 4 << 30;
/// Bytes between two looks at the wish to stop.
const BLOCK_BYTES: usize = 1 << 20;

/// Opens a file that can be read from any position.
pub(super) fn open(path: &Path, cancelled: &AtomicBool) -> Result<File, DecodeError> {
    let file = if path == Path::new(STANDARD_INPUT) {
        keep(io::stdin().lock(), cancelled)?
    } else {
        let file = File::open(path)?;
        let kind = file.metadata()?.file_type();
        if kind.is_dir() {
            return Err(DecodeError::Folder);
        }
        if kind.is_file() {
            file
        } else {
            keep(file, cancelled)?
        }
    };
    match file.metadata()?.len() {
        0 => Err(DecodeError::Empty),
        _ => Ok(file),
    }
}

/// Copies a stream into a file without a name.
fn keep(mut stream: impl Read, cancelled: &AtomicBool) -> Result<File, DecodeError> {
    let mut file = temporary().map_err(DecodeError::Keep)?;
    let mut left = MAX_PIPE_BYTES;
    loop {
        if cancelled.load(Ordering::Relaxed) {
            return Err(DecodeError::Cancelled);
        }
        let mut block = (&mut stream).take(BLOCK_BYTES as u64);
        let mut bytes = Vec::with_capacity(BLOCK_BYTES);
        let count = block.read_to_end(&mut bytes)? as u64;
        if count == 0 {
            break;
        }
        left = left.checked_sub(count).ok_or(DecodeError::Endless {
            most_bytes: MAX_PIPE_BYTES,
        })?;
        io::Write::write_all(&mut file, &bytes).map_err(DecodeError::Keep)?;
    }
    file.rewind()?;
    Ok(file)
}

/// A file that vanishes when it is closed.
fn temporary() -> io::Result<File> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let name = format!("deepmelody-{}-{number}.part", process::id());
    let path: PathBuf = std::env::temp_dir().join(name);
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .open(&path)?;
    // Where an open file cannot be removed, the system's own cleaning takes it.
    fs::remove_file(&path).ok();
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_kept_whole() {
        let going_on = AtomicBool::new(false);
        let bytes: Vec<u8> = (0..3 * BLOCK_BYTES + 7).map(|n| (n % 251) as u8).collect();
        let mut file = keep(bytes.as_slice(), &going_on).expect("kept");
        let mut read = Vec::new();
        file.read_to_end(&mut read).expect("read");
        assert!(read == bytes);
        let stopped = keep(bytes.as_slice(), &AtomicBool::new(true));
        assert!(matches!(stopped, Err(DecodeError::Cancelled)));
    }
}
