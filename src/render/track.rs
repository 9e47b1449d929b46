//! Renders one song: a bank and effects for every part, one loudness, a level each, their sum, and the folder of files.

use std::collections::BTreeMap;
use std::path::Path;

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use super::bank::{Bank, Voice};
use super::effects::{Effects, peak};
use super::files::{AudioFormat, write_audio};
use super::metadata::{StemMetadata, TrackMetadata};
use super::score::{Part, Score};
use super::synth::{Extent, play};
use super::voices::{Singer, sing};
use super::{RenderError, loudness, midi, program};
use crate::audio::{Waveform, resample};

/// A finished track's folder holds this file.
pub const METADATA_FILE: &str = "metadata.yaml";
/// Loudness of every stem before its level is drawn, as Slakh2100's.
const STEM_LOUDNESS: f64 = -13.0;
const LEVEL_SPREAD_DB: f64 = 6.0;
const TARGET_PEAK_DB: f64 = -1.0;
/// Time for the last notes to die away.
const TAIL_SECS: f64 = 2.0;
/// Lower rates are synthesised at a multiple of theirs and resampled: the synthesizer transposes samples without an
/// anti-aliasing filter, and this keeps its aliases out of their band.
const MIN_SYNTHESIS_RATE: u32 = 32_000;
const BANK_TRIES: usize = 8;
const MIN_PEAK: f32 = 1e-4;
/// Voice Oohs: what metadata calls a recorded voice.
const VOICE_PROGRAM: u8 = 53;

/// How a track is rendered and written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackFormat {
    /// Longest duration.
    pub seconds: f64,
    /// Samples a second as written.
    pub sample_rate: u32,
    /// Coding as written.
    pub format: AudioFormat,
}

/// A rendered part.
pub struct Stem {
    /// The part.
    pub part: Part,
    /// Which bank played it.
    pub bank: String,
    /// Mono samples at the format's rate.
    pub samples: Vec<f32>,
    /// Integrated loudness of the samples in LUFS.
    pub loudness: f64,
}

/// A rendered song: the mixture is the sum of the stems.
pub struct RenderedTrack {
    /// The stems.
    pub stems: Vec<Stem>,
    /// Their sum.
    pub mix: Vec<f32>,
    /// Gain that brought the peak into range.
    pub overall_gain: f64,
}

/// Preset, effects and level of a part; drawn by `draw_sound` or set by hand.
pub struct Sound {
    /// The voice.
    pub voice: Voice,
    /// Its effects.
    pub effects: Effects,
    /// Level relative to the other stems.
    pub level_db: f64,
}

/// Renders every part with sounds drawn from `rng`, and a singer where there is one; parts that no bank can play are
/// left out.
pub fn render_score(
    score: &Score,
    banks: &[Bank],
    singer: Option<&Singer>,
    format: TrackFormat,
    rng: &mut ChaCha8Rng,
) -> Result<RenderedTrack, RenderError> {
    let length = length(score, format);
    let mut stems = Vec::new();
    for part in &score.parts {
        let mut part = part.clone();
        for _ in 0..BANK_TRIES {
            let Some(sound) = draw_sound(&mut part, banks, rng) else {
                break;
            };
            if let Some(stem) = render_stem(&part, &sound, length, format)? {
                stems.push(stem);
                break;
            }
        }
    }
    if let Some(singer) = singer {
        stems.extend(render_singer(singer, length, format, rng)?);
    }
    Ok(mix(stems, length))
}

