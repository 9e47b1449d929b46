//! Numbers and texts as people read them in a terminal.

/// A share in [0, 1] as a whole percentage.
pub fn percent(share: f32) -> String {
    format!("{:.0} %", share * 100.0)
}

/// Seconds as 3:07, or 1:03:07 from an hour up.
pub fn clock(secs: f32) -> String {
    let total = secs.max(0.0).round() as u64;
    let (hours, minutes, secs) = (total / 3600, total / 60 % 60, total % 60);
    match hours {
        0 => format!("{minutes}:{secs:02}"),
        _ => format!("{hours}:{minutes:02}:{secs:02}"),
    }
}

/// The song's length as `cells` characters, denser the more of a cell's time lies within `ranges_secs`.
pub fn timeline(ranges_secs: &[[f32; 2]], duration_secs: f32, cells: usize) -> String {
    const SHADES: [char; 5] = ['·', '░', '▒', '▓', '█'];
    let cell_secs = duration_secs / cells as f32;
    let shade = |cell: usize| {
        let (start, end) = (cell as f32 * cell_secs, (cell + 1) as f32 * cell_secs);
        let covered: f32 = ranges_secs
            .iter()
            .map(|[from, to]| (to.min(end) - from.max(start)).max(0.0))
            .sum();
        let share = if cell_secs > 0.0 {
            covered / cell_secs
        } else {
            0.0
        };
        SHADES[(share * 4.0).round().clamp(0.0, 4.0) as usize]
    };
    (0..cells).map(shade).collect()
}

/// `text` in exactly `width` characters: filled with spaces, or cut with an ellipsis. Control characters, which could
/// disturb a terminal, become spaces.
pub fn column(text: &str, width: usize) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let length = text.chars().count();
    if length <= width {
        let padding = std::iter::repeat_n(' ', width - length);
        text.chars().map(clean).chain(padding).collect()
    } else {
        let kept = text.chars().map(clean).take(width.saturating_sub(1));
        kept.chain(std::iter::once('…')).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_have_hours_only_when_needed() {
        assert_eq!(clock(0.4), "0:00");
        assert_eq!(clock(187.0), "3:07");
        assert_eq!(clock(3787.2), "1:03:07");
    }

    #[test]
    fn timelines_shade_by_coverage() {
        assert_eq!(timeline(&[[0.0, 1.0], [1.5, 2.0]], 4.0, 4), "█▒··");
        assert_eq!(timeline(&[], 0.0, 2), "··");
    }

    #[test]
    fn columns_have_their_width() {
        assert_eq!(column("Ödön\n", 7), "Ödön   ");
        assert_eq!(column("A long title", 7), "A long…");
    }
}
