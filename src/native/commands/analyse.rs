//! L7, native: `analyse SONG`: how much and when each instrument plays.

use std::{fmt::Write, path::PathBuf};

use clap::Args;

use crate::{
    analysis::{Analysis, Report},
    native::{Session, engine::Engine, format, output, song},
};

/// Characters of the timeline.
const TIMELINE_CELLS: usize = 48;

/// Arguments of `analyse`.
#[derive(Args, Debug)]
#[command(
    after_help = "The JSON object has the fields format (\"deepmelody-analysis\"), version (1), file, sources \
    (the five names; every list of five is in their order), model_id, duration_secs, prominence (five shares of the \
    song's time, 0 to 1), levels (the song's loudness from 0 to 1 at even steps) and parts (five objects: ranges_secs, the [start, end] during which the source plays, and \
    levels, its loudness likewise)."
)]
pub struct Arguments {
    /// An audio file: WAV, FLAC, MP3, Ogg Vorbis or AAC/M4A
    song: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Analyses a file and prints the result.
///
/// # Errors
/// When the song can't be analysed.
pub fn run(arguments: &Arguments, session: &Session) -> anyhow::Result<()> {
    let engine = Engine::open(session)?;
    let analysis = song::analyse_file(&arguments.song, &engine, session)?;
    let file = arguments.song.display().to_string();
    if arguments.json {
        output::print_json(&Report::new(&file, &analysis))
    } else {
        output::print(&describe(&file, &analysis))
    }
}

fn describe(file: &str, analysis: &Analysis) -> String {
    let mut text = format!("{file}  {}\n", format::clock(analysis.duration_secs));
    for (source, part) in analysis.parts.iter() {
        let timeline = format::timeline(&part.ranges_secs, analysis.duration_secs, TIMELINE_CELLS);
        let share = format::percent(analysis.prominence[source]);
        let _ = writeln!(text, "  {:<6}  {share:>5}  {timeline}", source.name());
    }
    text
}
