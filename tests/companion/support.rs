//! What the tests share: audio files, a small network, runs of the binary.

use std::{
    f64::consts::TAU,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use deepmelody::{
    audio::{Recording, wav::read_wav},
    compute::open_cpu,
    digest::sha256_hex,
    dsp::{BINS, HOP_LENGTH, TILE_FRAMES, WINDOW_LENGTH},
    model::{
        CARD_VERSION, DetectorConfig, FrontEnd, ModelCard, Networks, PredictionIntervals,
        Thresholds, UNetConfig, weights,
    },
    source::{PerSource, Source},
};
use tempfile::TempDir;

/// A folder that vanishes with the test, with what the test puts there.
pub struct Workshop {
    folder: TempDir,
}

/// How a run of the binary ended.
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

impl Run {
    /// Fails the test unless the run succeeded.
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        self
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).expect("JSON on standard output")
    }
}

impl Workshop {
    /// With a small network in the folder `model`, whose weights are random: quick, and for these tests as good as any.
    pub fn new() -> Self {
        let workshop = Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        };
        write_model(&workshop.path("model"));
        workshop
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file of these bytes.
    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, bytes).expect("a file");
        path
    }

    /// Writes a 16-bit WAV whose channels all hold `sample(n)`.
    pub fn wav(&self, name: &str, shape: Shape, sample: impl Fn(usize) -> f64) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        let spec = hound::WavSpec {
            channels: shape.channels,
            sample_rate: shape.sample_rate,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(&path, spec).expect("a WAV file");
        for n in 0..(shape.duration_secs * f64::from(shape.sample_rate)).round() as usize {
            for _ in 0..shape.channels {
                writer
                    .write_sample((sample(n) * 32_767.0).round() as i16)
                    .expect("a sample");
            }
        }
        writer.finalize().expect("a WAV file");
        path
    }

    /// A song that is easy to tell from those of other seeds (0 to 3): notes of changing pitch and level, and noise,
    /// in the first part of every two seconds; the higher the seed, the shorter the part.
    pub fn song(&self, name: &str, duration_secs: f64, seed: usize) -> PathBuf {
        let shape = Shape {
            channels: 2,
            sample_rate: 22_050,
            duration_secs,
        };
        self.wav(name, shape, |n| {
            let secs = n as f64 / 22_050.0;
            let note = (secs * 2.0) as usize * (seed + 3);
            let pitch = 110.0 * (1.0 + (note % 12) as f64 / 6.0) * (1.0 + seed as f64 / 5.0);
            let level = 0.1 + 0.1 * ((note + seed) % 4) as f64;
            let hiss = ((n * 7919 * (seed + 1)) % 1009) as f64 / 1009.0 - 0.5;
            let plays = secs % 2.0 < 1.8 - 0.4 * seed as f64;
            f64::from(u8::from(plays)) * (level * (TAU * pitch * secs).sin() + 0.05 * hiss)
        })
    }

    /// Runs the binary with the small network.
    pub fn run(&self, arguments: &[&str]) -> Run {
        let model = self.path("model");
        let model = ["--model", model.to_str().expect("UTF-8")];
        self.run_plain(&[&model, arguments].concat())
    }

    /// Runs the binary in the workshop's folder.
    pub fn run_plain(&self, arguments: &[&str]) -> Run {
        self.command(arguments).output().expect("the binary").into()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deepmelody"));
        command.args(arguments).current_dir(self.folder.path());
        command
    }

    /// Names of what lies in the workshop's folder, or a folder in it.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).expect("a folder");
        let name = |entry: fs::DirEntry| entry.file_name().into_string().expect("UTF-8");
        let mut names: Vec<_> = entries
            .map(|entry| name(entry.expect("an entry")))
            .collect();
        names.sort();
        names
    }
}

/// Of a WAV file.
#[derive(Clone, Copy)]
pub struct Shape {
    pub channels: u16,
    pub sample_rate: u32,
    pub duration_secs: f64,
}

/// A file of tests/audio.
pub fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/audio")
        .join(name)
}

pub fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// Reads a WAV file without the companion.
pub fn read(path: &Path) -> Recording {
    read_wav(File::open(path).expect("a file")).expect("a WAV file")
}

/// What the five WAVs of a folder lack of the song when summed, relative to it.
pub fn residue_db(song: &Recording, stems: &Path) -> f64 {
    let mut rest = song.channels.clone();
    for source in Source::ALL {
        let stem = read(&stems.join(format!("{source}.wav")));
        assert_eq!(stem.sample_rate, song.sample_rate);
        assert_eq!(stem.channels.len(), song.channels.len());
        for (rest, channel) in rest.iter_mut().zip(&stem.channels) {
            assert_eq!(channel.len(), rest.len());
            let pairs = rest.iter_mut().zip(channel);
            pairs.for_each(|(rest, sample)| *rest -= sample);
        }
    }
    let energy = |channels: &[Vec<f32>]| {
        let squares = channels.iter().flatten().map(|&x| f64::from(x).powi(2));
        squares.sum::<f64>()
    };
    10.0 * (energy(&rest) / energy(&song.channels)).log10()
}

fn write_model(folder: &Path) {
    let architecture = UNetConfig {
        channels: vec![2, 3, 4],
        bins: BINS,
        patch: 1,
        frequency_bottleneck: None,
        masks: Source::COUNT,
    };
    let detector = DetectorConfig {
        bands: 32,
        channels: [2, 2, 2],
        hidden: 2,
        sources: Source::COUNT,
    };
    let device = open_cpu().device;
    let networks = Networks {
        separator: architecture.init(&device),
        detector: detector.init(&device),
    };
    let bytes = weights::encode_finished(&networks).expect("weights");
    let card = ModelCard {
        version: CARD_VERSION,
        id: "test".to_owned(),
        sha256: sha256_hex(&bytes),
        architecture,
        detector,
        front_end: FrontEnd {
            sample_rate: deepmelody::audio::SAMPLE_RATE,
            window_length: WINDOW_LENGTH,
            hop_length: HOP_LENGTH,
            tile_frames: TILE_FRAMES,
            overlap_frames: 64,
        },
        sources: Source::ALL.map(|source| source.name().to_owned()),
        thresholds: Thresholds {
            relative_to_song_db: PerSource([-25.0; Source::COUNT]),
            db_per_logit: 0.0,
            smooth_frames: 1,
        },
        prediction_intervals: Some(PredictionIntervals {
            coverage_percent: 80.0,
            at_estimates: PerSource::from_fn(|_| vec![[0.0, 1.0].into()]),
        }),
        training: serde_json::Value::Null,
        scores: serde_json::Value::Null,
    };
    fs::create_dir_all(folder).expect("a folder");
    fs::write(folder.join("deepmelody.safetensors"), bytes).expect("weights");
    fs::write(
        folder.join("deepmelody.json"),
        serde_json::to_string(&card).expect("JSON"),
    )
    .expect("a card");
}
