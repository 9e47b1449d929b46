//! Exports a list of songs as an HTML page: their names, and links to where they come from.

use std::fmt::Write;

use super::ExportRow;

/// A whole HTML document; songs without a link are named only.
pub fn links_page(rows: &[ExportRow<'_>]) -> String {
    let mut text = String::from(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Similar songs</title>\n<h1>Similar \
         songs</h1>\n<ol>\n",
    );
    for ExportRow { track, .. } in rows {
        let title = escaped(&track.title);
        let name = match &track.url {
            Some(url) => format!("<a href=\"{}\">{title}</a>", escaped(url)),
            None => title,
        };
        let details = [Some(track.artist.as_str()), track.licence.as_deref()];
        let details: Vec<_> = details
            .into_iter()
            .flatten()
            .filter(|text| !text.is_empty())
            .map(escaped)
            .collect();
        let separator = if details.is_empty() { "" } else { ", " };
        // Writing to a string does not fail.
        let _ = writeln!(text, "<li>{name}{separator}{}</li>", details.join(", "));
    }
    text.push_str("</ol>\n</html>\n");
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Track;

    #[test]
    fn songs_are_named_linked_and_escaped() {
        let linked = Track {
            title: "A <b>\"bold\"</b> song".to_owned(),
            artist: "Tom & Jerry".to_owned(),
            url: Some("https://example.org/?a=1&b=\"2\"".to_owned()),
            ..Track::default()
        };
        let plain = Track {
            title: "Nameless".to_owned(),
            ..Track::default()
        };
        let row = |track| ExportRow {
            rank: 1,
            score: 1.0,
            distance: 0.0,
            track,
        };
        let page = links_page(&[row(&linked), row(&plain)]);
        let expected = "<li><a href=\"https://example.org/?a=1&amp;b=&quot;2&quot;\">A &lt;b&gt;&quot;bold&quot;&lt;/b&gt; \
                        song</a>, Tom &amp; Jerry</li>\n<li>Nameless</li>\n";
        assert!(page.contains(expected), "{page}");
    }
}
