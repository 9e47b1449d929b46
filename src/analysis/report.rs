//! Export of an analysis as JSON and CSV. Within a version fields are only added.

use std::fmt::Write;

use serde::Serialize;

use super::Analysis;
use crate::source::Source;

/// The JSON document: the analysis with format, version and file name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AnalysisReport<'a> {
    format: &'static str,
    version: u32,
    file: &'a str,
    sources: [&'static str; Source::COUNT],
    #[serde(flatten)]
    analysis: &'a Analysis,
}

impl<'a> AnalysisReport<'a> {
    /// The document for the file of this name.
    pub fn new(file: &'a str, analysis: &'a Analysis) -> Self {
        Self {
            format: "deepmelody-analysis",
            version: 1,
            file,
            sources: Source::ALL.map(Source::name),
            analysis,
        }
    }
}

/// The CSV document (RFC 4180): one row for each passage in which a source plays; a source that never plays has one row
/// without times.
pub fn to_csv(analysis: &Analysis) -> String {
    let mut csv = "source,prominence,start_secs,end_secs\r\n".to_owned();
    for (source, part) in analysis.parts.iter() {
        let share = analysis.prominence[source];
        let mut row = |times: &str| {
            // Writing to a string does not fail.
            let _ = write!(csv, "{source},{share:.4},{times}\r\n");
        };
        match part.ranges_secs.as_slice() {
            [] => row(","),
            ranges => ranges
                .iter()
                .for_each(|[from, to]| row(&format!("{from:.3},{to:.3}"))),
        }
    }
    csv
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::SourceActivity;
    use crate::source::PerSource;

    fn analysis() -> Analysis {
        let mut parts = PerSource::<SourceActivity>::default();
        parts[Source::Guitar].ranges_secs = vec![[0.5, 2.0], [3.0, 3.75]];
        parts[Source::Drums].ranges_secs = vec![[0.0, 4.0]];
        Analysis {
            duration_secs: 4.0,
            prominence: PerSource([0.5625, 0.0, 0.0, 1.0, 0.0]),
            prominence_intervals: Some(PerSource([[0.25, 0.75].into(); Source::COUNT])),
            parts,
            levels: vec![0.5, 1.0],
            model_id: "test".to_owned(),
            music: None,
        }
    }

    #[test]
    fn the_csv_has_a_row_a_stretch() {
        let expected = "source,prominence,start_secs,end_secs\r\n\
            guitar,0.5625,0.500,2.000\r\n\
            guitar,0.5625,3.000,3.750\r\n\
            piano,0.0000,,\r\n\
            bass,0.0000,,\r\n\
            drums,1.0000,0.000,4.000\r\n\
            other,0.0000,,\r\n";
        assert_eq!(to_csv(&analysis()), expected);
    }

    #[test]
    fn the_json_says_what_it_is_and_holds_the_analysis() {
        let analysis = analysis();
        let json =
            serde_json::to_value(AnalysisReport::new("a \"song\".mp3", &analysis)).expect("JSON");
        assert_eq!(json["format"], "deepmelody-analysis");
        assert_eq!(json["version"], 1);
        assert_eq!(json["file"], "a \"song\".mp3");
        assert_eq!(json["sources"][3], "drums");
        assert_eq!(
            json["prominence_intervals"][0],
            serde_json::json!([0.25, 0.75])
        );
        let back: Analysis = serde_json::from_value(json).expect("an analysis");
        assert_eq!(back, analysis);
    }
}
