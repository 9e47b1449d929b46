//! `analyse SONG`: how much and when each instrument plays.

use std::{fmt::Write, path::PathBuf};

use clap::Args;

use crate::{
    analysis::{Analysis, AnalysisReport},
    model::Interval,
    music::{Music, NO_CHORD, Spelling},
    native::{CommandContext, engine::Engine, format, output, song},
};

/// Chords in a line of the terminal.
const CHORDS_A_LINE: usize = 8;

/// Characters of the timeline.
const TIMELINE_CELLS: usize = 48;

/// Arguments of `analyse`.
#[derive(Args, Debug)]
#[command(
    after_help = "The JSON object has the fields format (\"deepmelody-analysis\"), version (1), file, sources \
    (the five names; every list of five is in their order), model_id, duration_secs, prominence (five shares of the \
    song's time, 0 to 1), prominence_intervals (of each share the [from, to] between which the truth lies in four of five \
    songs; absent where the model's card has none), levels (the song's loudness from 0 to 1 at even steps), parts (five \
    objects: ranges_secs, the [start, end] during which the source plays, and levels, its loudness likewise) and music: \
    grid (bpm, beats_per_bar, first_downbeat: which beat begins the first bar, counted from 0, and beats_secs; null where nothing pulses), tuning_cents (deviation from 440 Hz), key (key, such as \
    \"A minor\", its relative, and margin, by how much the key's notes fit better than any other's; null where nothing has \
    a pitch), chords (start_secs, end_secs, and chord, such as \"F#m7\", \"N\" for none) and sections (start_secs, end_secs \
    and label: A, B, C, the same for stretches that are alike)."
)]
pub struct Arguments {
    /// An audio file: WAV, FLAC, MP3, Ogg Vorbis or AAC/M4A; - for standard input
    song: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Analyses a file and prints the result.
///
/// # Errors
/// When the song can't be analysed.
pub fn run(arguments: &Arguments, context: &CommandContext) -> anyhow::Result<()> {
    let engine = Engine::open(context)?;
    let analysis = song::analyse_file(&arguments.song, &engine, context)?;
    let file = arguments.song.display().to_string();
    if arguments.json {
        output::print_json(&AnalysisReport::new(&file, &analysis))
    } else {
        output::print(&describe(&file, &analysis))
    }
}

fn describe(file: &str, analysis: &Analysis) -> String {
    let mut text = format!("{file}  {}\n", format::clock(analysis.duration_secs));
    for (source, part) in analysis.parts.iter() {
        let timeline = format::timeline(&part.ranges_secs, analysis.duration_secs, TIMELINE_CELLS);
        let share = format::percent(analysis.prominence[source]);
        let _ = write!(text, "  {:<6}  {share:>5}  {timeline}", source.name());
        if let Some(words) = analysis.interval(source).and_then(Interval::words) {
            let _ = write!(text, "  {words}");
        }
        text.push('\n');
    }
    if let Some(music) = &analysis.music {
        text += &describe_music(music);
    }
    text
}

/// Tempo, key and tuning in a line, the sections in another, then the chords, each line with the time of its first.
fn describe_music(music: &Music) -> String {
    let tempo = music.grid.as_ref().map_or("no beat".to_owned(), |grid| {
        format!("{:.1} BPM, bars of {}", grid.bpm, grid.beats_per_bar)
    });
    let key = music.key.map_or("no key".to_owned(), |found| {
        format!("{} (or {})", found.key, found.relative)
    });
    let mut text = format!(
        "\n  {tempo}; {key}; tuning {:+.0} cents\n",
        music.tuning_cents
    );
    let sections = music.sections.iter();
    let sections = sections.map(|section| {
        format!(
            "{} {}",
            format::clock(section.start_secs as f32),
            section.label
        )
    });
    let _ = writeln!(
        text,
        "  sections: {}",
        sections.collect::<Vec<_>>().join(", ")
    );
    let spelling = music
        .key
        .map_or(Spelling::Sharps, |found| found.key.spelling());
    for line in music.chords.chunks(CHORDS_A_LINE) {
        let _ = write!(text, "  {:>5} ", format::clock(line[0].start_secs as f32));
        for span in line {
            let name = span
                .chord
                .map_or(NO_CHORD.to_owned(), |chord| chord.name(spelling));
            let _ = write!(text, " {name:<6}");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}
