//! Artist and title of a song whose file has no tags, from the file's name.

/// Artist, where the name has one, and title: of "Artist - Title.mp3", "07 - Title.mp3" or "Title.mp3".
pub fn names_of_file(name: &str) -> (Option<String>, String) {
    let stem = without_extension(name);
    match stem.split_once(" - ") {
        Some((first, title)) if is_track_number(first) => (None, title.trim().to_owned()),
        Some((artist, title)) => (Some(artist.trim().to_owned()), title.trim().to_owned()),
        None => (None, stem.to_owned()),
    }
}

/// "song.mp3" as "song"; a name that is nothing but an extension stays.
fn without_extension(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

fn is_track_number(text: &str) -> bool {
    text.chars().all(|letter| letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn artist_and_title_are_found_where_the_name_has_them() {
        let cases = [
            ("Somebody - A Song.mp3", Some("Somebody"), "A Song"),
            ("07 - A Song.flac", None, "A Song"),
            ("A Song.ogg", None, "A Song"),
            ("A Song", None, "A Song"),
            ("AC-DC.mp3", None, "AC-DC"),
            ("A - B - C.mp3", Some("A"), "B - C"),
        ];
        for (name, artist, title) in cases {
            let expected = (artist.map(str::to_owned), title.to_owned());
            assert_eq!(names_of_file(name), expected, "{name}");
        }
    }

    #[test]
    fn only_the_last_extension_is_cut_off() {
        assert_eq!(without_extension("a.b.mp3"), "a.b");
        assert_eq!(without_extension(".mp3"), ".mp3");
        assert_eq!(without_extension("a"), "a");
    }
}
