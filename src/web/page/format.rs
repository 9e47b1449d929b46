//! Numbers as the visitor reads them.

use crate::source::Source;

/// "1:05", or "1:01:05" from an hour on.
pub fn clock(secs: f64) -> String {
    let whole = secs.max(0.0).round() as u64;
    let (hours, minutes, secs) = (whole / 3600, whole / 60 % 60, whole % 60);
    match hours {
        0 => format!("{minutes}:{secs:02}"),
        _ => format!("{hours}:{minutes:02}:{secs:02}"),
    }
}

/// A share from 0 to 1 in whole percent.
pub fn percent(share: f32) -> u32 {
    (share.clamp(0.0, 1.0) * 100.0).round() as u32
}

/// "120" or "97.4" beats a minute.
pub fn bpm(bpm: f64) -> String {
    let tenths = (bpm * 10.0).round() / 10.0;
    tenths.to_string()
}

/// How long something will take, no more exact than is known.
pub fn time_left(secs: f32) -> String {
    match secs {
        secs if secs < 1.5 => "about a second left".to_owned(),
        secs if secs < 20.0 => format!("about {} s left", secs.ceil()),
        secs if secs < 90.0 => format!("about {} s left", (secs / 5.0).ceil() * 5.0),
        secs => format!("about {} min left", (secs / 60.0).ceil()),
    }
}

/// How long something took.
pub fn elapsed(secs: f32) -> String {
    match secs {
        secs if secs < 60.0 => format!("{secs:.1} s"),
        secs => format!("{} min {} s", (secs / 60.0).floor(), (secs % 60.0).floor()),
    }
}

/// "one song", "12 songs".
pub fn counted(count: usize) -> String {
    match count {
        1 => "one song".to_owned(),
        count => format!("{count} songs"),
    }
}

/// A number of bytes.
pub fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// The instrument's name at the beginning of a line.
pub const fn title(source: Source) -> &'static str {
    match source {
        Source::Guitar => "Guitar",
        Source::Piano => "Piano",
        Source::Bass => "Bass",
        Source::Drums => "Drums",
        Source::Other => "Other",
    }
}

/// What the source is made of, where its name does not say it.
pub const fn contents(source: Source) -> Option<&'static str> {
    match source {
        Source::Other => Some("voices and all else"),
        _ => None,
    }
}

/// The source's name and what should be known of its contents, where there is room for both.
pub const fn full_title(source: Source) -> &'static str {
    match source {
        Source::Other => "Other, with voices",
        _ => title(source),
    }
}

/// The source in a sentence, after "the".
pub const fn spoken(source: Source) -> &'static str {
    match source {
        Source::Other => "rest",
        _ => source.name(),
    }
}

/// The ranges of time in which something plays, for screen readers; very short ones as a moment, "0:39".
pub fn ranges(ranges_secs: &[[f32; 2]]) -> String {
    let range = |&[from, to]: &[f32; 2]| {
        let [from, to] = [from, to].map(|secs| clock(secs.into()));
        match from == to {
            true => from,
            false => format!("{from}–{to}"),
        }
    };
    match ranges_secs {
        [] => "never".to_owned(),
        _ => ranges_secs.iter().map(range).collect::<Vec<_>>().join(", "),
    }
}

/// `example.org` of `https://www.example.org/music`; `None` for an address of the page's own site.
pub fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let host = rest.split('/').next()?;
    Some(host.strip_prefix("www.").unwrap_or(host))
}
