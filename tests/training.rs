//! Training from outside: runs stop and go on without a trace, and all recipes learn.
#![cfg(feature = "train")]

use std::{
    fs,
    ops::ControlFlow,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use burn::{
    module::Module,
    store::ModuleRecord,
    tensor::{Bytes, DType, Distribution, Tensor},
};
use deepmelody::{
    audio::SAMPLE_RATE,
    compute::open_cpu,
    dsp::{BINS, HOP_LENGTH, TILE_FRAMES},
    model::{DetectorConfig, UNetConfig, weights::encode},
    prominence::truth_activity,
    separate::TileNetwork,
    source::{PerSource, Source},
    train::{
        Approach, InputView, LossKind, Network, OptimizerKind, RunFolder, RunProgress, TrainConfig,
        TrainData, TrainError, TrainObserver, TrainReport,
        dataset::{Dataset, Multitrack},
        sweep::{Grid, run_point},
        train,
    },
};

/// Burn's random numbers are the process's: runs that are to begin alike take turns.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A song of a tile and a bit for a bass and drums, tones and noise, that take turns; nobody else plays.
fn song(name: &str, key: usize) -> Multitrack {
    let length = (TILE_FRAMES + 40) * HOP_LENGTH;
    let secs = |n: usize| n as f64 / f64::from(SAMPLE_RATE);
    let bass = |n: usize| {
        let phase = std::f64::consts::TAU * 80.0 * (key + 1) as f64 * secs(n);
        let plays = !(secs(n) as usize / 2 + key).is_multiple_of(3);
        if plays {
            (phase.sin() * 8_000.0) as i16
        } else {
            0
        }
    };
    let mut state = key as u32 + 1;
    let drums = |n: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let plays = (secs(n) * 4.0) as usize % 2 == key % 2;
        if plays {
            (state >> 18) as i16 - 8_192
        } else {
            0
        }
    };
    let stems = PerSource([
        None,
        None,
        Some((0..length).map(bass).collect()),
        Some((0..length).map(drums).collect()),
        None,
    ]);
    let floats = |samples: &Vec<i16>| -> Vec<f32> {
        samples
            .iter()
            .map(|sample| f32::from(*sample) / 32_768.0)
            .collect()
    };
    let mut mixture = vec![0.0; length];
    for stem in stems.0.iter().flatten() {
        let both = mixture.iter_mut().zip(floats(stem));
        both.for_each(|(sum, sample)| *sum += sample);
    }
    let activity = |stem: &Option<Vec<i16>>| {
        let stem = stem.as_ref().map(floats);
        stem.map_or(Vec::new(), |stem| truth_activity(&stem, &mixture))
    };
    Multitrack {
        name: name.to_owned(),
        activity: PerSource::from_fn(|source| activity(&stems[source])),
        soft_activity: None,
        stems,
        length,
    }
}

fn dataset(keys: &[usize]) -> Dataset {
    let song = |key: &usize| song(&format!("song {key}"), *key);
    Dataset {
        songs: keys.iter().map(song).collect(),
        failures: Vec::new(),
    }
}

fn data() -> TrainData {
    TrainData {
        train: dataset(&[0, 1]),
        validation: dataset(&[2]),
    }
}

fn tiny(channels: &[usize]) -> UNetConfig {
    UNetConfig {
        channels: channels.to_vec(),
        bins: BINS,
        patch: 1,
        frequency_bottleneck: None,
        masks: Source::COUNT,
    }
}

/// Keeps the validation losses; stops at a step.
#[derive(Default)]
struct Watcher {
    losses: Vec<f32>,
    stop_at: Option<usize>,
    stop_at_refill: bool,
}

