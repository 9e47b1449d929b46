//! L7, native: `deepmelody prepare`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use indicatif::ProgressBar;

use crate::audio::Recording;
use crate::native::{Session, decode, output, progress::counting_bar};
use crate::train::prepare::{PrepareEvent, PrepareOptions, omitted_tracks, prepare};

/// Arguments of `prepare`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Reads SLAKH_DIR/{train,validation,test}/TrackNNNNN and writes the same folders below OUT, a WAV a \
    source, and metadata.csv, a row a stem. Missing and damaged files are named and left out. Finished tracks are kept, \
    so that the same command goes on after an interruption."
)]
pub struct Arguments {
    /// Folder of Slakh2100, original or redux
    slakh_dir: PathBuf,
    /// Folder to write into
    #[arg(long, short, value_name = "DIR")]
    out: PathBuf,
    /// Duration of every song: longer ones are cut, shorter ones end in silence
    #[arg(long, default_value_t = 180.0, value_parser = duration)]
    seconds: f64,
    /// Split file of the data set's authors (redux.json): leaves out the tracks that it omits, for the original data set
    #[arg(long, value_name = "FILE")]
    splits: Option<PathBuf>,
}

fn duration(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (5.0..=3600.0).contains(&seconds) => Ok(seconds),
        _ => Err("expected 5 to 3600 seconds".to_owned()),
    }
}

/// Prepares the tracks.
///
/// # Errors
/// When the folder is not Slakh2100, no track can be used, or Ctrl-C was pressed.
pub fn run(arguments: &Arguments, session: &Session) -> anyhow::Result<()> {
    let omitted = match &arguments.splits {
        Some(path) => omitted_tracks(path)?,
        None => BTreeSet::new(),
    };
    let options = PrepareOptions {
        slakh: arguments.slakh_dir.clone(),
        out: arguments.out.clone(),
        seconds: arguments.seconds,
        omitted,
        decode: decode_whole,
    };
    let bar = counting_bar(session, "preparing");
    let summary = prepare(&options, &|event| {
        follow(&event, &bar, session);
        session.interrupt().flow()
    })?;
    bar.finish_and_clear();
    anyhow::ensure!(!summary.cancelled, "stopped; the same command goes on");
    output::print(&format!(
        "{} tracks prepared, {} kept, {} skipped; {}\n",
        summary.prepared,
        summary.kept,
        summary.skipped,
        arguments.out.join("metadata.csv").display()
    ))?;
    anyhow::ensure!(summary.prepared + summary.kept > 0, "no track can be used");
    Ok(())
}

/// Decodes a stem that must be whole: half a stem would teach that its instrument stops.
fn decode_whole(path: &Path) -> Result<Recording, String> {
    let song =
        decode::decode_file(path, &AtomicBool::new(false)).map_err(|error| error.to_string())?;
    match song.warnings.first() {
        Some(warning) => Err(warning.clone()),
        None => Ok(song.recording),
    }
}

fn follow(event: &PrepareEvent, bar: &ProgressBar, session: &Session) {
    match event {
        PrepareEvent::Started(tracks) => bar.set_length(*tracks as u64),
        PrepareEvent::TrackDone => bar.inc(1),
        PrepareEvent::Problem(problem) => bar.suspend(|| session.warn(&problem.to_string())),
    }
}
