use super::*;
use crate::source::PerSource;

const FRAMES: usize = 8;

/// A constant for a mixture, and a piano that plays with probability 0.25, guitar with 0.75.
fn stemless() -> Multitrack {
    let length = 3 * tile_samples(FRAMES);
    let probability = |source| match source {
        Source::Guitar => 0.75,
        Source::Piano => 0.25,
        _ => 0.0,
    };
    Multitrack {
        name: "stemless".to_owned(),
        stems: PerSource([None, None, None, None, Some(vec![9_000; length])]),
        length,
        activity: PerSource::default(),
        soft_activity: Some(PerSource::from_fn(|source| {
            vec![probability(source); length / HOP_LENGTH + 1]
        })),
    }
}

/// Every source plays a constant of its own.
fn with_stems() -> Multitrack {
    let length = 3 * tile_samples(FRAMES);
    Multitrack {
        name: "stems".to_owned(),
        stems: PerSource::from_fn(|source| Some(vec![100 * (source.index() as i16 + 1); length])),
        length,
        activity: PerSource::from_fn(|_| vec![true; length / HOP_LENGTH + 1]),
        soft_activity: None,
    }
}

fn draw(songs: Vec<Multitrack>, tiles: usize) -> TileBatch {
    let dataset = Dataset {
        songs,
        failures: Vec::new(),
    };
    Sampler::new(&dataset, Augmentation::Random, FRAMES, 3).draw(tiles)
}

#[test]
fn songs_without_stems_give_their_mixture_and_probabilities() {
    let batch = draw(vec![stemless()], 1);
    let stems: Vec<_> = batch.samples.chunks(tile_samples(FRAMES)).collect();
    for source in [Source::Guitar, Source::Piano, Source::Bass, Source::Drums] {
        assert!(stems[source.index()].iter().all(|&sample| sample == 0.0));
    }
    assert!(
        stems[Source::Other.index()]
            .iter()
            .all(|&sample| sample > 0.0)
    );
    let activity: Vec<_> = batch.activity.chunks(FRAMES).collect();
    assert_eq!(activity[Source::Guitar.index()], [0.75; FRAMES]);
    assert_eq!(activity[Source::Piano.index()], [0.25; FRAMES]);
    assert_eq!(activity[Source::Drums.index()], [0.0; FRAMES]);
}

#[test]
fn songs_without_stems_are_a_share_of_the_tiles_and_never_mixed_with_others() {
    let tiles = 300;
    let batch = draw(vec![stemless(), with_stems()], tiles);
    let mut from_stemless = 0;
    for activity in batch.activity.chunks(Source::COUNT * FRAMES) {
        let soft = activity
            .iter()
            .filter(|&&value| value > 0.0 && value < 1.0)
            .count();
        assert!(soft == 0 || soft == 2 * FRAMES, "{soft} soft values");
        from_stemless += usize::from(soft > 0);
    }
    let share = from_stemless as f64 / tiles as f64;
    assert!((share - STEMLESS_SHARE).abs() < 0.1, "{share}");
}
