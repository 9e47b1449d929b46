//! The frame at the front of an MP3 that counts the others, and their bytes: Xing's, LAME's or Fraunhofer's.

use std::io::{Read, Seek};

use super::window::Window;

/// What a "Xing" or "Info" frame counts, as far as it says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Count {
    pub frames: Option<u32>,
    pub bytes: Option<u32>,
}

impl Count {
    /// Reads that of the frame at `at`, behind whose side information it stands, or Fraunhofer's, which has a fixed place.
    /// LAME's and Xing's header: flags, then a number of 32 bits for each of the first two.
    pub(super) fn read<S: Read + Seek>(
        window: &mut Window<S>,
        at: u64,
        side_bytes: u64,
    ) -> Option<Self> {
        if window.array(at + 36) == Some(*b"VBRI") {
            let (bytes, frames) = (window.u32_be(at + 46), window.u32_be(at + 50));
            return Some(Self { frames, bytes });
        }
        let start = at + side_bytes;
        let name: [u8; 4] = window.array(start)?;
        if !matches!(&name, b"Xing" | b"Info") {
            return None;
        }
        let flags = window.u32_be(start + 4)?;
        let frames = window.u32_be(start + 8).filter(|_| flags & 1 != 0);
        let bytes_at = start + 8 + if flags & 1 != 0 { 4 } else { 0 };
        let bytes = window.u32_be(bytes_at).filter(|_| flags & 2 != 0);
        Some(Self { frames, bytes })
    }
}