/// A recorded voice as a stem of its own; `None` if it is silent.
fn render_singer(
    singer: &Singer,
    length: usize,
    format: TrackFormat,
    rng: &mut ChaCha8Rng,
) -> Result<Option<Stem>, RenderError> {
    let mut samples = sing(singer, length, format.sample_rate, rng)?;
    let effects = Effects {
        sends: Effects::NONE.sends,
        ..Effects::draw(Some(VOICE_PROGRAM), rng)
    };
    effects.apply(&mut samples, format.sample_rate);
    let part = Part {
        program: Some(VOICE_PROGRAM),
        ..Part::default()
    };
    let level_db = rng.random_range(-LEVEL_SPREAD_DB..LEVEL_SPREAD_DB);
    let name = format!("voice: {}", singer.name);
    let level = Level::measure(&samples, format.sample_rate, level_db);
    Ok(level.map(|level| leveled(part, name, samples, level)))
}

/// What brings a stem to its level.
struct Level {
    gain: f32,
    /// LUFS.
    loudness: f64,
}

impl Level {
    /// `None` for samples that are too quiet to be measured.
    fn measure(samples: &[f32], sample_rate: u32, level_db: f64) -> Option<Level> {
        let measured = loudness::integrated(samples, sample_rate)?;
        let loudness = STEM_LOUDNESS + level_db;
        let gain = 10.0_f64.powf((loudness - measured) / 20.0) as f32;
        Some(Level { gain, loudness })
    }
}

fn leveled(part: Part, bank: String, mut samples: Vec<f32>, level: Level) -> Stem {
    samples.iter_mut().for_each(|sample| *sample *= level.gain);
    Stem {
        part,
        bank,
        samples,
        loudness: level.loudness,
    }
}

/// Renders parts with given sounds.
pub fn render_with(
    score: &Score,
    sounds: &[Sound],
    format: TrackFormat,
) -> Result<RenderedTrack, RenderError> {
    let length = length(score, format);
    let stems = score
        .parts
        .iter()
        .zip(sounds)
        .map(|(part, sound)| render_stem(part, sound, length, format));
    Ok(mix(
        stems
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .flatten()
            .collect(),
        length,
    ))
}

fn length(score: &Score, format: TrackFormat) -> usize {
    let seconds = (score.end_secs() + TAIL_SECS).min(format.seconds);
    (seconds * f64::from(format.sample_rate)).round() as usize
}

/// A bank that has the part's program, or else another program of the same source that some bank has.
fn draw_sound(part: &mut Part, banks: &[Bank], rng: &mut ChaCha8Rng) -> Option<Sound> {
    for _ in 0..BANK_TRIES {
        let able: Vec<&Bank> = banks.iter().filter(|bank| bank.has(part.program)).collect();
        let voices = able
            .choose(rng)
            .map(|bank| bank.voices(part.program))
            .unwrap_or_default();
        if let Some(voice) = voices.choose(rng) {
            let level_db = rng.random_range(-LEVEL_SPREAD_DB..LEVEL_SPREAD_DB);
            return Some(Sound {
                voice: voice.clone(),
                effects: Effects::draw(part.program, rng),
                level_db,
            });
        }
        part.program = Some(program::varied(part.program?, rng));
    }
    None
}

/// Synthesises one part, applies its effects, resamples it and sets its level; `None` if it is silent.
fn render_stem(
    part: &Part,
    sound: &Sound,
    length: usize,
    format: TrackFormat,
) -> Result<Option<Stem>, RenderError> {
    let sample_rate = format.sample_rate * MIN_SYNTHESIS_RATE.div_ceil(format.sample_rate);
    let extent = Extent {
        sample_rate,
        length: (length as f64 * f64::from(sample_rate) / f64::from(format.sample_rate)).ceil()
            as usize,
    };
    let mut samples = play(part, &sound.voice, sound.effects.sends, extent)?;
    if samples.iter().all(|sample| sample.abs() < MIN_PEAK)
        || samples.iter().any(|sample| !sample.is_finite())
    {
        return Ok(None);
    }
    sound.effects.apply(&mut samples, sample_rate);
    let Some(level) = Level::measure(&samples, sample_rate, sound.level_db) else {
        return Ok(None);
    };
    let wave = Waveform {
        samples,
        sample_rate,
    };
    let mut samples = resample(&wave, format.sample_rate)
        .map_err(|error| RenderError::Synthesis(error.to_string()))?
        .samples;
    samples.resize(length, 0.0);
    let bank = sound.voice.bank.clone();
    Ok(Some(leveled(part.clone(), bank, samples, level)))
}

