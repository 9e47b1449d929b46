//! `evaluate-music DIR...`: how well beats, chords and keys are found.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::tracks::decode_stem;
use crate::analysis;
use crate::audio::{SAMPLE_RATE, Waveform};
use crate::music::{self, Music, Sound};
use crate::native::engine::Engine;
use crate::native::progress::Progress;
use crate::native::{CommandContext, format, output};
use crate::prominence::ranges_secs;
use crate::source::{PerSource, Source};
use crate::train::dataset::{Multitrack, list_tracks, read_song};
use crate::train::evaluate::{KnownSong, MusicScores, MusicSummary};

/// Arguments of `evaluate-music`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Songs are folders in Slakh's layout, with their notes in all_src.mid: beats lie on the file's tempi, \
    in the phase on which most drums and notes fall; chords are read from the notes beat by beat, and beats whose notes \
    are no clear chord do not count; the key is the one that all notes fit best. Beats are scored by F-measure within 70 \
    ms, chords by weighted chord symbol recall (root and third), keys as MIREX does: 1 for the right one, 0.5 a fifth away, \
    0.3 for the relative, 0.2 for the parallel.\n\n\
    The JSON object has summary (songs and beats: all, and those with drums; chords, roots, keys, exact_keys) and songs \
    (name, has_drums, beats, bpm: found and true, chords, roots, key: score and whether it is right)."
)]
pub struct Arguments {
    /// Folders of songs in Slakh's layout
    #[arg(required = true)]
    dir: Vec<PathBuf>,
    /// Look in the clean stems, in place of separated ones
    #[arg(long)]
    clean: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report {
    summary: MusicSummary,
    songs: Vec<MusicScores>,
}

/// Scores every song and prints a row for each.
///
/// # Errors
/// When the model or a folder can't be read, no song can, or Ctrl-C was pressed.
pub fn run(arguments: &Arguments, context: &CommandContext) -> anyhow::Result<()> {
    let engine = match arguments.clean {
        true => None,
        false => Some(Engine::open(context)?),
    };
    let mut tracks = Vec::new();
    for folder in &arguments.dir {
        tracks.extend(list_tracks(folder)?);
    }
    let mut progress = Progress::new(context, tracks.len());
    let mut songs = Vec::new();
    for track in &tracks {
        progress.show(track.file_name().unwrap_or_default().to_string_lossy());
        match read(track) {
            Ok((song, known)) => {
                let found = match &engine {
                    Some(engine) => in_separated(&song, engine, &mut progress)?,
                    None => in_clean(&song),
                };
                songs.push(MusicScores::of(song.name, &found, &known));
            }
            Err(problem) => progress.suspend(|| context.warn(&format!("left out: {problem}"))),
        }
        progress.song_done();
    }
    anyhow::ensure!(!songs.is_empty(), "no song with its notes can be read");
    let report = Report {
        summary: MusicSummary::of(&songs),
        songs,
    };
    if arguments.json {
        output::print_json(&report)
    } else {
        output::print(&table(&report))
    }
}

fn read(track: &Path) -> Result<(Multitrack, KnownSong), String> {
    let song = read_song(track, decode_stem).map_err(|error| error.to_string())?;
    let known = KnownSong::read(track, song.length)?;
    Ok((song, known))
}

/// The music of the mixture, as it is found for any song.
fn in_separated(
    song: &Multitrack,
    engine: &Engine,
    progress: &mut Progress,
) -> anyhow::Result<Music> {
    let mixture = Waveform {
        samples: mixture(song),
        sample_rate: SAMPLE_RATE,
    };
    let (found, rhythm) = pollster::block_on(analysis::analyse_keeping(
        (),
        &engine.separator,
        &mixture,
        &engine.card,
        progress,
    ))?;
    Ok(rhythm.describe(&mixture, &found))
}

/// The music as it would be found after a perfect separation.
fn in_clean(song: &Multitrack) -> Music {
    let duration_secs = song.length as f32 / SAMPLE_RATE as f32;
    music::describe(&Sound {
        mixture: &mixture(song),
        drums: &song.stem(Source::Drums),
        bass: &song.stem(Source::Bass),
        playing_secs: &PerSource::from_fn(|source| {
            ranges_secs(&song.activity[source], SAMPLE_RATE, duration_secs)
        }),
    })
}

/// The sum of the stems.
fn mixture(song: &Multitrack) -> Vec<f32> {
    let mut sum = vec![0.0; song.length];
    for source in Source::ALL {
        let stem = song.stem(source);
        sum.iter_mut()
            .zip(stem)
            .for_each(|(sum, sample)| *sum += sample);
    }
    sum
}

fn table(report: &Report) -> String {
    let mut text = format!(
        "{:<20}{:>7}{:>8}{:>9}{:>9}{:>8}{:>8}{:>6}\n",
        "", "drums", "beats", "BPM", "true", "chords", "roots", "key"
    );
    for song in &report.songs {
        let [found, truth] = song.bpm.map(|bpm| number(bpm, 1));
        let _ = writeln!(
            text,
            "{}{:>7}{:>8.2}{found:>9}{truth:>9}{:>8}{:>8}{:>6}",
            format::column(&song.name, 20),
            if song.has_drums { "yes" } else { "no" },
            song.beats,
            number(song.chords, 2),
            number(song.roots, 2),
            number(song.key.map(|(score, _)| score), 1),
        );
    }
    let all = &report.summary;
    let [songs, with_drums] = all.songs;
    let [beats, beats_with_drums] = all.beats.map(|value| number(value, 3));
    let _ = writeln!(
        text,
        "\n{songs} songs: beats {beats}, of the {with_drums} with drums {beats_with_drums}; chords {}, roots {}; keys {}, \
         right {}",
        number(all.chords, 3),
        number(all.roots, 3),
        number(all.keys, 3),
        number(all.exact_keys, 3),
    );
    text
}

/// A dash for what is not known.
fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or("-".to_owned(), |value| format!("{value:.decimals$}"))
}
