//! Containers and codecs by name, among them those that cannot be read, so that a message can say what a file is.

use std::io::{Read, Seek};

use super::window::Window;

/// What sound is packed into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// RIFF WAVE, with 64-bit sizes too (RF64, BW64).
    Wav,
    /// Sony Wave64.
    W64,
    /// AIFF and AIFF-C.
    Aiff,
    /// FLAC's own.
    Flac,
    /// Ogg.
    Ogg,
    /// A bare sequence of MPEG audio frames.
    Mpeg,
    /// A bare sequence of AAC frames (ADTS).
    Adts,
    /// MPEG-4 and QuickTime.
    Mp4,
    /// Matroska and WebM.
    Matroska,
    /// Core Audio.
    Caf,
    /// Sun's and NeXT's AU.
    Au,
    /// Any other with sound, by its name.
    Other(&'static str),
    /// A file without sound, by its name.
    NoSound(&'static str),
}

/// How sound is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// Integers or floating-point numbers as they are.
    Pcm,
    /// Floating-point numbers of 64 bits.
    Float64,
    /// FLAC.
    Flac,
    /// Vorbis.
    Vorbis,
    /// MPEG audio, layer III.
    Mp3,
    /// AAC of one or two channels.
    Aac,
    /// AAC of more than two channels.
    AacSurround,
    /// Apple Lossless.
    Alac,
    /// Opus.
    Opus,
    /// Any other, by its name.
    Named(&'static str),
    /// A WAV format tag that is not on the list.
    Tag(u16),
    /// The container says it all, or nothing was found.
    Unknown,
}

/// "WAV", "Ogg with Opus", "a ZIP archive".
pub(super) fn name(container: Container, codec: Codec) -> String {
    let codec = match (container, codec) {
        (
            Container::Wav | Container::W64 | Container::Aiff | Container::Caf | Container::Au,
            Codec::Pcm,
        ) => None,
        (Container::Mpeg, Codec::Mp3) => return "MP3".to_owned(),
        (Container::Mpeg, Codec::Named(layer)) => return layer.to_owned(),
        (Container::Flac, Codec::Flac) | (Container::Adts, Codec::Aac) => None,
        (_, codec) => codec_name(codec),
    };
    let container = match container {
        Container::Wav => "WAV",
        Container::W64 => "Wave64",
        Container::Aiff => "AIFF",
        Container::Flac => "FLAC",
        Container::Ogg => "Ogg",
        Container::Mpeg => "MPEG audio",
        Container::Adts => "AAC (ADTS)",
        Container::Mp4 => "MP4",
        Container::Matroska => "Matroska/WebM",
        Container::Caf => "CAF",
        Container::Au => "AU",
        Container::Other(name) | Container::NoSound(name) => name,
    };
    match codec {
        Some(codec) => format!("{container} with {codec}"),
        None => container.to_owned(),
    }
}

fn codec_name(codec: Codec) -> Option<String> {
    let name = match codec {
        Codec::Pcm => "PCM",
        Codec::Float64 => "64-bit floating point",
        Codec::Flac => "FLAC",
        Codec::Vorbis => "Vorbis",
        Codec::Mp3 => "MP3",
        Codec::Aac => "AAC",
        Codec::AacSurround => "AAC of more than two channels",
        Codec::Alac => "Apple Lossless",
        Codec::Opus => "Opus",
        Codec::Named(name) => name,
        Codec::Tag(tag) => return Some(format!("an unknown codec (format tag 0x{tag:04x})")),
        Codec::Unknown => return None,
    };
    Some(name.to_owned())
}

/// What a browser is asked whether it can play it (RFC 6381).
pub(super) fn media_type(container: Container, codec: Codec) -> &'static str {
    match (container, codec) {
        (Container::Wav | Container::W64, Codec::Pcm | Codec::Float64) => "audio/wav",
        (Container::Aiff, _) => "audio/aiff",
        (Container::Flac, _) => "audio/flac",
        (Container::Ogg, Codec::Opus) => "audio/ogg; codecs=\"opus\"",
        (Container::Ogg, Codec::Flac) => "audio/ogg; codecs=\"flac\"",
        (Container::Ogg, Codec::Vorbis) => "audio/ogg; codecs=\"vorbis\"",
        (_, Codec::Mp3) => "audio/mpeg",
        (Container::Adts, _) => "audio/aac",
        (Container::Mp4, Codec::Alac) => "audio/mp4; codecs=\"alac\"",
        (Container::Mp4, Codec::Aac | Codec::AacSurround) => "audio/mp4; codecs=\"mp4a.40.2\"",
        (Container::Mp4, Codec::Opus) => "audio/mp4; codecs=\"opus\"",
        (Container::Mp4, Codec::Flac) => "audio/mp4; codecs=\"flac\"",
        (Container::Matroska, Codec::Vorbis) => "audio/webm; codecs=\"vorbis\"",
        (Container::Matroska, _) => "audio/webm; codecs=\"opus\"",
        _ => "application/octet-stream",
    }
}

