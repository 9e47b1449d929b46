//! Where results, messages and files go: standard output and error, and files that appear only when they are whole.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;

/// Writes a command's result to standard output. A reader that went away (`| head`) is no failure.
///
/// # Errors
/// When standard output can't be written otherwise.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("standard output cannot be written"),
    }
}

/// Writes `value` as indented JSON and a line break to standard output.
///
/// # Errors
/// As [`print()`].
pub fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    print(&format!("{}\n", serde_json::to_string_pretty(value)?))
}

/// Writes a line to standard error; when that fails, there is nowhere left to say so.
pub fn note(message: &str) {
    let _ = writeln!(io::stderr(), "{message}");
}

/// A failure whose details are on standard output already.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Reported(pub String);

/// Prints why the program fails, with all causes; on standard output too where the user asked for JSON.
pub fn error(error: &anyhow::Error) {
    note(&format!("error: {error:#}"));
    if asks_for_json(std::env::args_os().skip(1)) && !error.is::<Reported>() {
        let causes: Vec<String> = error.chain().skip(1).map(ToString::to_string).collect();
        let report = serde_json::json!({
            "format": "deepmelody-error",
            "version": 1,
            "error": error.to_string(),
            "causes": causes,
        });
        // The exit code says that it failed, even where nothing is read.
        print_json(&report).ok();
    }
}

/// Whether `--json`, which means the same in every command, is among the arguments before any `--`.
fn asks_for_json(arguments: impl Iterator<Item = OsString>) -> bool {
    let mut options = arguments.take_while(|argument| argument != "--");
    options.any(|argument| argument == "--json")
}

/// Refuses to write into a folder that is there.
///
/// # Errors
/// When it is.
pub fn ensure_new(folder: &Path) -> anyhow::Result<()> {
    anyhow::ensure!(
        !folder.exists(),
        "{} is there already: choose another folder",
        folder.display()
    );
    Ok(())
}

/// Writes a file that appears whole or not at all.
///
/// # Errors
/// When `path` is a folder or can't be written.
pub fn write_file(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut pending = PendingFiles::default();
    pending.put(path, bytes)?;
    pending.publish()
}

/// Files that are being written beside their final places; they vanish unless published.
#[derive(Debug, Default)]
pub struct PendingFiles {
    /// (temporary, final) paths.
    files: Vec<(PathBuf, PathBuf)>,
    /// Folders made for them, the outermost first.
    folders: Vec<PathBuf>,
}

impl PendingFiles {
    /// Makes `folder` where it is missing, with its parents.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn make_folder(&mut self, folder: &Path) -> anyhow::Result<()> {
        let missing = folder
            .ancestors()
            .take_while(|path| !path.as_os_str().is_empty() && !path.exists());
        let mut missing: Vec<_> = missing.map(Path::to_path_buf).collect();
        missing.reverse();
        self.folders.append(&mut missing);
        fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))
    }

    /// Starts the file that will be `path`.
    ///
    /// # Errors
    /// When `path` is a folder or can't be written.
    pub fn create(&mut self, path: &Path) -> anyhow::Result<BufWriter<File>> {
        anyhow::ensure!(
            !path.is_dir(),
            "{} is a folder: expected a file name",
            path.display()
        );
        let name = path
            .file_name()
            .with_context(|| format!("{} names no file", path.display()))?;
        let mut temporary_name = OsString::from(".");
        temporary_name.push(name);
        temporary_name.push(format!(".{}.part", std::process::id()));
        let temporary = path.with_file_name(temporary_name);
        let file = File::create(&temporary)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        self.files.push((temporary, path.to_path_buf()));
        Ok(BufWriter::new(file))
    }

    /// Writes the file that will be `path`.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub fn put(&mut self, path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
        let mut file = self.create(path)?;
        file.write_all(bytes)
            .and_then(|()| file.flush())
            .with_context(|| format!("{} cannot be written", path.display()))
    }

    /// Gives every file its name. All writers must be flushed.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn publish(mut self) -> anyhow::Result<()> {
        while let Some((temporary, path)) = self.files.first() {
            fs::rename(temporary, path)
                .with_context(|| format!("{} cannot be written", path.display()))?;
            self.files.remove(0);
            self.folders.clear();
        }
        self.folders.clear();
        Ok(())
    }
}

impl Drop for PendingFiles {
    fn drop(&mut self) {
        for (temporary, _) in &self.files {
            let _ = fs::remove_file(temporary);
        }
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}
