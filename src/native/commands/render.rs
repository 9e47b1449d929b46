//! L7, native: `deepmelody render`.

use std::path::PathBuf;

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::native::{Session, Verbosity, output};
use crate::render::files::AudioFormat;
use crate::render::track::TrackFormat;
use crate::render::{RenderEvent, RenderOptions, render};

/// Coding of the rendered files.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Coding {
    Flac,
    Wav,
}

/// Arguments of `render`.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// MIDI files, or folders of them
    #[arg(long, value_name = "PATH", num_args = 1..)]
    midi: Vec<PathBuf>,
    /// Songs of the program's own composer to render beside the MIDI files
    #[arg(long, default_value_t = 0)]
    compose: usize,
    /// Sound banks: SF2 or SF3 files, or folders with one file a program
    #[arg(long, value_name = "PATH", num_args = 1.., required = true)]
    banks: Vec<PathBuf>,
    /// Folder for the tracks; finished ones in it are kept
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Tracks to render
    #[arg(long, default_value_t = 100)]
    tracks: usize,
    /// Everything random follows from it
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Longest duration of a track
    #[arg(long, default_value_t = 180.0)]
    seconds: f64,
    /// Samples a second
    #[arg(long, default_value_t = 44_100)]
    sample_rate: u32,
    /// Coding of the files
    #[arg(long, value_enum, default_value = "flac")]
    format: Coding,
    /// Threads; 0 = all cores
    #[arg(long, default_value_t = 0)]
    threads: usize,
}

/// Runs the command.
///
/// # Errors
/// When no bank or no song can be used. Single broken files are named and left out.
pub fn run(arguments: &Arguments, session: &Session) -> anyhow::Result<()> {
    let options = RenderOptions {
        midi: arguments.midi.clone(),
        compose: arguments.compose,
        banks: arguments.banks.clone(),
        out: arguments.out.clone(),
        tracks: arguments.tracks,
        seed: arguments.seed,
        format: TrackFormat {
            seconds: arguments.seconds,
            sample_rate: arguments.sample_rate,
            format: match arguments.format {
                Coding::Flac => AudioFormat::Flac,
                Coding::Wav => AudioFormat::Wav,
            },
        },
        threads: arguments.threads,
    };
    let bar = bar(session, arguments.tracks as u64);
    let summary = render(&options, &|event| match event {
        RenderEvent::Started { banks, songs } => {
            bar.set_message(format!("{songs} songs, {banks} banks"))
        }
        RenderEvent::TrackDone | RenderEvent::TrackKept => bar.inc(1),
        RenderEvent::Problem(problem) => bar.suspend(|| session.warn(&problem.to_string())),
    })?;
    bar.finish_and_clear();
    output::print(&format!(
        "{} tracks rendered, {} kept from before, {} failed\n",
        summary.rendered, summary.kept, summary.failed
    ))
}

fn bar(session: &Session, tracks: u64) -> ProgressBar {
    let target = match session.verbosity() {
        Verbosity::Normal => ProgressDrawTarget::stderr(),
        Verbosity::Quiet => ProgressDrawTarget::hidden(),
    };
    let bar = ProgressBar::with_draw_target(Some(tracks), target);
    if let Ok(style) =
        ProgressStyle::with_template("{msg}  {bar:30} {pos}/{len} tracks  {eta} left")
    {
        bar.set_style(style);
    }
    bar
}
