//! The report of songs that were left out, one line each.

use std::{fs, path::Path};

use crate::native::{CommandContext, output};

/// Problems that standard error repeats; the report has all.
const MOST_REPEATED: usize = 20;

/// Writes the report and repeats it on standard error; without problems, removes an old report.
///
/// # Errors
/// When the file can't be written.
pub(super) fn write(
    path: &Path,
    problems: &[String],
    context: &CommandContext,
) -> anyhow::Result<()> {
    if problems.is_empty() {
        let _ = fs::remove_file(path);
        return Ok(());
    }
    let lines: Vec<String> = problems.iter().map(|problem| one_line(problem)).collect();
    output::write_file(path, (lines.join("\n") + "\n").as_bytes())?;
    for line in lines.iter().take(MOST_REPEATED) {
        context.warn(&format!("left out: {line}"));
    }
    if lines.len() > MOST_REPEATED {
        context.warn(&format!("and {} more", lines.len() - MOST_REPEATED));
    }
    context.warn(&format!(
        "the files left out are listed in {}",
        path.display()
    ));
    Ok(())
}

/// File names may hold line breaks and other control characters.
fn one_line(text: &str) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(clean).collect()
}
