//! Tags of audio files: title, artist, album and the like, from any kind of tags.
//!
//! Texts that cannot be read cost nothing but themselves: the kinds in which programs err most (ID3v2, RIFF's INFO and
//! Vorbis comments) are read here, entry by entry, and Matroska's; lofty reads the others. Page and companion share this.

mod fields;
mod id3;
mod info;
mod matroska;
mod other;
mod text;
mod vorbis;

use std::io::{Read, Seek};

use crate::audio::container::{Window, beginning};

pub use fields::{Tags, is_link, said, year_of};

/// The file's tags; none where it has none, or none that can be read.
pub fn read<S: Read + Seek>(mut source: S) -> Tags {
    let mut tags = Tags::default();
    if let Ok(mut window) = Window::new(&mut source) {
        let start = beginning(&mut window);
        // Tags before the sound, or in a chunk of it, are what their writer meant most.
        tags.complete(id3::read(&mut window, 0));
        tags.complete(match window.up_to(start, 4) {
            b"RIFF" | b"RF64" | b"BW64" => info::read(&mut window, start),
            b"fLaC" => vorbis::read_flac(&mut window, start),
            b"OggS" => vorbis::read_ogg(&mut window, start),
            b"\x1a\x45\xdf\xa3" => matroska::read(&mut window, start),
            _ => Tags::default(),
        });
    }
    tags.complete(other::read(&mut source));
    if let Ok(mut window) = Window::new(source) {
        // Its texts are cut short.
        tags.complete(id3::read_v1(&mut window));
    }
    tags
}

#[cfg(test)]
mod tests;
