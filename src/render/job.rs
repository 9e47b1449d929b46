//! Renders a whole set of tracks: in parallel, resumable, each track with its own random number generator.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rand::RngExt;
use rand::seq::{IndexedRandom, SliceRandom};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;

use super::arrange::arrange;
use super::bank::{self, Bank};
use super::cast::{Casting, cast};
use super::score::Score;
use super::track::{METADATA_FILE, TrackFormat, render_score, write_track};
use super::voices::{Singer, find_singers};
use super::{RenderError, compose, midi};

/// What to render.
#[derive(Clone, Debug)]
pub struct RenderOptions {
    /// MIDI files, or folders of them.
    pub midi: Vec<PathBuf>,
    /// How many procedurally composed songs to add to the MIDI files.
    pub compose: usize,
    /// Sound banks: files, folders of files, folders with a file a program.
    pub banks: Vec<PathBuf>,
    /// Output folder, which gets one folder a track.
    pub out: PathBuf,
    /// Folders of recorded voices, a folder of WAV files a singer; none leaves voices out.
    pub voices: Vec<PathBuf>,
    /// Which instruments play the parts.
    pub casting: Casting,
    /// How many tracks, `None` for one a song; with fewer songs than tracks, songs are used again in other
    /// arrangements.
    pub tracks: Option<NonZeroUsize>,
    /// Random seed.
    pub seed: u64,
    /// Duration, rate and coding.
    pub format: TrackFormat,
    /// Threads; 0 = all cores.
    pub threads: usize,
}

/// What happens while rendering.
#[derive(Debug)]
pub enum RenderEvent {
    /// Banks are loaded, rendering starts: how many banks, songs and tracks there are.
    Started {
        /// Usable banks.
        banks: usize,
        /// Different songs.
        songs: usize,
        /// Tracks to be made or kept.
        tracks: usize,
    },
    /// A track is finished.
    TrackDone,
    /// A track was finished before and is kept.
    TrackKept,
    /// A track could not be made; the rest goes on.
    TrackFailed(RenderError),
    /// A file could not be used; the rest goes on.
    Problem(RenderError),
}

/// Counts at the end of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RenderSummary {
    /// Tracks rendered now.
    pub rendered: usize,
    /// Tracks found finished.
    pub kept: usize,
    /// Tracks that failed.
    pub failed: usize,
    /// Whether the callback stopped the run early.
    pub cancelled: bool,
}

/// Progress callback, called from any thread for every event; `Break` stops the run.
pub type Observe<'a> = &'a (dyn Fn(RenderEvent) -> ControlFlow<()> + Sync);

/// Share of the songs with a recorded voice, where there are any.
const VOICE_SHARE: f64 = 0.5;
/// Seeds the random numbers of a track's cast, apart from those of its arrangement and sounds.
const CAST_SEED: u64 = 0x63_61_73_74;

/// What songs are rendered from.
struct Inputs {
    songs: Vec<ScoreOrigin>,
    banks: Vec<Bank>,
    singers: Vec<Singer>,
}

enum ScoreOrigin {
    Midi(PathBuf),
    Composed,
}

/// Name of a track's folder; counted from one, as Slakh2100's.
pub fn track_name(index: usize) -> String {
    format!("Track{:05}", index + 1)
}

/// The random number generator of one track.
pub fn track_rng(seed: u64, index: usize) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(index as u64 + 1);
    rng
}

/// Renders the set.
pub fn render(options: &RenderOptions, observe: Observe) -> Result<RenderSummary, RenderError> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .build();
    let pool = pool.map_err(|error| RenderError::Synthesis(error.to_string()))?;
    pool.install(|| render_in_pool(options, observe))
}

