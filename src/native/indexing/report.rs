//! L7, native: the report of songs that were left out, one line each.

use std::{fs, io::Write, path::Path};

use anyhow::Context;

use crate::native::{Session, output::PendingFiles};

/// Problems that standard error repeats; the report has all.
const MOST_REPEATED: usize = 20;

/// Writes the report and repeats it on standard error; without problems, removes an old report.
///
/// # Errors
/// When the file can't be written.
pub(super) fn write(path: &Path, problems: &[String], session: &Session) -> anyhow::Result<()> {
    if problems.is_empty() {
        let _ = fs::remove_file(path);
        return Ok(());
    }
    let lines: Vec<String> = problems.iter().map(|problem| one_line(problem)).collect();
    let mut pending = PendingFiles::default();
    let mut file = pending.create(path)?;
    file.write_all((lines.join("\n") + "\n").as_bytes())
        .and_then(|()| file.flush())
        .with_context(|| format!("{} cannot be written", path.display()))?;
    pending.publish()?;
    for line in lines.iter().take(MOST_REPEATED) {
        session.warn(&format!("left out: {line}"));
    }
    if lines.len() > MOST_REPEATED {
        session.warn(&format!("and {} more", lines.len() - MOST_REPEATED));
    }
    session.warn(&format!(
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
