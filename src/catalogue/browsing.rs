//! Searches the visitor's own songs by words, ignoring accents, and sorts them.

use super::Track;
use crate::source::Source;

/// What a collection is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CollectionOrder {
    /// Artist, then title.
    #[default]
    Name,
    /// The last added first.
    Newest,
    /// The largest share of this source first.
    MostOf(Source),
}

/// The indices of the tracks that have all of these words in title, artist or album, sorted. Tracks come in the order
/// in which they were added.
pub fn browse(tracks: &[Track], text: &str, order: CollectionOrder) -> Vec<usize> {
    let text = without_accents(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut found: Vec<usize> = (0..tracks.len())
        .filter(|&index| has_words(&tracks[index], &words))
        .collect();
    match order {
        CollectionOrder::Name => found.sort_by_cached_key(|&index| {
            let track = &tracks[index];
            (
                without_accents(&track.artist),
                without_accents(&track.title),
            )
        }),
        CollectionOrder::Newest => found.reverse(),
        CollectionOrder::MostOf(source) => found.sort_by(|&a, &b| {
            let share = |index: usize| tracks[index].prominence[source];
            share(b).total_cmp(&share(a))
        }),
    }
    found
}

fn has_words(track: &Track, words: &[&str]) -> bool {
    if words.is_empty() {
        return true;
    }
    let album = track.album.as_deref().unwrap_or_default();
    let text = without_accents(&format!("{}\n{}\n{album}", track.title, track.artist));
    words.iter().all(|word| text.contains(word))
}

/// Lower case, with the letters of Unicode's Latin-1 Supplement and Latin Extended-A without their accents, and without
/// combining marks: "Dvořák" and "dvorak" are the same.
pub fn without_accents(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'à'..='å' | 'ā' | 'ă' | 'ą' => plain.push('a'),
            'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => plain.push('c'),
            'ď' | 'đ' | 'ð' => plain.push('d'),
            'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => plain.push('e'),
            'ĝ' | 'ğ' | 'ġ' | 'ģ' => plain.push('g'),
            'ĥ' | 'ħ' => plain.push('h'),
            'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => plain.push('i'),
            'ĵ' => plain.push('j'),
            'ķ' => plain.push('k'),
            'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => plain.push('l'),
            'ñ' | 'ń' | 'ņ' | 'ň' => plain.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => plain.push('o'),
            'ŕ' | 'ŗ' | 'ř' => plain.push('r'),
            'ś' | 'ŝ' | 'ş' | 'š' => plain.push('s'),
            'ţ' | 'ť' | 'ŧ' => plain.push('t'),
            'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => plain.push('u'),
            'ŵ' => plain.push('w'),
            'ý' | 'ÿ' | 'ŷ' => plain.push('y'),
            'ź' | 'ż' | 'ž' => plain.push('z'),
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            // Combining diacritical marks.
            '\u{300}'..='\u{36f}' => {}
            letter => plain.push(letter),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::PerSource;

    fn track(artist: &str, title: &str, guitar: f32) -> Track {
        Track {
            artist: artist.to_owned(),
            title: title.to_owned(),
            prominence: PerSource([guitar, 0.0, 0.0, 0.0, 0.0]),
            ..Track::default()
        }
    }

    fn tracks() -> [Track; 3] {
        [
            track("Sigur Rós", "Ágætis byrjun", 0.4),
            track("Antonín Dvořák", "Largo", 0.0),
            track("beirut", "Nantes", 0.9),
        ]
    }

    #[test]
    fn words_are_found_with_and_without_accents() {
        let found = |text: &str| browse(&tracks(), text, CollectionOrder::Name);
        assert_eq!(found("dvorak largo"), [1]);
        assert_eq!(found("DVOŘÁK"), [1]);
        assert_eq!(found("agaetis ros"), [0]);
        assert_eq!(found("ros nantes"), [0; 0]);
        assert_eq!(found("A\u{301}gætis"), [0], "combining marks");
    }

    #[test]
    fn a_collection_is_sorted_by_name_date_and_share() {
        let sorted = |order| browse(&tracks(), "", order);
        assert_eq!(sorted(CollectionOrder::Name), [1, 2, 0]);
        assert_eq!(sorted(CollectionOrder::Newest), [2, 1, 0]);
        assert_eq!(sorted(CollectionOrder::MostOf(Source::Guitar)), [2, 0, 1]);
    }
}
