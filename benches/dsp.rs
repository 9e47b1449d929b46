//! Times of the signal processing, each on a song of three minutes at the engine's rate unless it says otherwise:
//! `cargo bench --bench dsp`.

use std::{path::Path, sync::Mutex};

use deepmelody::{
    audio::{Recording, SAMPLE_RATE, to_model_rate},
    catalogue::{Catalogue, Query, Split, SplitCatalogue, Track, rank},
    compute,
    dsp::{
        BINS, Complex, OverlapAdd, Spectrogram, Stft, TILE_FRAMES, TimeStretch, features, image,
    },
    kernels, metrics,
    model::{ModelCard, weights},
    prominence::{librosa_split, rms_frames, truth_activity},
    separate::{LocalEstimator, TileEstimator},
    source::{PerSource, Source},
};
use divan::{Bencher, black_box, counter::ItemsCount};

const SONG_SECS: usize = 180;

fn main() {
    divan::main();
}

/// A sweep of cosines: no silence, no special case.
fn sound(length: usize) -> Vec<f32> {
    (0..length)
        .map(|n| 0.3 * (1e-7 * (n * n % 1_000_003) as f32 + 0.05 * n as f32).cos())
        .collect()
}

fn song() -> Vec<f32> {
    sound(SONG_SECS * SAMPLE_RATE as usize)
}

fn spectrogram() -> Spectrogram {
    Stft::default().forward(&song())
}

#[divan::bench(args = [44_100, 48_000])]
fn stereo_to_model_rate(bencher: Bencher, sample_rate: u32) {
    let channel = sound(SONG_SECS * sample_rate as usize);
    let recording = Recording {
        channels: vec![channel; 2],
        sample_rate,
    };
    bencher.bench(|| to_model_rate(&recording));
}

#[divan::bench]
fn stft_whole(bencher: Bencher) {
    let (song, mut stft) = (song(), Stft::default());
    bencher.bench_local(|| stft.forward(&song));
}

#[divan::bench]
fn stft_one_frame(bencher: Bencher) {
    let (song, mut stft) = (song(), Stft::default());
    let mut spectrum = vec![Complex::default(); BINS];
    bencher.bench_local(|| stft.analyse_frame(&song, black_box(1_000), &mut spectrum));
}

/// What the player does every two seconds: five stereo stems at the rate of a CD.
#[divan::bench(args = [0.5, 0.8, 1.25])]
fn tempo_of_two_seconds(bencher: Bencher, speed: f64) {
    const RATE: u32 = 44_100;
    let block = sound(2 * RATE as usize);
    let channels = vec![block.as_slice(); 10];
    let mut tempo = TimeStretch::new(speed, channels.len(), RATE);
    bencher.bench_local(|| tempo.push(&channels));
}

#[divan::bench]
fn overlap_add_whole(bencher: Bencher) {
    let (spectrogram, stft, length) = (spectrogram(), Stft::default(), song().len());
    bencher.bench_local(|| {
        let mut inverse = OverlapAdd::new(&stft, length);
        let mut song = Vec::with_capacity(length);
        for spectrum in spectrogram.iter() {
            inverse.push(spectrum, &mut song);
        }
        inverse.finish(&mut song);
        song
    });
}

#[divan::bench]
fn log_magnitudes_of_one_tile(bencher: Bencher) {
    let spectrum = spectrogram().frames[..BINS * TILE_FRAMES].to_vec();
    let mut out = vec![0.0; spectrum.len()];
    let bins = ItemsCount::new(spectrum.len());
    bencher
        .counter(bins)
        .bench_local(|| features::log_magnitude(&spectrum, black_box(1.5), &mut out));
}

#[divan::bench]
fn whole_song_to_image(bencher: Bencher) {
    let magnitudes: Vec<f32> = spectrogram()
        .frames
        .iter()
        .map(|value| value.norm())
        .collect();
    bencher.bench(|| image::from_frames(&magnitudes, BINS));
}

#[divan::bench]
fn levels(bencher: Bencher) {
    let song = song();
    bencher.bench(|| rms_frames(&song));
}

#[divan::bench]
fn activity_of_a_clean_stem(bencher: Bencher) {
    let song = song();
    bencher.bench(|| truth_activity(&song, &song));
}

#[divan::bench]
fn activity_as_librosa(bencher: Bencher) {
    let song = song();
    bencher.bench(|| librosa_split(&song, 60.0));
}

#[divan::bench]
fn si_sdr(bencher: Bencher) {
    let song = song();
    bencher.bench(|| metrics::si_sdr(&song, &song));
}

#[divan::bench(args = [1_000, 100_000])]
fn ten_best_of_a_catalogue(bencher: Bencher, tracks: usize) {
    let catalogue = catalogue(tracks);
    bencher.bench(|| rank(&catalogue, &query(), 10));
}

/// As the page does it with a split catalogue.
#[divan::bench(sample_count = 20)]
fn two_hundred_nearest_of_a_million(bencher: Bencher) {
    let split = Split::new(&catalogue(1_000_000), 500).expect("a sound catalogue");
    let songs = SplitCatalogue::new(split.head, &split.vectors).expect("its own vectors");
    bencher.bench(|| songs.nearest(&query(), 200));
}

fn query() -> Query {
    Query::all(PerSource([0.7, 0.2, 0.9, 0.8, 0.4]))
}

fn catalogue(tracks: usize) -> Catalogue {
    let share =
        |track: usize, source: Source| ((track * (7 + source.index())) % 101) as f32 / 100.0;
    let track = |number: usize| Track {
        id: number.to_string(),
        duration_secs: 60.0,
        prominence: PerSource::from_fn(|source| share(number, source)),
        ..Track::default()
    };
    Catalogue {
        tracks: (0..tracks).map(track).collect(),
        ..Catalogue::new("bench")
    }
}

/// The shipped networks on one tile each in so many threads at once.
#[divan::bench(args = [1, 2], sample_count = 20)]
fn tile_on_kernels(bencher: Bencher, threads: usize) {
    let (card, weights) = shipped_model();
    let network = kernels::Network::load(&card, weights).expect("the shipped weights");
    let workspaces: Vec<_> = (0..threads)
        .map(|_| Mutex::new(network.workspace(TILE_FRAMES)))
        .collect();
    let tile = tile();
    bencher.bench_local(|| {
        std::thread::scope(|scope| {
            for workspace in &workspaces {
                scope.spawn(|| {
                    let mut workspace = workspace.lock().expect("one thread each");
                    network.run(black_box(&tile), &mut workspace)
                });
            }
        });
    });
}

/// The same networks on burn's tensors, one tile on so many threads.
#[divan::bench(args = [1, 2], sample_count = 10)]
fn tile_on_tensors(bencher: Bencher, threads: usize) {
    let device = compute::open_cpu().device;
    let (card, weights) = shipped_model();
    let networks = weights::load(&card, weights, &device).expect("the shipped weights");
    let estimator = LocalEstimator::new(networks, device);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let (pool, tile) = (pool.expect("threads"), tile());
    bencher.bench_local(|| pool.install(|| pollster::block_on(estimator.estimate(tile.clone()))));
}

fn shipped_model() -> (ModelCard, Vec<u8>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("model-weights");
    let read = |name: &str| std::fs::read(folder.join(name)).expect("the shipped model");
    let card = String::from_utf8(read("deepmelody.json")).expect("text");
    let card = ModelCard::from_json(&card).expect("the shipped card");
    (card, read("deepmelody.safetensors"))
}

fn tile() -> Vec<f32> {
    sound(TILE_FRAMES * BINS)
}
