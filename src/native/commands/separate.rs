//! `separate SONG --out DIR`: five WAV files that sum to the song.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow};
use clap::{Args, ValueEnum};

use crate::{
    analysis,
    audio::{
        Recording,
        wav::{Layout, SampleFormat},
    },
    native::{
        CommandContext, decode,
        engine::Engine,
        output::{self, PendingFiles},
        overwrite::{Guard, Kind},
        progress::Progress,
        song,
    },
    separate::{DeliveryError, FullBand, StemSink},
    source::{PerSource, Source},
};

/// Arguments of `separate`.
#[derive(Args, Debug)]
#[command(
    after_help = "Writes guitar.wav, piano.wav, bass.wav, drums.wav and other.wav, at the song's own sample rate and \
    with its channels. Together they sum to the song. Existing files of these names are replaced with --force only, and \
    never the song itself."
)]
pub struct Arguments {
    /// An audio file: WAV, FLAC, MP3, Ogg Vorbis or AAC/M4A; - for standard input
    song: PathBuf,
    /// Where to write; made if missing
    #[arg(long, short, value_name = "DIR")]
    out: PathBuf,
    /// How amplitudes are stored: 16- or 24-bit integers, which clip beyond full scale, or floating point, which is exact
    #[arg(long, value_enum, default_value_t = Bits::B16)]
    bits: Bits,
}

/// How amplitudes are stored.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Bits {
    #[value(name = "16")]
    B16,
    #[value(name = "24")]
    B24,
    #[value(name = "float")]
    Float,
}

impl From<Bits> for SampleFormat {
    fn from(bits: Bits) -> Self {
        match bits {
            Bits::B16 => SampleFormat::Int16,
            Bits::B24 => SampleFormat::Int24,
            Bits::Float => SampleFormat::Float32,
        }
    }
}

/// Separates a file into five.
///
/// # Errors
/// When the song can't be separated or the files can't be written.
pub fn run(arguments: &Arguments, context: &CommandContext) -> anyhow::Result<()> {
    let path = &arguments.song;
    let guard = Guard::new(context, [path]);
    for source in Source::ALL {
        guard.check(&stem_path(&arguments.out, source), Kind::Unmarked)?;
    }
    let engine = Engine::open(context)?;
    let song = decode::decode_channels(path, decode::Channels::Kept, context.interrupt().flag())
        .map_err(|error| anyhow!("{} {error}", song::name_of(path)))?;
    for warning in &song.warnings {
        context.warn(&format!("{} {warning}", song::name_of(path)));
    }
    let input = song::to_model_input(path, &song.recording)?;
    let mut pending = PendingFiles::default();
    let files = StemFiles::create(
        &mut pending,
        &arguments.out,
        &song.recording,
        arguments.bits.into(),
    )?;
    let mut full_band = FullBand::new(&song.recording, files);
    let mut progress = Progress::new(context, 1);
    progress.show("Separating");
    pollster::block_on(analysis::analyse_into(
        &mut full_band,
        &engine.separator,
        &input,
        &engine.card,
        &mut progress,
    ))?;
    drop(progress);
    let files = full_band.into_sink();
    let clipped = files.clipped;
    let paths = files.finish()?;
    pending.publish()?;
    for (source, &count) in clipped.iter().filter(|(_, count)| **count > 0) {
        context.warn(&format!(
            "{count} samples of {source}.wav are beyond full scale and were clipped: --bits float keeps them"
        ));
    }
    let lines = paths.iter().map(|path| format!("{}\n", path.display()));
    output::print(&lines.collect::<String>())
}

fn stem_path(folder: &Path, source: Source) -> PathBuf {
    folder.join(format!("{source}.wav"))
}

/// Five files in the order of the sources, written as stems come.
struct StemFiles {
    layout: Layout,
    files: Vec<(PathBuf, BufWriter<File>)>,
    bytes: Vec<u8>,
    /// Samples of each file that did not fit into its integers.
    clipped: PerSource<u64>,
}

impl StemFiles {
    /// Starts the files of a recording's stems.
    fn create(
        pending: &mut PendingFiles,
        folder: &Path,
        recording: &Recording,
        format: SampleFormat,
    ) -> anyhow::Result<Self> {
        let layout = Layout {
            channel_count: u16::try_from(recording.channels.len())?,
            sample_rate: recording.sample_rate,
            format,
        };
        let header = layout.header(recording.channels.first().map_or(0, Vec::len))?;
        pending.make_folder(folder)?;
        let mut files = Vec::new();
        for source in Source::ALL {
            let path = stem_path(folder, source);
            let mut file = pending.create(&path)?;
            file.write_all(&header)
                .with_context(|| format!("{} cannot be written", path.display()))?;
            files.push((path, file));
        }
        Ok(Self {
            layout,
            files,
            bytes: Vec::new(),
            clipped: PerSource::default(),
        })
    }

    /// Writes what is left; the files' paths.
    fn finish(self) -> anyhow::Result<Vec<PathBuf>> {
        let flush = |(path, mut file): (PathBuf, BufWriter<File>)| {
            file.flush()
                .with_context(|| format!("{} cannot be written", path.display()))?;
            Ok(path)
        };
        self.files.into_iter().map(flush).collect()
    }
}

impl StemSink for StemFiles {
    fn block(&mut self, source: Source, channels: &[Vec<f32>]) -> Result<(), DeliveryError> {
        self.bytes.clear();
        self.clipped[source] += self.layout.encode(channels, &mut self.bytes);
        let (path, file) = &mut self.files[source.index()];
        file.write_all(&self.bytes).map_err(|error| {
            DeliveryError(format!("{} cannot be written: {error}", path.display()))
        })
    }
}
