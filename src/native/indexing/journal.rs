//! What a run has described so far, so that a run that is killed at any moment can be resumed.
//!
//! JSON Lines: a header with the model's id, then a row of the catalogue a line. Each line is on the disk before the
//! next song counts as done; an incomplete last line is cut off.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use crate::catalogue::Track;

const FORMAT: &str = "deepmelody-journal";
/// How every journal begins.
const BEGINNING: &[u8] = br#"{"format":"deepmelody-journal""#;

#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    model_id: String,
}

/// How long a run that was killed may keep its journal locked: a child that it was about to start holds the lock until
/// it becomes another program.
const PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(20);

/// A journal that is being written. Only one run at a time can have it.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    path: PathBuf,
    row_count: usize,
}

impl Journal {
    /// Opens the journal at `path`, making it where it is missing, and gives the rows in it. Rows of another model are
    /// dropped.
    pub(super) fn open(path: PathBuf, model_id: &str) -> anyhow::Result<(Self, Vec<Track>)> {
        let name = path.display().to_string();
        let unwritable = || format!("{name} cannot be written");
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).with_context(unwritable)?;
        if !is_free(&file) {
            bail!("another run is writing this catalogue ({name} is in use)");
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).with_context(unwritable)?;
        if !(bytes.starts_with(BEGINNING) || BEGINNING.starts_with(&bytes)) {
            bail!("{name} is in the way, and is no journal: move it elsewhere");
        }
        let journal = Self {
            file,
            path,
            row_count: 0,
        };
        journal.resume(&bytes, model_id)
    }

    /// Cuts off a torn line, or everything where the rows are another model's, and gives the rows that are left.
    fn resume(mut self, bytes: &[u8], model_id: &str) -> anyhow::Result<(Self, Vec<Track>)> {
        let last_end = bytes.iter().rposition(|&byte| byte == b'\n');
        let whole = &bytes[..last_end.map_or(0, |end| end + 1)];
        let rows = read_rows(whole, model_id);
        let kept = rows.as_ref().map_or(0, |_| whole.len());
        self.cut(kept as u64)
            .with_context(|| format!("{} cannot be written", self.path.display()))?;
        if rows.is_none() {
            self.write_line(&Header {
                format: FORMAT.to_owned(),
                model_id: model_id.to_owned(),
            })?;
        }
        let rows = rows.unwrap_or_default();
        self.row_count = rows.len();
        Ok((self, rows))
    }

    fn cut(&mut self, length: u64) -> std::io::Result<()> {
        self.file.set_len(length)?;
        self.file.seek(SeekFrom::End(0)).map(drop)
    }

    /// Writes a row to the disk.
    pub(super) fn add(&mut self, row: &Track) -> anyhow::Result<()> {
        self.row_count += 1;
        self.write_line(row)
    }

    fn write_line(&mut self, value: &impl Serialize) -> anyhow::Result<()> {
        let line = format!("{}\n", serde_json::to_string(value)?);
        self.file
            .write_all(line.as_bytes())
            .and_then(|()| self.file.sync_data())
            .with_context(|| format!("{} cannot be written", self.path.display()))
    }

    /// Leaves the journal for the next run, if there is anything in it, and says so.
    pub(super) fn keep(self) -> String {
        match self.row_count {
            0 => {
                self.discard();
                "cancelled: nothing was written".to_owned()
            }
            count => format!(
                "cancelled: {count} songs are kept in {}; the same command goes on from there",
                self.path.display()
            ),
        }
    }

    /// Removes the journal: its rows are in the catalogue, or there are none.
    pub(super) fn discard(self) {
        remove(&self.path);
    }
}

/// A journal that cannot be removed does no harm: its rows are known by their contents.
fn remove(path: &Path) {
    let _ = fs::remove_file(path);
}

/// Locks `file`; false if another process holds the lock.
fn is_free(file: &File) -> bool {
    let started = Instant::now();
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if started.elapsed() < PATIENCE => thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => return false,
            // Some network file systems have no locks; one run at a time is then the user's business.
            Ok(()) | Err(TryLockError::Error(_)) => return true,
        }
    }
}

/// The rows below a header of this model.
fn read_rows(bytes: &[u8], model_id: &str) -> Option<Vec<Track>> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines();
    let header: Header = serde_json::from_str(lines.next()?).ok()?;
    let is_ours = header.format == FORMAT && header.model_id == model_id;
    is_ours.then(|| {
        lines
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str) -> Track {
        Track {
            id: id.to_owned(),
            title: "A\nB".to_owned(),
            duration_secs: 2.5,
            ..Track::default()
        }
    }

    #[test]
    fn rows_survive_a_kill_at_any_byte() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal");
        let (mut journal, rows) = Journal::open(path.clone(), "m").expect("a journal");
        assert!(rows.is_empty());
        journal.add(&row("a")).expect("written");
        journal.add(&row("b")).expect("written");
        drop(journal);
        let whole = fs::read(&path).expect("a journal");
        let ends: Vec<usize> = (1..=whole.len())
            .filter(|&end| whole[end - 1] == b'\n')
            .collect();
        for length in 0..=whole.len() {
            fs::write(&path, &whole[..length]).expect("a torn journal");
            let (mut journal, rows) = Journal::open(path.clone(), "m").expect("a journal");
            let expected = ends
                .iter()
                .filter(|&&end| end <= length)
                .count()
                .saturating_sub(1);
            assert_eq!(rows, [row("a"), row("b")][..expected], "{length} bytes");
            journal.add(&row("c")).expect("written");
            drop(journal);
            let (_, rows) = Journal::open(path.clone(), "m").expect("a journal");
            assert_eq!(rows.last(), Some(&row("c")));
            assert_eq!(rows.len(), expected + 1);
        }
    }

    #[test]
    fn rows_of_another_model_are_dropped() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal");
        let (mut journal, _) = Journal::open(path.clone(), "m").expect("a journal");
        journal.add(&row("a")).expect("written");
        drop(journal);
        let (journal, rows) = Journal::open(path.clone(), "n").expect("a journal");
        assert!(rows.is_empty());
        assert!(journal.keep().contains("nothing was written"));
        assert!(!path.exists());
    }

    #[test]
    fn a_file_that_is_no_journal_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal");
        fs::write(&path, "Dear diary,\n").expect("a file");
        let refusal = Journal::open(path.clone(), "m").expect_err("no journal");
        assert!(refusal.to_string().contains("is no journal"), "{refusal}");
        assert_eq!(fs::read(&path).expect("a file"), b"Dear diary,\n");
    }

    #[test]
    fn two_runs_do_not_share_a_journal() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal");
        let first = Journal::open(path.clone(), "m").expect("a journal");
        let refusal = Journal::open(path, "m").expect_err("in use").to_string();
        assert!(refusal.contains("another run"), "{refusal}");
        drop(first);
    }
}
