//! `deepmelody prepare`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use indicatif::ProgressBar;

use super::tracks::{TracksWritten, decode_whole_stem, duration};
use crate::native::{CommandContext, progress::counting_bar};
use crate::train::prepare::{PrepareEvent, PrepareOptions, omitted_tracks, prepare};

/// Arguments of `prepare`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Reads SLAKH_DIR/{train,validation,test}/TrackNNNNN and writes the same folders below OUT, \
    with one WAV for each source, and metadata.csv with one row for each stem. Missing and damaged files are \
    reported and left out. Finished tracks are kept, so that the same command resumes after an interruption."
)]
pub struct Arguments {
    /// Folder of Slakh2100, original or redux
    slakh_dir: PathBuf,
    /// Output folder
    #[arg(long, short, value_name = "DIR")]
    out: PathBuf,
    /// Duration of every song in seconds: longer ones are cut, shorter ones padded with silence
    #[arg(long, default_value_t = 180.0, value_parser = duration)]
    seconds: f64,
    /// Split file of the data set's authors (redux.json): leaves out the tracks that it omits, for the original data
    /// set
    #[arg(long, value_name = "FILE")]
    splits: Option<PathBuf>,
}

/// Prepares the tracks.
///
/// # Errors
/// When the folder is not Slakh2100, no track can be used, or Ctrl-C was pressed.
pub fn run(arguments: &Arguments, context: &CommandContext) -> anyhow::Result<()> {
    let omitted = match &arguments.splits {
        Some(path) => omitted_tracks(path)?,
        None => BTreeSet::new(),
    };
    let options = PrepareOptions {
        slakh: arguments.slakh_dir.clone(),
        out: arguments.out.clone(),
        seconds: arguments.seconds,
        omitted,
        decode: decode_whole_stem,
    };
    let bar = counting_bar(context, "preparing");
    let summary = prepare(&options, &|event| {
        follow(&event, &bar, context);
        context.interrupt().flow()
    })?;
    TracksWritten {
        cancelled: summary.cancelled,
        tracks: summary.prepared + summary.kept,
        summary: format!(
            "{} tracks prepared, {} kept, {} skipped; {}",
            summary.prepared,
            summary.kept,
            summary.skipped,
            arguments.out.join("metadata.csv").display()
        ),
    }
    .finish(&bar)
}

fn follow(event: &PrepareEvent, bar: &ProgressBar, context: &CommandContext) {
    match event {
        PrepareEvent::Started(tracks) => bar.set_length(*tracks as u64),
        PrepareEvent::TrackDone => bar.inc(1),
        PrepareEvent::Problem(problem) => bar.suspend(|| context.warn(&problem.to_string())),
    }
}