impl TrainObserver for Watcher {
    fn report(&mut self, report: &TrainReport) -> ControlFlow<()> {
        self.losses.extend(report.validation_loss);
        match self.stop_at {
            Some(step) if report.step >= step => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }

    fn refill_replay(&mut self, batch: usize, batches: usize) -> ControlFlow<()> {
        assert!(batch < batches);
        match self.stop_at_refill {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }
}

fn run(
    config: &TrainConfig,
    folder: &RunFolder,
    start: RunProgress,
    watcher: &mut Watcher,
) -> Result<RunProgress, TrainError> {
    train(config, &data(), folder, start, &open_cpu().device, watcher)
}

fn finished(folder: &Path) -> Vec<u8> {
    fs::read(folder.join("model.safetensors")).expect("finished weights")
}

/// The weights in a checkpoint and their average, to the last bit; running statistics included.
fn checkpoint(config: &TrainConfig, folder: &Path, step: usize) -> [Vec<u8>; 2] {
    ["network", "average"].map(|part| {
        let path = folder.join(format!("{part}-{step}.checkpoint"));
        let bytes = Bytes::from_bytes_vec(fs::read(path).expect("a checkpoint"));
        let record = ModuleRecord::from_bytes(bytes).expect("a record");
        let network = Network::init_training(config, &open_cpu().device);
        let network = network.try_load_record(record).expect("this network's");
        encode(&network, DType::F32).expect("weights")
    })
}

/// The columns of the log that have nothing to do with the clock.
fn losses(folder: &Path) -> Vec<Vec<String>> {
    let log = fs::read_to_string(folder.join("log.csv")).expect("a log");
    let cells = |line: &str| -> Vec<String> {
        let cells: Vec<_> = line.split(',').collect();
        [0, 2, 3, 4].map(|index| cells[index].to_owned()).into()
    };
    log.lines().map(cells).collect()
}

#[test]
fn stopped_and_resumed_a_run_ends_with_the_same_weights() {
    let _turn = turn();
    stopped_at_three_ends_the_same_at_six(TrainConfig {
        network: tiny(&[2, 3, 4]),
        loss: LossKind::LogSnr,
        learning_rate: 0.01,
        batch_size: 1,
        ..TrainConfig::default()
    });
}

#[test]
fn a_resumed_detector_refills_its_replay_buffer() {
    let _turn = turn();
    let separator = tempfile::tempdir().expect("a folder");
    let of_separator = train_separator(separator.path());
    stopped_at_three_ends_the_same_at_six(TrainConfig {
        steps_per_batch: 2,
        replay_batches: 2,
        ..tiny_detector(separator.path(), &of_separator)
    });
}

fn stopped_at_three_ends_the_same_at_six(config: TrainConfig) {
    let config = TrainConfig {
        steps: 6,
        steps_per_check: 3,
        ..config
    };
    let [whole, parts] = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let folder = RunFolder::create(whole.path(), &config).expect("a run");
    let start = RunProgress::default();
    let in_one = run(&config, &folder, start, &mut Watcher::default()).expect("six steps");
    assert_eq!(in_one.step, 6);

    let folder = RunFolder::create(parts.path(), &config).expect("a run");
    let mut watcher = Watcher {
        stop_at: Some(3),
        ..Watcher::default()
    };
    let stopped = run(&config, &folder, start, &mut watcher);
    assert!(
        matches!(stopped, Err(TrainError::Stopped { step: 3 })),
        "{stopped:?}"
    );
    let at_three = checkpoint(&config, parts.path(), 3);
    let (folder, config, start) = RunFolder::open(parts.path()).expect("the run");
    assert_eq!(start.step, 3);
    if config.approach == Approach::Detector {
        let mut impatient = Watcher {
            stop_at_refill: true,
            ..Watcher::default()
        };
        let stopped = run(&config, &folder, start, &mut impatient);
        assert!(
            matches!(stopped, Err(TrainError::Stopped { step: 3 })),
            "{stopped:?}"
        );
    }
    let resumed = run(&config, &folder, start, &mut Watcher::default()).expect("three more");

    let at_six = checkpoint(&config, parts.path(), 6);
    assert!(at_six[0] != at_three[0] && at_six[1] != at_three[1]);
    assert!(at_six == checkpoint(&config, whole.path(), 6));
    assert!(finished(parts.path()) == finished(whole.path()));
    assert_eq!(losses(parts.path()), losses(whole.path()));
    assert_eq!(
        (resumed.best_validation_loss, resumed.stale_checks),
        (in_one.best_validation_loss, in_one.stale_checks)
    );
    let checkpoints = fs::read_dir(parts.path()).expect("a folder");
    let names = checkpoints.map(|entry| entry.expect("an entry").file_name());
    let old = names.filter(|name| name.to_string_lossy().contains("-3.checkpoint"));
    assert_eq!(old.count(), 0, "only the last checkpoint stays");
    let curve = fs::read_to_string(parts.path().join("curve.svg")).expect("a curve");
    assert!(curve.contains("validation loss"));
}

#[test]
fn a_run_goes_on_from_the_weights_of_another() {
    let _turn = turn();
    let config = TrainConfig {
        network: tiny(&[2, 3]),
        batch_norm: false,
        learning_rate: 0.01,
        batch_size: 1,
        steps: 4,
        steps_per_check: 4,
        ..TrainConfig::default()
    };
    let [earlier, later, other] = [(); 3].map(|()| tempfile::tempdir().expect("a folder"));
    let folder = RunFolder::create(earlier.path(), &config).expect("a run");
    let start = RunProgress::default();
    let ended = run(&config, &folder, start, &mut Watcher::default()).expect("four steps");

    let config = TrainConfig {
        from: Some(earlier.path().to_owned()),
        learning_rate: 1e-12,
        steps: 1,
        steps_per_check: 1,
        ..config
    };
    let folder = RunFolder::create(later.path(), &config).expect("a run");
    let began = run(&config, &folder, start, &mut Watcher::default()).expect("one step");
    let loss = |progress: RunProgress| progress.best_validation_loss.expect("a check");
    assert!(
        (loss(began) - loss(ended)).abs() < 1e-4,
        "{began:?} {ended:?}"
    );

    let config = TrainConfig {
        network: tiny(&[2, 4]),
        ..config
    };
    let folder = RunFolder::create(other.path(), &config).expect("a run");
    let refused = run(&config, &folder, start, &mut Watcher::default());
    assert!(
        matches!(refused, Err(TrainError::File { .. })),
        "{refused:?}"
    );
}

/// Mean absolute difference of two finished networks' masks.
fn distance(config: &TrainConfig, folders: [&Path; 2]) -> f32 {
    let device = open_cpu().device;
    device.seed(1);
    let input = Tensor::<4>::random([1, 1, 32, BINS], Distribution::Default, &device);
    let [one, other] = folders.map(|folder| {
        let network = Network::decode_finished(config, finished(folder), &device);
        network.expect("its weights").forward(input.clone())
    });
    (one - other).abs().mean().into_scalar()
}

#[test]
fn a_run_learns_from_its_teachers_as_far_as_it_is_told() {
    let _turn = turn();
    let untaught = TrainConfig {
        network: tiny(&[2, 3]),
        tile_frames: 32,
        batch_norm: false,
        ema_decay: None,
        learning_rate: 0.02,
        batch_size: 1,
        steps: 80,
        steps_per_check: 80,
        ..TrainConfig::default()
    };
    // It knows nothing, so that to agree with it is to learn nothing of the truth.
    let ignorant = TrainConfig {
        seed: 7,
        learning_rate: 1e-12,
        steps: 1,
        steps_per_check: 1,
        ..untaught.clone()
    };
    let [teacher, none, disregarding, obedient] =
        [(); 4].map(|()| tempfile::tempdir().expect("a folder"));
    let taught = |teacher_share| TrainConfig {
        teachers: vec![teacher.path().to_owned()],
        teacher_share,
        ..untaught.clone()
    };
    for (folder, config) in [
        (&teacher, &ignorant),
        (&none, &untaught),
        (&disregarding, &taught(0.0)),
        (&obedient, &taught(1.0)),
    ] {
        let folder = RunFolder::create(folder.path(), config).expect("a run");
        let mut watcher = Watcher::default();
        run(config, &folder, RunProgress::default(), &mut watcher).expect("a run");
    }
    let to_teacher = |folder: &tempfile::TempDir| {
        let folders = [folder.path(), teacher.path()];
        distance(&untaught, folders)
    };
    assert_eq!(finished(none.path()), finished(disregarding.path()));
    let (free, led) = (to_teacher(&none), to_teacher(&obedient));
    assert!(led < 0.5 * free, "{led} and {free} from the teacher");

    let elsewhere = TrainConfig {
        teachers: vec![teacher.path().join("nowhere")],
        ..untaught
    };
    let folder = RunFolder::create(obedient.path(), &elsewhere).expect("a run");
    let refused = run(
        &elsewhere,
        &folder,
        RunProgress::default(),
        &mut Watcher::default(),
    );
    assert!(
        matches!(refused, Err(TrainError::File { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_run_that_learns_no_more_ends_early() {
    let _turn = turn();
    let config = TrainConfig {
        network: tiny(&[2, 3]),
        view: InputView::Images,
        learning_rate: 1e-12,
        ema_decay: None,
        batch_norm: false,
        patience_checks: Some(2),
        batch_size: 2,
        epochs: Some(50),
        ..TrainConfig::default()
    };
    let folder = tempfile::tempdir().expect("a folder");
    let run_folder = RunFolder::create(folder.path(), &config).expect("a run");
    let start = RunProgress::default();
    let progress = run(&config, &run_folder, start, &mut Watcher::default()).expect("an end");
    assert_eq!(progress.stale_checks, 2);
    assert!(progress.step < 40, "{progress:?}");
}

/// The paper's recipe, but for its length and the network's width.
fn paper(approach: Approach) -> TrainConfig {
    TrainConfig {
        approach,
        network: tiny(&[2, 3]),
        learning_rate: 0.05,
        batch_size: 1,
        epochs: Some(3),
        ..TrainConfig::paper()
    }
}

#[test]
fn the_papers_approaches_learn() {
    let _turn = turn();
    for approach in [
        Approach::MultiTask,
        Approach::Dedicated,
        Approach::Conditioned,
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let config = paper(approach);
        let run_folder = RunFolder::create(folder.path(), &config).expect("a run");
        let mut watcher = Watcher::default();
        run(&config, &run_folder, RunProgress::default(), &mut watcher).expect("a run");
        let (first, last) = (watcher.losses[0], watcher.losses[watcher.losses.len() - 1]);
        assert_eq!(watcher.losses.len(), 3);
        assert!(last < 0.85 * first, "{approach:?}: {:?}", watcher.losses);
    }
}

/// Two steps, into the folder of a run.
fn train_separator(folder: &Path) -> TrainConfig {
    let config = TrainConfig {
        network: tiny(&[2, 3]),
        batch_size: 1,
        steps: 2,
        ..TrainConfig::default()
    };
    let folder = RunFolder::create(folder, &config).expect("a run");
    let mut watcher = Watcher::default();
    run(&config, &folder, RunProgress::default(), &mut watcher).expect("a run");
    config
}

fn tiny_detector(separator: &Path, of_separator: &TrainConfig) -> TrainConfig {
    TrainConfig {
        separator: Some(separator.to_owned()),
        network: of_separator.network.clone(),
        detector: DetectorConfig {
            bands: 32,
            channels: [4, 4, 4],
            hidden: 8,
            sources: Source::COUNT,
        },
        learning_rate: 0.02,
        batch_size: 1,
        ..TrainConfig::detector()
    }
}

#[test]
fn the_detector_learns_and_says_when_sources_play() {
    let _turn = turn();
    let separator = tempfile::tempdir().expect("a folder");
    let of_separator = train_separator(separator.path());
    let config = TrainConfig {
        steps: 40,
        steps_per_check: 10,
        ..tiny_detector(separator.path(), &of_separator)
    };
    let folder = tempfile::tempdir().expect("a folder");
    let run_folder = RunFolder::create(folder.path(), &config).expect("a run");
    let mut watcher = Watcher::default();
    run(&config, &run_folder, RunProgress::default(), &mut watcher).expect("a run");
    let (first, last) = (watcher.losses[0], watcher.losses[3]);
    assert!(last < 0.9 * first, "{:?}", watcher.losses);

    let device = open_cpu().device;
    let [separator, detector] =
        [(&of_separator, &separator), (&config, &folder)].map(|(config, folder)| {
            let network = Network::decode_finished(config, finished(folder.path()), &device);
            let input = Tensor::<4>::zeros([1, 1, 64, BINS], &device);
            network.expect("a network").estimate(input)
        });
    let masks = [separator.0, detector.0].map(Tensor::into_data);
    assert_eq!(masks[0], masks[1], "the separator stays as it was");
    assert!(separator.1.is_none());
    let logits = detector.1.expect("a detector tells").into_data();
    let logits = logits.try_to_vec::<f32>().expect("floats");
    assert_eq!(logits.len(), Source::COUNT * 64);
    // Guitar, piano and other never play in these songs.
    assert!(logits[0] < 0.0, "{}", logits[0]);
}

#[test]
fn sweeps_keep_finished_runs_and_count_diverged_ones() {
    let _turn = turn();
    let base = TrainConfig {
        batch_size: 2,
        epochs: Some(2),
        ..paper(Approach::MultiTask)
    };
    let grid = Grid {
        learning_rates: vec![1e-3, 1e30],
        optimizers: vec![OptimizerKind::Sgd],
        weight_decays: vec![0.01],
        ..Grid::default()
    };
    let folder = tempfile::tempdir().expect("a folder");
    let points = grid.points(&base);
    let go = |index: usize, config: &TrainConfig| {
        let path = folder.path().join(index.to_string());
        let device = open_cpu().device;
        run_point(config, &data(), &path, &device, &mut Watcher::default())
    };
    let first = go(0, &points[0]).expect("a row");
    assert_eq!((first.steps, first.diverged_at), (2, None));
    assert!(first.best_validation_loss.is_some());
    let diverged = go(1, &points[1]).expect("a row");
    assert!(diverged.diverged_at.is_some(), "{diverged:?}");
    assert_eq!(go(0, &points[0]).expect("the same row"), first);
    let error = go(0, &points[1]).expect_err("other settings");
    assert!(error.to_string().contains("other settings"), "{error}");
}
