//! What an audio file really holds: its kind, its rate, how much sound its bytes make, and how to put a file whose
//! headers are a little wrong together anew, so that any decoder takes it.
//!
//! Decoders believe headers; programs that write into pipes, crash, join files or count wrongly leave headers that lie.
//! So the bytes are looked at first, and headers are made to agree with them. Page and companion share this: the
//! companion gives its decoder a [`Spliced`] file, the page gives its browser the same parts of a `Blob`.
//!
//! Everything here reads hostile bytes: all positions are 64 bits wide and checked, on wasm32 too, and every walk gets
//! nearer to its end with each step.

mod aiff;
pub(crate) mod appended;
mod au;
mod caf;
mod flac;
mod flac_frame;
mod kind;
mod mp4;
mod mpeg;
mod ogg;
pub(crate) mod riff;
mod samples;
mod seek;
mod spliced;
mod survey;
mod wav_format;
mod window;
mod xing;

use std::io::{self, Read, Seek};

pub use kind::{Codec, Container};
pub use seek::sought;
pub use spliced::{Part, Recoding, Spliced};
pub use survey::Survey;
pub use window::Window;

/// Looks at a whole file; `None` for what is of no known kind.
///
/// # Errors
/// When the source's length cannot be found.
pub fn survey<S: Read + Seek>(source: S) -> io::Result<Option<Survey>> {
    Ok(examine(&mut Window::new(source)?))
}

/// As far as a recording is searched for behind bytes of another kind, such as a radio server's answer.
const SEARCH_BYTES: u64 = 64 * 1024;
/// How recordings begin that are searched for.
const BEGINNINGS: [&[u8]; 2] = [b"OggS\0\x02", b"fLaC\0\0\0\x22"];

fn examine<S: Read + Seek>(window: &mut Window<S>) -> Option<Survey> {
    let start = beginning(window);
    let head = head(window, start);
    match (&head[..4], &head[8..12]) {
        (b"RIFF" | b"RF64" | b"BW64", b"WAVE") => riff::survey(window, start),
        (b"riff", _) if riff::is_w64(&head) => riff::survey_w64(window, start),
        (b"FORM", b"AIFF" | b"AIFC") => aiff::survey(window, start),
        (b".snd", _) => au::survey(window, start),
        (b"caff", _) => caf::survey(window, start),
        (b"fLaC", _) => flac::survey(window, start),
        (b"OggS", _) => ogg::survey(window, start),
        _ if &head[4..8] == b"ftyp" => mp4::survey(window, start),
        _ => flac::survey_bare(window, start)
            .or_else(|| mpeg::survey(window, start))
            .or_else(|| {
                kind::recognise(&head, window)
                    .map(|(container, codec)| Survey::new(container, codec))
            }),
    }
}

/// Where the recording begins: behind tags, and behind bytes that are of no known kind.
pub(crate) fn beginning<S: Read + Seek>(window: &mut Window<S>) -> u64 {
    let start = appended::tagless_start(window);
    let head = head(window, start);
    let is_known = kind::recognise(&head, window).is_some()
        || matches!(
            &head[..4],
            b"RIFF" | b"RF64" | b"BW64" | b"riff" | b"FORM" | b"fLaC" | b"OggS"
        )
        || &head[4..8] == b"ftyp"
        || head[0] == 0xff;
    if is_known {
        return start;
    }
    let range = start..start.saturating_add(SEARCH_BYTES);
    let found = BEGINNINGS
        .iter()
        .filter_map(|beginning| window.find(beginning, range.clone()))
        .min();
    found.unwrap_or(start)
}

/// The first bytes at `start`, and zeros behind the file's end.
fn head<S: Read + Seek>(window: &mut Window<S>, start: u64) -> [u8; 16] {
    let mut head = [0; 16];
    let there = window.up_to(start, 16);
    head[..there.len()].copy_from_slice(there);
    head
}

#[cfg(test)]
mod tests;
