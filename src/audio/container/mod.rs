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
mod flac;
mod kind;
mod mp4;
mod mpeg;
mod ogg;
pub(crate) mod riff;
mod seek;
mod spliced;
mod survey;
mod window;

use std::io::{self, Read, Seek};

pub(crate) use appended::tagless_start;
pub use kind::{Codec, Container};
pub use seek::sought;
pub use spliced::{Part, Spliced};
pub use survey::Survey;
pub use window::Window;

/// Looks at a whole file; `None` for what is of no known kind.
///
/// # Errors
/// When the source's length cannot be found.
pub fn survey<S: Read + Seek>(source: S) -> io::Result<Option<Survey>> {
    Ok(examine(&mut Window::new(source)?))
}

fn examine<S: Read + Seek>(window: &mut Window<S>) -> Option<Survey> {
    let start = tagless_start(window);
    let head: [u8; 16] = {
        let mut head = [0; 16];
        let there = window.up_to(start, 16);
        head[..there.len()].copy_from_slice(there);
        head
    };
    match (&head[..4], &head[8..12]) {
        (b"RIFF" | b"RF64" | b"BW64", b"WAVE") => riff::survey(window, start),
        (b"riff", _) if riff::is_w64(&head) => riff::survey_w64(window, start),
        (b"FORM", b"AIFF" | b"AIFC") => aiff::survey(window, start),
        (b"fLaC", _) => flac::survey(window, start),
        (b"OggS", _) => ogg::survey(window, start),
        _ if &head[4..8] == b"ftyp" => mp4::survey(window, start),
        _ => mpeg::survey(window, start).or_else(|| {
            kind::recognise(&head, window).map(|(container, codec)| Survey::new(container, codec))
        }),
    }
}

#[cfg(test)]
mod tests;