/// WAV format tags (RFC 2361 and Microsoft's mmreg.h).
pub(super) fn wav_codec(tag: u16, bits: u16) -> Codec {
    Codec::Named(match tag {
        0x0001 => return Codec::Pcm,
        0x0003 if bits == 64 => return Codec::Float64,
        0x0003 => return Codec::Pcm,
        0x0055 => return Codec::Mp3,
        0x00ff | 0x1600 | 0x1601 | 0x1610 | 0x706d | 0xa106 => return Codec::Aac,
        0x674f..=0x6751 | 0x676f..=0x6771 => return Codec::Vorbis,
        0xf1ac => return Codec::Flac,
        0x704f => return Codec::Opus,
        0x0002 => "Microsoft ADPCM",
        0x0006 => "A-law",
        0x0007 => "mu-law",
        0x0011 => "IMA ADPCM",
        0x0016 | 0x0014 | 0x0040 | 0x0045 | 0x0064 => "G.726 ADPCM",
        0x0028 => "G.722 ADPCM",
        0x0022 => "DSP Group TrueSpeech",
        0x0031 | 0x0032 => "GSM 6.10",
        0x0042 => "G.723.1",
        0x0050 => "MPEG audio (layer I or II)",
        0x0092 | 0x2000 => "Dolby AC-3",
        0x2001 => "DTS",
        0x0160 | 0x0161 => "Windows Media Audio",
        0x0162 => "Windows Media Audio Professional",
        0x0163 => "Windows Media Audio Lossless",
        0x0270 => "ATRAC3",
        0xa109 => "Speex",
        other => return Codec::Tag(other),
    })
}

/// Kinds that begin in a way of their own.
const SIGNATURES: [(&[u8], Container, Codec); 26] = [
    (b"caff", Container::Caf, Codec::Unknown),
    (b"\x1a\x45\xdf\xa3", Container::Matroska, Codec::Unknown),
    (
        b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
        Container::Other("Windows Media (WMA, ASF)"),
        Codec::Unknown,
    ),
    (b"wvpk", Container::Other("WavPack"), Codec::Unknown),
    (b"MAC ", Container::Other("Monkey's Audio"), Codec::Unknown),
    (b"MPCK", Container::Other("Musepack"), Codec::Unknown),
    (b"MP+", Container::Other("Musepack"), Codec::Unknown),
    (b"DSD ", Container::Other("DSF (DSD)"), Codec::Unknown),
    (b"FRM8", Container::Other("DSDIFF (DSD)"), Codec::Unknown),
    (b"TTA1", Container::Other("True Audio"), Codec::Unknown),
    (b"OFR ", Container::Other("OptimFROG"), Codec::Unknown),
    (b"#!AMR", Container::Other("AMR"), Codec::Unknown),
    (b".snd", Container::Au, Codec::Unknown),
    (b".RMF", Container::Other("RealMedia"), Codec::Unknown),
    (
        b"MThd",
        Container::NoSound("MIDI, which is notes without sound"),
        Codec::Unknown,
    ),
    (b"\x0b\x77", Container::Other("Dolby AC-3"), Codec::Unknown),
    (b"\x7f\xfe\x80\x01", Container::Other("DTS"), Codec::Unknown),
    (b"FLV\x01", Container::Other("Flash video"), Codec::Unknown),
    (
        b"\0\0\x01\xba",
        Container::Other("an MPEG program stream"),
        Codec::Unknown,
    ),
    (
        b"PK\x03\x04",
        Container::NoSound("a ZIP archive"),
        Codec::Unknown,
    ),
    (
        b"%PDF",
        Container::NoSound("a PDF document"),
        Codec::Unknown,
    ),
    (
        b"\x89PNG",
        Container::NoSound("a picture (PNG)"),
        Codec::Unknown,
    ),
    (
        b"\xff\xd8\xff",
        Container::NoSound("a picture (JPEG)"),
        Codec::Unknown,
    ),
    (
        b"GIF8",
        Container::NoSound("a picture (GIF)"),
        Codec::Unknown,
    ),
    (b"Rar!", Container::NoSound("a RAR archive"), Codec::Unknown),
    (
        b"7z\xbc\xaf",
        Container::NoSound("a 7-Zip archive"),
        Codec::Unknown,
    ),
];

/// Codec identifiers of Matroska (RFC 9559 and its codec registry).
const MATROSKA_CODECS: [(&[u8], Codec); 8] = [
    (b"A_OPUS", Codec::Opus),
    (b"A_VORBIS", Codec::Vorbis),
    (b"A_FLAC", Codec::Flac),
    (b"A_AAC", Codec::Aac),
    (b"A_MPEG/L3", Codec::Mp3),
    (b"A_EAC3", Codec::Named("Dolby E-AC-3")),
    (b"A_AC3", Codec::Named("Dolby AC-3")),
    (b"A_DTS", Codec::Named("DTS")),
];

/// As far as a Matroska file is searched for its codec's name.
const MATROSKA_HEAD_BYTES: u64 = 1 << 20;

/// What a file is by its first bytes.
pub(super) fn recognise<S: Read + Seek>(
    head: &[u8; 16],
    window: &mut Window<S>,
) -> Option<(Container, Codec)> {
    if &head[..4] == b"RIFF" {
        return match &head[8..12] {
            b"AVI " => Some((Container::Other("AVI video"), Codec::Unknown)),
            b"RMID" => Some((
                Container::NoSound("MIDI, which is notes without sound"),
                Codec::Unknown,
            )),
            _ => None,
        };
    }
    let known = SIGNATURES
        .iter()
        .find(|(signature, ..)| head.starts_with(signature));
    let &(_, container, codec) = known?;
    if container != Container::Matroska {
        return Some((container, codec));
    }
    let found = MATROSKA_CODECS
        .iter()
        .find(|(name, _)| window.find(name, 0..MATROSKA_HEAD_BYTES).is_some());
    Some((container, found.map_or(Codec::Unknown, |(_, codec)| *codec)))
}
