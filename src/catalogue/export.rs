//! A list of recommendations as a file: a playlist, a table, or JSON.

use std::{borrow::Cow, fmt::Write};

use serde::Serialize;

use super::{Query, Recommendation, Track};
use crate::source::{PerSource, Source};

/// One line of a list.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ExportRow<'a> {
    /// Place in the list, from 1.
    pub rank: usize,
    /// Similarity in [0, 1].
    pub score: f32,
    /// Distance, which orders equal scores.
    pub distance: f32,
    /// The song.
    pub track: &'a Track,
}

impl<'a> ExportRow<'a> {
    /// The rows of a list in its order; `track_of` gives the song of an index.
    pub fn list(
        found: &[Recommendation],
        track_of: impl Fn(usize) -> Option<&'a Track>,
    ) -> Vec<Self> {
        let row = |(position, found): (usize, &Recommendation)| {
            Some(Self {
                rank: position + 1,
                score: found.score,
                distance: found.distance,
                track: track_of(found.index)?,
            })
        };
        found.iter().enumerate().filter_map(row).collect()
    }
}

/// The list as JSON has it; fields are only ever added to within a version.
#[derive(Debug, Serialize)]
pub struct RecommendationReport<'a> {
    format: &'static str,
    version: u32,
    file: String,
    sources: [&'static str; Source::COUNT],
    chosen: Vec<&'static str>,
    weights: PerSource<f32>,
    model_id: &'a str,
    prominence: PerSource<f32>,
    recommendations: Vec<ExportRow<'a>>,
}

impl<'a> RecommendationReport<'a> {
    /// A report on the songs similar to `file`: the name of the file or of the search.
    pub fn new(file: String, query: &Query, model_id: &'a str, rows: Vec<ExportRow<'a>>) -> Self {
        let chosen = query.weights.iter().filter(|(_, weight)| **weight > 0.0);
        Self {
            format: "deepmelody-recommendations",
            version: 1,
            file,
            sources: Source::ALL.map(Source::name),
            chosen: chosen.map(|(source, _)| source.name()).collect(),
            weights: query.weights,
            model_id,
            prominence: query.prominence,
            recommendations: rows,
        }
    }
}

/// Extended M3U in UTF-8 (M3U8): for each song its preview, or else its link. Songs that have neither are left out,
/// since a playlist has no place for them. `base_url` is what previews are relative to; it ends with a slash.
pub fn playlist(rows: &[ExportRow<'_>], base_url: &str) -> String {
    let mut text = String::from("#EXTM3U\n");
    for ExportRow { track, .. } in rows {
        let address = match (&track.preview, &track.url) {
            (Some(preview), _) => format!("{base_url}{preview}"),
            (None, Some(url)) => url.clone(),
            (None, None) => continue,
        };
        let name = match track.artist.is_empty() {
            true => one_line(&track.title),
            false => format!("{} - {}", one_line(&track.artist), one_line(&track.title)),
        };
        let secs = track.duration_secs.round();
        let _ = writeln!(text, "#EXTINF:{secs},{name}\n{}", one_line(&address));
    }
    text
}

/// Comma-separated values (RFC 4180) with a header.
pub fn table(rows: &[ExportRow<'_>]) -> String {
    let sources = Source::ALL.map(Source::name).join(",");
    let mut text =
        format!("rank,score,distance,title,artist,album,licence,duration_secs,url,{sources}\r\n");
    for row in rows {
        let track = row.track;
        let optional = |value: &Option<String>| value.as_deref().map(cell).unwrap_or_default();
        let shares = track.prominence.0.map(|share| share.to_string()).join(",");
        let _ = write!(
            text,
            "{},{},{},{},{},{},{},{},{},{shares}\r\n",
            row.rank,
            row.score,
            row.distance,
            cell(&track.title),
            cell(&track.artist),
            optional(&track.album),
            optional(&track.licence),
            track.duration_secs,
            optional(&track.url),
        );
    }
    text
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A cell's text. One that a spreadsheet would take for a formula gets an apostrophe, which makes it text (CWE-1236).
pub fn plain_text(text: &str) -> Cow<'_, str> {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}").into(),
        false => text.into(),
    }
}

/// A text as a cell, quoted where it has to be.
fn cell(text: &str) -> String {
    let text = plain_text(text).into_owned();
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tracks() -> Vec<Track> {
        let named = |title: &str, artist: &str| Track {
            id: title.to_owned(),
            title: title.to_owned(),
            artist: artist.to_owned(),
            duration_secs: 61.5,
            prominence: PerSource([0.5, 0.0, 1.0, 0.25, 0.125]),
            ..Track::default()
        };
        let mut tracks = vec![
            named("One, \"two\"", "Ann"),
            named("=1+1", ""),
            named("Line\nbreak", "Bob"),
        ];
        tracks[0].url = Some("https://example.org/one".to_owned());
        tracks[2].url = Some("https://example.org/three".to_owned());
        tracks[2].preview = Some("previews/three.ogg".to_owned());
        tracks[0].licence = Some("CC0-1.0".to_owned());
        tracks
    }

    fn found() -> [Recommendation; 3] {
        [0, 1, 2].map(|index| Recommendation {
            index,
            score: 1.0,
            distance: 0.25,
        })
    }

    #[test]
    fn playlists_hold_what_can_be_opened() {
        let tracks = tracks();
        let rows = ExportRow::list(&found(), |index| tracks.get(index));
        assert_eq!(
            playlist(&rows, "https://host/path/"),
            "#EXTM3U\n#EXTINF:62,Ann - One, \"two\"\nhttps://example.org/one\n\
             #EXTINF:62,Bob - Line break\nhttps://host/path/previews/three.ogg\n"
        );
        assert_eq!(playlist(&[], "https://host/"), "#EXTM3U\n");
    }

    #[test]
    fn tables_quote_what_would_break_them() {
        let tracks = tracks();
        let rows = ExportRow::list(&found(), |index| tracks.get(index));
        assert_eq!(
            table(&rows),
            "rank,score,distance,title,artist,album,licence,duration_secs,url,guitar,piano,bass,drums,other\r\n\
             1,1,0.25,\"One, \"\"two\"\"\",Ann,,CC0-1.0,61.5,https://example.org/one,0.5,0,1,0.25,0.125\r\n\
             2,1,0.25,'=1+1,,,,61.5,,0.5,0,1,0.25,0.125\r\n\
             3,1,0.25,\"Line\nbreak\",Bob,,,61.5,https://example.org/three,0.5,0,1,0.25,0.125\r\n"
        );
    }

    #[test]
    fn reports_say_what_was_asked() {
        let tracks = tracks();
        let rows = ExportRow::list(&found()[..1], |index| tracks.get(index));
        let query = Query::only(tracks[0].prominence, &[Source::Guitar, Source::Drums]);
        let report = RecommendationReport::new("song.mp3".to_owned(), &query, "net-1", rows);
        let json = serde_json::to_value(&report).expect("plain data");
        assert_eq!(json["format"], "deepmelody-recommendations");
        assert_eq!(json["chosen"], serde_json::json!(["guitar", "drums"]));
        assert_eq!(
            json["weights"],
            serde_json::json!([1.0, 0.0, 0.0, 1.0, 0.0])
        );
        assert_eq!(json["recommendations"][0]["rank"], 1);
        assert_eq!(json["recommendations"][0]["track"]["licence"], "CC0-1.0");
    }
}