fn render_in_pool(options: &RenderOptions, observe: Observe) -> Result<RenderSummary, RenderError> {
    let cancelled = AtomicBool::new(false);
    let tell = |event| {
        if observe(event).is_break() {
            cancelled.store(true, Ordering::Relaxed);
        }
    };
    let inputs = open_inputs(options, &tell)?;
    std::fs::create_dir_all(&options.out).map_err(RenderError::file(&options.out))?;
    let tracks = options.tracks.map_or(inputs.songs.len(), NonZeroUsize::get);
    tell(RenderEvent::Started {
        banks: inputs.banks.len(),
        songs: inputs.songs.len(),
        tracks,
    });
    let [rendered, kept, failed] = [const { AtomicUsize::new(0) }; 3];
    (0..tracks)
        .into_par_iter()
        .with_max_len(1)
        .for_each(|index| {
            let folder = options.out.join(track_name(index));
            if cancelled.load(Ordering::Relaxed) {
                return;
            }
            let (count, event) = if folder.join(METADATA_FILE).exists() {
                (&kept, RenderEvent::TrackKept)
            } else {
                match render_track(options, &inputs, index, &folder) {
                    Ok(()) => (&rendered, RenderEvent::TrackDone),
                    Err(error) => (&failed, RenderEvent::TrackFailed(error)),
                }
            };
            count.fetch_add(1, Ordering::Relaxed);
            tell(event);
        });
    for error in inputs.banks.into_iter().flat_map(Bank::into_problems) {
        tell(RenderEvent::Problem(error));
    }
    let [rendered, kept, failed] = [rendered, kept, failed].map(AtomicUsize::into_inner);
    Ok(RenderSummary {
        rendered,
        kept,
        failed,
        cancelled: cancelled.into_inner(),
    })
}

fn open_inputs(
    options: &RenderOptions,
    tell: &(dyn Fn(RenderEvent) + Sync),
) -> Result<Inputs, RenderError> {
    let songs = songs(options, tell);
    if songs.is_empty() {
        return Err(RenderError::NoSongs);
    }
    let banks = bank::open_all(&options.banks, &|error| tell(RenderEvent::Problem(error)));
    if banks.is_empty() {
        return Err(RenderError::NoBanks);
    }
    let mut singers = Vec::new();
    for folder in &options.voices {
        find_singers(folder, &mut singers)?;
    }
    if singers.is_empty() && !options.voices.is_empty() {
        return Err(RenderError::NoVoices);
    }
    Ok(Inputs {
        songs,
        banks,
        singers,
    })
}

/// MIDI files and composed songs in an order drawn from the seed.
fn songs(options: &RenderOptions, tell: &dyn Fn(RenderEvent)) -> Vec<ScoreOrigin> {
    let mut files = Vec::new();
    for path in &options.midi {
        if let Err(error) = find_midi(path, &mut files) {
            tell(RenderEvent::Problem(error));
        }
    }
    files.sort();
    let composed = (0..options.compose).map(|_| ScoreOrigin::Composed);
    let mut songs: Vec<ScoreOrigin> = files
        .into_iter()
        .map(ScoreOrigin::Midi)
        .chain(composed)
        .collect();
    songs.shuffle(&mut ChaCha8Rng::seed_from_u64(options.seed));
    songs
}

fn find_midi(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), RenderError> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path).map_err(RenderError::file(path))? {
        let entry = entry.map_err(RenderError::file(path))?.path();
        let is_midi = entry.extension().is_some_and(|extension| {
            ["mid", "midi", "kar", "rmi"]
                .iter()
                .any(|known| extension.eq_ignore_ascii_case(known))
        });
        if entry.is_dir() || is_midi {
            find_midi(&entry, files)?;
        }
    }
    Ok(())
}

fn render_track(
    options: &RenderOptions,
    inputs: &Inputs,
    index: usize,
    folder: &Path,
) -> Result<(), RenderError> {
    let mut rng = track_rng(options.seed, index);
    let seconds = options.format.seconds;
    let (name, mut score) = match &inputs.songs[index % inputs.songs.len()] {
        ScoreOrigin::Midi(path) => {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let score = arrange(read_midi(path)?, options.casting, &mut rng);
            (name.into_owned(), score.busiest_window(seconds))
        }
        ScoreOrigin::Composed => (
            format!("composed {}/{index}", options.seed),
            compose::compose(seconds, &mut rng),
        ),
    };
    let mut cast_rng = track_rng(options.seed ^ CAST_SEED, index);
    cast(&mut score, options.casting, &mut cast_rng);
    let sings = cast_rng.random_bool(VOICE_SHARE);
    let singer = inputs.singers.choose(&mut cast_rng).filter(|_| sings);
    let track = render_score(&score, &inputs.banks, singer, options.format, &mut rng)?;
    if track.stems.is_empty() {
        return Err(RenderError::SilentSong(name));
    }
    write_track(&track, &score, &name, folder, options.format)
}

fn read_midi(path: &Path) -> Result<Score, RenderError> {
    let bytes = std::fs::read(path).map_err(RenderError::file(path))?;
    midi::parse(&bytes).map_err(|reason| RenderError::Midi {
        path: path.to_owned(),
        reason,
    })
}
