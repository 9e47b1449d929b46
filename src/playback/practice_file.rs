//! What is kept of practising many songs, as part of the file that a library is saved to.
//!
//! The file is a catalogue, whose readers pass over fields that they do not know. Each song's text carries its own version.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SavedPractice;

/// Texts of [`SavedPractice`] by the songs' ids.
pub type PracticeTexts = BTreeMap<String, String>;

/// The field of a library's file.
#[derive(Serialize, Deserialize)]
struct Field {
    #[serde(default)]
    practised: BTreeMap<String, Value>,
}

/// The text of a library's file with what is kept of these songs; unreadable texts stay away.
pub fn with_practice(file: &str, texts: &PracticeTexts) -> String {
    let value =
        |(id, text): (&String, &String)| Some((id.clone(), serde_json::from_str(text).ok()?));
    let practised = texts.iter().filter_map(value).collect();
    let field = serde_json::to_string(&Field { practised }).unwrap_or_default();
    // Two objects as one: the file's own fields come last, row by row, as they were.
    match (field.strip_suffix('}'), file.strip_prefix('{')) {
        (Some(field), Some(rest)) if !texts.is_empty() => format!("{field},{rest}"),
        _ => file.to_owned(),
    }
}

/// What a library's file holds of practised songs, and how many of them another version of the page wrote; nothing in
/// files of before.
pub fn practice_in(file: &str) -> (PracticeTexts, usize) {
    // Editors of Windows save texts with a byte order mark.
    let file = file.strip_prefix('\u{feff}').unwrap_or(file);
    let field: Option<Field> = serde_json::from_str(file).ok();
    let practised = field.map(|field| field.practised).unwrap_or_default();
    let count = practised.len();
    // Put in order, as what comes from this browser is.
    let text = |(id, value): (String, Value)| {
        Some((id, SavedPractice::from_json(&value.to_string())?.to_json()?))
    };
    let texts: PracticeTexts = practised.into_iter().filter_map(text).collect();
    let others = count - texts.len();
    (texts, others)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "{\"format\":\"f\",\"tracks\":[\n{\"id\":\"1\"}\n]}\n";

    fn texts() -> PracticeTexts {
        let text = |speed_percent| {
            let kept = SavedPractice {
                speed_percent,
                ..SavedPractice::default()
            };
            kept.to_json().expect("JSON")
        };
        [("a", 70), ("b", 110)]
            .map(|(id, speed)| (id.to_owned(), text(speed)))
            .into()
    }

    #[test]
    fn a_file_gives_back_what_was_put_in_beside_its_own_fields() {
        let file = with_practice(FILE, &texts());
        assert_eq!(practice_in(&file), (texts(), 0));
        assert_eq!(practice_in(&format!("\u{feff}{file}")), (texts(), 0));
        assert!(
            file.ends_with(",\"tracks\":[\n{\"id\":\"1\"}\n]}\n"),
            "{file}"
        );
        let read: Value = serde_json::from_str(&file).expect("JSON");
        assert_eq!(read["format"], "f");
    }

    #[test]
    fn files_of_before_have_none_and_songs_of_later_versions_are_counted() {
        assert_eq!(with_practice(FILE, &PracticeTexts::new()), FILE);
        assert_eq!(practice_in(FILE), (PracticeTexts::new(), 0));
        let newer = with_practice(FILE, &texts()).replacen("\"version\":1", "\"version\":9", 1);
        let (read, others) = practice_in(&newer);
        assert_eq!((read.len(), others), (1, 1));
        assert_eq!(practice_in("no JSON"), (PracticeTexts::new(), 0));
    }

    #[test]
    fn what_cannot_be_played_is_put_right_on_the_way_in() {
        let wrong = r#"{"practised":{"a":{"version":1,"practice":{"speed_percent":7}}}}"#;
        let (read, _) = practice_in(wrong);
        assert_eq!(read["a"], SavedPractice::default().to_json().expect("JSON"));
    }
}
