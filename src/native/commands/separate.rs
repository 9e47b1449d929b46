//! L7, native: `separate SONG --out DIR`: five WAV files that sum to the song.

use std::{
    io::{Seek, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::Args;

use crate::{
    audio::{Waveform, wav},
    native::{
        Session,
        engine::Engine,
        output::{self, PendingFiles},
        song,
    },
    separate::Stems,
};

/// Arguments of `separate`.
#[derive(Args, Debug)]
#[command(
    after_help = "Writes guitar.wav, piano.wav, bass.wav, drums.wav and other.wav: 16-bit, one channel, at the \
    model's sample rate. Together they sum to the song. Existing files of these names are replaced."
)]
pub struct Arguments {
    /// An audio file: WAV, FLAC, MP3, Ogg Vorbis or AAC/M4A
    song: PathBuf,
    /// Where to write; made if missing
    #[arg(long, short, value_name = "DIR")]
    out: PathBuf,
}

/// Separates a file into five.
///
/// # Errors
/// When the song can't be separated or the files can't be written.
pub fn run(arguments: &Arguments, session: &Session) -> anyhow::Result<()> {
    let engine = Engine::open(session)?;
    let (_, stems) = song::analyse_file(&arguments.song, &engine, session)?;
    let paths = write_stems(&stems, &arguments.out)?;
    output::print(
        &paths
            .iter()
            .map(|path| format!("{}\n", path.display()))
            .collect::<String>(),
    )
}

/// Writes all five or none.
fn write_stems(stems: &Stems, folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut pending = PendingFiles::default();
    pending.make_folder(folder)?;
    let mut paths = Vec::new();
    for (source, waveform) in stems.waveforms.iter() {
        let path = folder.join(format!("{source}.wav"));
        let mut file = pending.create(&path)?;
        write_stem(&mut file, waveform)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        paths.push(path);
    }
    pending.publish()?;
    Ok(paths)
}

fn write_stem(mut file: impl Write + Seek, waveform: &Waveform) -> anyhow::Result<()> {
    wav::write_wav(
        &mut file,
        &[&waveform.samples],
        waveform.sample_rate,
        wav::SampleFormat::Int16,
    )?;
    file.flush()?;
    Ok(())
}