/// Sums the stems and scales all so that neither the sum nor a stem clips.
fn mix(mut stems: Vec<Stem>, length: usize) -> RenderedTrack {
    let sum = |stems: &[Stem]| {
        let mut mix = vec![0.0_f32; length];
        for stem in stems {
            mix.iter_mut()
                .zip(&stem.samples)
                .for_each(|(mix, sample)| *mix += sample);
        }
        mix
    };
    let mut mix = sum(&stems);
    let loudest = stems
        .iter()
        .map(|stem| peak(&stem.samples))
        .fold(peak(&mix), f32::max);
    let gain = 10.0_f64.powf(TARGET_PEAK_DB / 20.0) as f32 / loudest.max(f32::MIN_POSITIVE);
    let overall_gain = if loudest > 0.0 { gain } else { 1.0 };
    for stem in &mut stems {
        stem.samples
            .iter_mut()
            .for_each(|sample| *sample *= overall_gain);
        stem.loudness += 20.0 * f64::from(overall_gain).log10();
    }
    mix.iter_mut().for_each(|sample| *sample *= overall_gain);
    RenderedTrack {
        stems,
        mix,
        overall_gain: f64::from(overall_gain),
    }
}

/// Writes the track's folder under a temporary name and renames it when it is complete.
pub fn write_track(
    track: &RenderedTrack,
    score: &Score,
    song: &str,
    folder: &Path,
    format: TrackFormat,
) -> Result<(), RenderError> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let partial = folder.with_file_name(format!(".{name}.part"));
    if partial.exists() {
        std::fs::remove_dir_all(&partial).map_err(RenderError::file(&partial))?;
    }
    for inner in ["stems", "MIDI"] {
        let inner = partial.join(inner);
        std::fs::create_dir_all(&inner).map_err(RenderError::file(&inner))?;
    }
    let extension = format.format.extension();
    let write_bytes =
        |path: &Path, bytes: &[u8]| std::fs::write(path, bytes).map_err(RenderError::file(path));
    let mut stems = BTreeMap::new();
    for (index, stem) in track.stems.iter().enumerate() {
        let name = format!("S{index:02}");
        let path = partial.join("stems").join(format!("{name}.{extension}"));
        write_audio(&path, &stem.samples, format.sample_rate, format.format)?;
        let alone = Score {
            tempos: score.tempos.clone(),
            parts: vec![stem.part.clone()],
        };
        write_bytes(
            &partial.join("MIDI").join(format!("{name}.mid")),
            &midi::write(&alone),
        )?;
        stems.insert(
            name,
            StemMetadata::new(stem.part.program, &stem.bank, stem.loudness),
        );
    }
    write_audio(
        &partial.join(format!("mix.{extension}")),
        &track.mix,
        format.sample_rate,
        format.format,
    )?;
    let played = Score {
        tempos: score.tempos.clone(),
        parts: track.stems.iter().map(|stem| stem.part.clone()).collect(),
    };
    write_bytes(&partial.join("all_src.mid"), &midi::write(&played))?;
    let metadata = TrackMetadata {
        audio_dir: "stems".to_owned(),
        midi_dir: "MIDI".to_owned(),
        normalization_factor: STEM_LOUDNESS,
        normalized: true,
        overall_gain: track.overall_gain,
        target_peak: TARGET_PEAK_DB,
        song: song.to_owned(),
        stems,
    };
    let yaml = serde_saphyr::to_string(&metadata)
        .map_err(|error| RenderError::Synthesis(error.to_string()))?;
    write_bytes(&partial.join(METADATA_FILE), yaml.as_bytes())?;
    std::fs::rename(&partial, folder).map_err(RenderError::file(folder))
}
