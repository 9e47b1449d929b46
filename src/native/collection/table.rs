//! Lists with metadata: CSV with a header (and commas, semicolons or tabs), or JSON Lines, with the columns path, title,
//! artist, album, licence, year and url. Only the path must be there; other columns are passed over.

use std::path::Path;

use anyhow::ensure;
use serde::Deserialize;

use super::{
    listed::{Entries, Listed},
    resolve::resolve,
};
use crate::tags::{Tags, is_link, said, year_of};

/// One row, as written.
#[derive(Deserialize)]
struct Row {
    path: String,
    title: Option<String>,
    artist: Option<String>,
    album: Option<String>,
    #[serde(alias = "license")]
    licence: Option<String>,
    year: Option<Year>,
    url: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Year {
    Number(u16),
    Text(String),
}

impl Row {
    fn listed(self, folder: &Path) -> Result<Listed, String> {
        let text = |field: Option<String>| field.as_deref().and_then(said);
        let date = match self.year {
            Some(Year::Number(year)) => Some(year.to_string()),
            Some(Year::Text(date)) => said(&date),
            None => None,
        };
        let year = date
            .map(|date| year_of(&date).ok_or_else(|| format!("no year begins {date:?}")))
            .transpose()?;
        let url = text(self.url);
        match url.as_deref().filter(|url| !is_link(url)) {
            Some(url) => Err(format!(
                "the link {url:?} begins with neither https:// nor http://"
            )),
            None => Ok(Listed {
                path: resolve(&self.path, folder)?,
                said: Tags {
                    title: text(self.title),
                    artist: text(self.artist),
                    album: text(self.album),
                    licence: text(self.licence),
                    year,
                    url,
                },
                shown: Tags::default(),
            }),
        }
    }
}

/// Puts the line's number before a problem.
fn on_line(line: u64, entry: Result<Listed, String>) -> Result<Listed, String> {
    entry.map_err(|problem| format!("line {line}: {problem}"))
}

/// The rows of a CSV list that lies in `folder`.
///
/// # Errors
/// When there is no header with a column `path`.
pub(super) fn parse_csv(text: &str, folder: &Path) -> anyhow::Result<Entries> {
    let text = without_separator_line(text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let names = reader.headers()?.iter().map(str::to_lowercase);
    let header: csv::StringRecord = names.collect();
    ensure!(
        header.iter().any(|name| name == "path"),
        "its first line has no column \"path\": expected path and any of title, artist, album, licence, year, url"
    );
    let rows = reader.records().map(|record| {
        let mut record = record.map_err(|error| error.to_string())?;
        // Rows may end early; what they lack is blank.
        (record.len()..header.len()).for_each(|_| record.push_field(""));
        let line = record.position().map_or(0, csv::Position::line);
        let row = record
            .deserialize::<Row>(Some(&header))
            .map_err(|error| error.to_string());
        on_line(line, row.and_then(|row| row.listed(folder)))
    });
    Ok(rows.collect())
}

/// Without the line "sep=;", by which spreadsheets tell one another what divides columns.
fn without_separator_line(text: &str) -> &str {
    let start = text.trim_start_matches('\u{feff}');
    let is_one = start
        .get(..4)
        .is_some_and(|name| name.eq_ignore_ascii_case("sep="));
    match start.find(['\n', '\r']).filter(|_| is_one) {
        Some(end) => start[end..].trim_start_matches(['\n', '\r']),
        None => text,
    }
}

/// The delimiter, by the header: spreadsheets in many countries write semicolons.
fn delimiter(text: &str) -> u8 {
    let header = text.split(['\n', '\r']).next().unwrap_or_default();
    let count = |delimiter: &u8| header.bytes().filter(|byte| byte == delimiter).count();
    // Of equally many the last, so that commas are the usual thing.
    let most = [b'\t', b';', b','].into_iter().max_by_key(count);
    most.unwrap_or(b',')
}

/// The rows of a JSON Lines list that lies in `folder`.
pub(super) fn parse_json_lines(text: &str, folder: &Path) -> Entries {
    let lines = (1..).zip(text.lines());
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            let row = serde_json::from_str(line).map_err(|error| error.to_string());
            on_line(number, row.and_then(|row: Row| row.listed(folder)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOLDER: &str = "/l";

    fn check(entries: &Entries) {
        let songs: Vec<_> = entries.iter().flatten().collect();
        assert_eq!(songs.len(), 2, "{entries:?}");
        let full = Tags {
            title: Some("1999".to_owned()),
            artist: Some("A, \"B\"".to_owned()),
            album: None,
            licence: Some("CC0".to_owned()),
            year: Some(2009),
            url: Some("https://example.org/a".to_owned()),
        };
        assert_eq!(
            (songs[0].path.as_path(), &songs[0].said),
            (Path::new("/l/a.wav"), &full)
        );
        assert_eq!(songs[1].said, Tags::default());
        let problems: Vec<_> = entries
            .iter()
            .filter_map(|entry| entry.as_ref().err())
            .collect();
        assert_eq!(problems.len(), 3, "{problems:?}");
        for (problem, expected) in
            problems
                .iter()
                .zip(["line 4: the link", "line 5: no year", "line 6: "])
        {
            assert!(problem.starts_with(expected), "{problem}");
        }
    }

    #[test]
    fn csv_rows_become_songs() {
        let text = "Title,ARTIST,path,license,year,url,mood\n\
            1999,\"A, \"\"B\"\"\",a.wav, CC0 ,2009,https://example.org/a,happy\n\
            ,,b.wav\n\
            ,,c.wav,,,ftp://x,\n\
            ,,d.wav,,soon,,\n\
            only a title\n";
        check(&parse_csv(text, Path::new(FOLDER)).expect("a list"));
    }

    #[test]
    fn columns_may_be_divided_by_semicolons_or_tabs_and_lines_end_in_cr() {
        for (delimiter, end) in [(";", "\r\n"), ("\t", "\n"), (",", "\r")] {
            let text =
                format!("path{delimiter}title{end}a.wav{delimiter}One{end}b.wav{delimiter}{end}");
            let entries = parse_csv(&text, Path::new(FOLDER)).expect("a list");
            let songs: Vec<_> = entries
                .into_iter()
                .map(|entry| entry.expect("a song"))
                .collect();
            assert_eq!(songs.len(), 2, "{text:?}");
            assert_eq!(songs[0].path, Path::new("/l/a.wav"));
            assert_eq!(songs[0].said.title.as_deref(), Some("One"));
        }
    }

    #[test]
    fn a_line_that_names_the_separator_is_no_header() {
        for before in ["", "sep=;\r\n", "SEP=;\r"] {
            let text = format!("{before}path;title\r\na.wav;Alpha\r\n");
            let entries = parse_csv(&text, Path::new(FOLDER)).expect("a list");
            let titles: Vec<_> = entries
                .iter()
                .flatten()
                .map(|song| &song.said.title)
                .collect();
            assert_eq!(titles, [&Some("Alpha".to_owned())], "{before:?}");
        }
    }

    #[test]
    fn json_lines_become_songs() {
        let text = concat!(
            r#"{"path": "a.wav", "title": "1999", "artist": "A, \"B\"", "licence": "CC0", "year": 2009, "url": "https://example.org/a"}"#,
            "\n\n",
            r#"{"path": "b.wav", "title": null, "album": " ", "mood": "happy"}"#,
            "\n",
            r#"{"path": "c.wav", "url": "ftp://x"}"#,
            "\n",
            r#"{"path": "d.wav", "year": "soon"}"#,
            "\n",
            r#"{"title": "only a title"}"#,
            "\n",
        );
        let text = text.replacen("\n\n", "\n", 1);
        let entries = parse_json_lines(&format!("\n{text}"), Path::new(FOLDER));
        check(&entries);
    }

    #[test]
    fn no_text_makes_the_parsers_panic() {
        for text in [
            "",
            "path",
            "path\n\"",
            "{",
            "[]\n1\nnull",
            "path\n\n,,,,\n\"a\nb\"",
        ] {
            let _ = parse_csv(text, Path::new(FOLDER));
            let _ = parse_json_lines(text, Path::new(FOLDER));
        }
    }
}
