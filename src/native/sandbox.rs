//! Decoding in a process of its own, limited in time, memory and size: a file on which a decoder hangs, crashes or takes
//! all memory costs that process and nothing else.
//!
//! The program starts itself with a hidden command. That answers on its standard output with one line of JSON, a
//! [`Reply`], and then, for a song, with its samples as 32-bit little-endian floats.

use std::{
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};

use super::{
    CommandContext,
    interrupt::Interrupt,
    process_limits,
    song::{self, LoadedSong},
};
use crate::{
    analysis::MAX_DURATION_SECS,
    audio::{SAMPLE_RATE, Waveform},
    tags::Tags,
};

/// Name of the hidden command.
pub const NAME: &str = "decode-in-sandbox";

/// How often a wait looks at the clock and at Ctrl-C.
const POLL_INTERVAL: Duration = Duration::from_millis(50);
/// Longest line of JSON that is read: tags are short, and a child that fails must not fill the memory.
const MAX_LINE_BYTES: u64 = 1 << 20;
/// Samples of the longest song, with a second for the resampler's rounding.
const MAX_SAMPLES: usize = (MAX_DURATION_SECS as usize + 1) * SAMPLE_RATE as usize;
const SAMPLE_BYTES: usize = size_of::<f32>();

/// What reading one file may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Until the answer is complete.
    pub time: Duration,
    /// Address space of the process. An hour at 192 kHz takes 2.6 GiB.
    pub memory_bytes: u64,
    /// Of the file. An hour of 24-bit stereo at 192 kHz has 3.9 GiB.
    pub file_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(300),
            memory_bytes: 4 << 30,
            file_bytes: 4 << 30,
        }
    }
}

/// Arguments of the hidden command.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    song: PathBuf,
    #[arg(long)]
    memory_bytes: u64,
    #[arg(long)]
    processor_secs: u64,
}

/// What the child says first.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Reply {
    /// This many samples follow.
    Song {
        tags: Tags,
        warnings: Vec<String>,
        sample_count: usize,
    },
    /// Why there is no song.
    Refused(String),
}

/// The child's side: loads the song and answers.
///
/// # Errors
/// When the answer can't be written.
pub fn serve(arguments: &Arguments, context: &CommandContext) -> anyhow::Result<()> {
    process_limits::restrict(arguments.memory_bytes, arguments.processor_secs);
    let (reply, samples) = match song::load(&arguments.song, context) {
        Ok(song) => {
            let reply = Reply::Song {
                tags: song.tags,
                warnings: song.warnings,
                sample_count: song.waveform.samples.len(),
            };
            (reply, song.waveform.samples)
        }
        Err(error) => (Reply::Refused(format!("{error:#}")), Vec::new()),
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(&reply)?)?;
    for part in samples.chunks(SAMPLE_RATE as usize) {
        let bytes: Vec<u8> = part
            .iter()
            .flat_map(|sample| sample.to_le_bytes())
            .collect();
        out.write_all(&bytes)?;
    }
    Ok(out.flush()?)
}

/// [`song::load`] in a child process, for a file that passed [`check_file`].
///
/// # Errors
/// As [`song::load`]; and when that costs more than `limits` allow.
pub fn load(path: &Path, limits: &Limits, interrupt: &Interrupt) -> anyhow::Result<LoadedSong> {
    let name = path.display();
    let mut command = Command::new(program().context("this program is not found")?);
    command
        .arg(NAME)
        .args(["--memory-bytes", &limits.memory_bytes.to_string()])
        .args([
            "--processor-secs",
            &limits.time.as_secs().max(1).to_string(),
        ])
        .arg("--")
        .arg(path);
    match ask(command, limits.time, interrupt).with_context(|| format!("{name} was given up"))? {
        (Reply::Refused(reason), _) => bail!(reason),
        (Reply::Song { tags, warnings, .. }, samples) => Ok(LoadedSong {
            waveform: Waveform {
                samples,
                sample_rate: SAMPLE_RATE,
            },
            tags,
            warnings,
        }),
    }
}

/// This program. On Linux that which runs, even when an update has put another file in its place since.
fn program() -> io::Result<PathBuf> {
    match cfg!(target_os = "linux") {
        true => Ok("/proc/self/exe".into()),
        false => std::env::current_exe(),
    }
}

/// Refuses what could be read for ever, such as devices and pipes, or for too long.
///
/// # Errors
/// When the file is missing, no plain file, or too large.
pub fn check_file(path: &Path, limits: &Limits) -> anyhow::Result<()> {
    let name = path.display();
    let metadata = fs::metadata(path).with_context(|| format!("{name} cannot be read"))?;
    ensure!(metadata.is_file(), "{name} is no plain file");
    ensure!(
        metadata.len() <= limits.file_bytes,
        "{name} has {:.1} GiB: at most {:.1} are read",
        gibibytes(metadata.len()),
        gibibytes(limits.file_bytes)
    );
    Ok(())
}

fn gibibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 30)
}

/// A child that ends with its owner.
struct Owned(Child);

impl Drop for Owned {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a child until its answer is complete, but not for longer than `time`.
fn ask(
    mut command: Command,
    time: Duration,
    interrupt: &Interrupt,
) -> anyhow::Result<(Reply, Vec<f32>)> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = Owned(command.spawn().context("no process could be started")?);
    let stdout = child.0.stdout.take().context("the process has no output")?;
    let (sender, receiver) = mpsc::channel();
    // After a time-out the receiver is gone, and with it the need to send.
    thread::spawn(move || drop(sender.send(read_answer(stdout))));
    match wait(&receiver, time, interrupt)? {
        Some(answer) => Ok(answer),
        None => {
            let status = child.0.wait().context("its decoder cannot be waited for")?;
            bail!("its decoder crashed or wanted too much memory ({status})")
        }
    }
}

/// The answer, or `None` where the child ended without one.
fn wait<T>(
    answer: &Receiver<anyhow::Result<T>>,
    time: Duration,
    interrupt: &Interrupt,
) -> anyhow::Result<Option<T>> {
    let started = Instant::now();
    loop {
        match answer.recv_timeout(POLL_INTERVAL) {
            Ok(answer) => return Ok(answer.ok()),
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
            Err(RecvTimeoutError::Timeout) if interrupt.is_requested() => bail!("cancelled"),
            Err(RecvTimeoutError::Timeout) => ensure!(
                started.elapsed() < time,
                "decoding it took longer than {} s",
                time.as_secs()
            ),
        }
    }
}

fn read_answer(stdout: ChildStdout) -> anyhow::Result<(Reply, Vec<f32>)> {
    let mut stdout = BufReader::new(stdout);
    let mut line = String::new();
    stdout.by_ref().take(MAX_LINE_BYTES).read_line(&mut line)?;
    let reply: Reply = serde_json::from_str(&line)?;
    let mut samples = Vec::new();
    if let Reply::Song { sample_count, .. } = reply {
        ensure!(sample_count <= MAX_SAMPLES, "too many samples");
        let mut bytes = vec![0; sample_count * SAMPLE_BYTES];
        stdout.read_exact(&mut bytes)?;
        let (whole, _) = bytes.as_chunks::<SAMPLE_BYTES>();
        samples = whole
            .iter()
            .map(|&bytes| f32::from_le_bytes(bytes))
            .collect();
    }
    Ok((reply, samples))
}

#[cfg(all(test, unix))]
mod tests;
