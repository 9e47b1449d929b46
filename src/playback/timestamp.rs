//! Timestamps as one types and reads them: "1:02.5".

/// Seconds from "62.5", "1:02.5" or "1:01:02"; commas do for points. `None` for anything else.
pub fn parse_timestamp(text: &str) -> Option<f64> {
    let text = text.trim().replace(',', ".");
    let is_number = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | ':');
    if text.is_empty() || !text.chars().all(is_number) {
        return None;
    }
    let fields: Vec<f64> = text
        .split(':')
        .map(|field| field.parse().ok())
        .collect::<Option<_>>()?;
    let (last, larger) = fields.split_last()?;
    let is_clock = larger.is_empty() || *last < 60.0;
    let secs = larger.iter().fold(0.0, |sum, field| (sum + field) * 60.0) + last;
    (is_clock && fields.len() <= 3).then_some(secs)
}

/// "1:02.5": minutes, seconds and tenths.
pub fn timestamp(secs: f64) -> String {
    let tenths = (secs.max(0.0) * 10.0).round() as u64;
    let (minutes, secs) = (tenths / 600, tenths % 600);
    format!("{minutes}:{:02}.{}", secs / 10, secs % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_moments_are_understood() {
        let cases = [
            ("62.5", Some(62.5)),
            ("1:02.5", Some(62.5)),
            (" 1:02,5 ", Some(62.5)),
            ("1:01:02", Some(3662.0)),
            ("0:05", Some(5.0)),
            ("1:75", None),
            ("", None),
            ("-3", None),
            ("1e3", None),
            ("inf", None),
            (":", None),
            ("1:2:3:4", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_timestamp(text), expected, "{text:?}");
        }
    }

    #[test]
    fn moments_are_read_as_they_are_typed() {
        for secs in [0.0, 5.3, 59.9, 62.5, 600.0] {
            assert_eq!(parse_timestamp(&timestamp(secs)), Some(secs));
        }
        assert_eq!(timestamp(59.96), "1:00.0");
    }
}
