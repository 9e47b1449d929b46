//! What the document says of the site that it belongs to.

use web_sys::Url;

use super::clock::scope;

/// The content of the document's `<meta>` element of this name, if it is not empty.
pub fn meta(name: &str) -> Option<String> {
    let selector = format!("meta[name=\"{name}\"]");
    let element = scope().document()?.query_selector(&selector).ok()??;
    element
        .get_attribute("content")
        .filter(|content| !content.is_empty())
}

/// The address of a file of the site's, whoever asks for it.
pub fn absolute(path: &str) -> String {
    let base = scope().document().and_then(|page| page.base_uri().ok()?);
    let address = base.and_then(|base| Url::new_with_base(path, &base).ok());
    address.map_or_else(|| path.to_owned(), |address| address.href())
}

/// The address of a script or program of the site's. They lie in one folder, whose name changes with their content
/// (`scripts/finish_site.sh`), so that no cache pairs one with another version's. A worker, which has no document, was
/// started from that folder.
pub fn program_file(name: &str) -> String {
    format!("{}{name}", meta("program").unwrap_or_default())
}
