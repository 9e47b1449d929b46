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
    /// Where it can be found.
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
        let (field, value) = match tag {
            StandardTag::TrackTitle(value) => (&mut self.title, value),
            StandardTag::Artist(value) => (&mut self.artist, value),
            StandardTag::Album(value) => (&mut self.album, value),
            StandardTag::License(value) | StandardTag::UrlCopyright(value) => {
                (&mut self.licence, value)
            }
            StandardTag::Url(value)
            | StandardTag::UrlOfficial(value)
            | StandardTag::UrlSource(value) => (&mut self.url, value),
            _ => return,
        };
        let value = value.trim_matches(|c: char| c.is_whitespace() || c == '\0');
        if field.is_none() && !value.is_empty() {
            *field = Some(value.to_owned());
        }
    }
}
