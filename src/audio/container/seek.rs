//! Where a reader that keeps its own position goes.

use std::io::{self, SeekFrom};

/// The position that `to` means for a reader at `position` in `length` bytes; it may lie behind the end.
///
/// # Errors
/// When it lies before the beginning.
pub fn sought(to: SeekFrom, position: u64, length: u64) -> io::Result<u64> {
    let sought = match to {
        SeekFrom::Start(position) => Some(position),
        SeekFrom::End(offset) => length.checked_add_signed(offset),
        SeekFrom::Current(offset) => position.checked_add_signed(offset),
    };
    sought.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))
}
