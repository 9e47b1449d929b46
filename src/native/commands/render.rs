//! `deepmelody render`: training songs in Slakh2100's layout, from MIDI files and the built-in composer.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::Args;
use indicatif::ProgressBar;

use super::tracks::{TracksWritten, duration};
use crate::{
    native::{CommandContext, progress::counting_bar},
    render::{
        RenderEvent, RenderOptions, cast::Casting, files::AudioFormat, render, render_demo,
        track::TrackFormat,
    },
    source::Source,
};

/// Arguments of `render`.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Writes OUT/TrackNNNNN with mix, stems, MIDI and metadata.yaml. Finished tracks are kept, so that \
    an interrupted run goes on where it stopped; the same seed gives the same files. MIDI songs come from \
    scripts/mma_songs.py, scripts/freedoom_midi.py or your own folders."
)]
pub struct Arguments {
    /// A MIDI file or a folder of them; may be given several times
    #[arg(long, value_name = "PATH")]
    midi: Vec<PathBuf>,
    /// Number of songs by the built-in composer to add to the MIDI files
    #[arg(long, value_name = "N", default_value_t = 0)]
    compose: usize,
    /// Sound banks: SF2 or SF3 files, folders of them, or folders with one NNN.sf3 a program
    #[arg(long, value_name = "PATH", num_args = 1.., required = true)]
    banks: Vec<PathBuf>,
    /// Folders of recorded voices, in each of them a folder of WAV files for every singer; half of the songs get one
    #[arg(long, value_name = "DIR", num_args = 1..)]
    voices: Vec<PathBuf>,
    /// Instruments of the parts: as-written (mostly those that the song names), recast (drawn at random), or
    /// without-guitar, without-piano, without-bass, without-other (another source plays that source's parts)
    #[arg(long, default_value = "as-written", value_parser = parse_casting)]
    casting: Casting,
    /// Output folder; created if missing
    #[arg(long, short, value_name = "DIR")]
    out: PathBuf,
    /// Number of tracks [default: one for each song]
    #[arg(long, value_name = "N")]
    tracks: Option<NonZeroUsize>,
    /// Random seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Maximum duration of a track in seconds
    #[arg(long, default_value_t = 180.0, value_parser = duration)]
    seconds: f64,
    /// Sample rate in hertz
    #[arg(long, default_value_t = 44_100, value_parser = clap::value_parser!(u32).range(8_000..=192_000))]
    sample_rate: u32,
    /// Format of the files: flac or wav, 16 bits
    #[arg(long, default_value = "flac")]
    format: AudioFormat,
    /// Number of threads; 0 for all cores
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Render the demo song with the first bank into OUT instead
    #[arg(long, conflicts_with_all = ["midi", "compose", "tracks"])]
    demo: bool,
}

fn parse_casting(text: &str) -> Result<Casting, String> {
    let unknown = || "expected as-written, recast or without-SOURCE".to_owned();
    match text {
        "as-written" => Ok(Casting::AsWritten),
        "recast" => Ok(Casting::Recast),
        _ => match text.strip_prefix("without-").map(str::parse) {
            Some(Ok(Source::Drums)) => Err("drums can't be played by others".to_owned()),
            Some(Ok(source)) => Ok(Casting::GiveAway(source)),
            _ => Err(unknown()),
        },
    }
}

impl Arguments {
    fn format(&self) -> TrackFormat {
        TrackFormat {
            seconds: self.seconds,
            sample_rate: self.sample_rate,
            format: self.format,
        }
    }
}

/// Renders the tracks.
///
/// # Errors
/// When there is nothing to render, or the folder can't be written; a song or bank that fails is only reported.
pub fn run(arguments: &Arguments, context: &CommandContext) -> anyhow::Result<()> {
    let format = arguments.format();
    if arguments.demo {
        return Ok(render_demo(&arguments.banks[0], &arguments.out, format)?);
    }
    let options = RenderOptions {
        midi: arguments.midi.clone(),
        compose: arguments.compose,
        banks: arguments.banks.clone(),
        voices: arguments.voices.clone(),
        casting: arguments.casting,
        out: arguments.out.clone(),
        tracks: arguments.tracks,
        seed: arguments.seed,
        format,
        threads: arguments.threads,
    };
    let bar = counting_bar(context, "loading banks");
    let summary = render(&options, &|event| {
        follow(&event, &bar, context);
        context.interrupt().flow()
    })?;
    TracksWritten {
        cancelled: summary.cancelled,
        tracks: summary.rendered + summary.kept,
        summary: format!(
            "{} tracks rendered, {} kept, {} failed",
            summary.rendered, summary.kept, summary.failed
        ),
    }
    .finish(&bar)
}

fn follow(event: &RenderEvent, bar: &ProgressBar, context: &CommandContext) {
    match event {
        RenderEvent::Started { tracks, .. } => {
            bar.set_length(*tracks as u64);
            bar.set_message("rendering");
        }
        RenderEvent::TrackDone | RenderEvent::TrackKept => bar.inc(1),
        RenderEvent::TrackFailed(error) => {
            bar.suspend(|| context.warn(&error.to_string()));
            bar.inc(1);
        }
        RenderEvent::Problem(error) => bar.suspend(|| context.warn(&error.to_string())),
    }
}
