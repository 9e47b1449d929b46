//! L7, native: title, artist, album and the like, from whatever kind of tags the file has.

use symphonia::core::meta::{Metadata, MetadataRevision, StandardTag};

/// What a file says about itself. Blank values are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// The song's title.
    pub title: Option<String>,
    /// Who plays it.
    pub artist: Option<String>,
    /// The album it is from.
    pub album: Option<String>,
    /// Its licence, or who holds the rights.
    pub licence: Option<String>,
    /// Where it can be found on the web.
    pub url: Option<String>,
}

impl Tags {
    /// Adds what the metadata read so far holds; what is known already stays.
    pub(super) fn take(&mut self, metadata: &mut Metadata<'_>) {
        while let Some(revision) = metadata.pop() {
            self.add(&revision);
        }
        if let Some(revision) = metadata.current() {
            self.add(revision);
        }
    }

    fn add(&mut self, revision: &MetadataRevision) {
        let tracks = revision.per_track.iter().map(|track| &track.metadata);
        for container in std::iter::once(&revision.media).chain(tracks) {
            for tag in container.tags.iter().filter_map(|tag| tag.std.as_ref()) {
                self.add_tag(tag);
            }
        }
    }

    fn add_tag(&mut self, tag: &StandardTag) {
        match tag {
            StandardTag::TrackTitle(value) => fill(&mut self.title, value),
            StandardTag::Artist(value) => fill(&mut self.artist, value),
            StandardTag::Album(value) => fill(&mut self.album, value),
            StandardTag::License(value) | StandardTag::UrlCopyright(value) => {
                fill(&mut self.licence, value);
            }
            StandardTag::Url(value)
            | StandardTag::UrlOfficial(value)
            | StandardTag::UrlSource(value)
                if is_link(value) =>
            {
                fill(&mut self.url, value);
            }
            _ => {}
        }
    }
}

/// Gives a field that is empty so far its value, unless that is blank too. Some writers pad with zeros.
fn fill(field: &mut Option<String>, value: &str) {
    let value = value.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    if field.is_none() && !value.is_empty() {
        *field = Some(value.to_owned());
    }
}

/// Whether a catalogue takes it: tags hold all kinds of things where links should be.
fn is_link(value: &str) -> bool {
    let value = value.trim();
    value.starts_with("https://") || value.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn tags(found: &[StandardTag]) -> Tags {
        let mut tags = Tags::default();
        found.iter().for_each(|tag| tags.add_tag(tag));
        tags
    }

    #[test]
    fn the_first_value_that_says_something_counts() {
        let title = |text: &str| StandardTag::TrackTitle(Arc::new(text.to_owned()));
        let found = tags(&[title(" \0"), title(" Blue\0\0"), title("Red")]);
        assert_eq!(found.title.as_deref(), Some("Blue"));
    }

    #[test]
    fn only_links_to_the_web_are_links() {
        let url = |text: &str| StandardTag::Url(Arc::new(text.to_owned()));
        assert_eq!(
            tags(&[url("see the booklet"), url("javascript:alert(1)")]).url,
            None
        );
        let found = tags(&[url("www"), url("https://example.org/song")]);
        assert_eq!(found.url.as_deref(), Some("https://example.org/song"));
    }
}
