//! Splitting a catalogue: the order of the songs, and the contents of the files.

use super::{DIGEST_DIGITS, SPLIT_FORMAT, SPLIT_VERSION, SplitHead, WHOLE, digest};
use crate::catalogue::{Catalogue, CatalogueError, Track};
use crate::source::{PerSource, Source};

/// Hexadecimal digits of the folder's name.
const NAME_DIGITS: usize = DIGEST_DIGITS / 2;

/// Bits of each source in [`composition_order`].
const ORDER_BITS: u32 = 6;

/// The files of a split catalogue.
#[derive(Clone, Debug)]
pub struct Split {
    /// Of `catalogue.json`.
    pub head: SplitHead,
    /// Of [`SplitHead::vectors_path`]: five bytes for each song.
    pub vectors: Vec<u8>,
    /// Of [`SplitHead::shard_path`].
    pub shards: Vec<String>,
}

impl Split {
    /// Splits a catalogue into shards of `shard_songs` songs.
    ///
    /// # Errors
    /// When the catalogue is inconsistent.
    ///
    /// # Panics
    /// When `shard_songs` is 0.
    pub fn new(catalogue: &Catalogue, shard_songs: usize) -> Result<Self, CatalogueError> {
        if let Some(problem) = catalogue.problems().next() {
            return Err(problem);
        }
        let mut tracks: Vec<&Track> = catalogue.tracks.iter().collect();
        tracks.sort_by_cached_key(|track| (composition_order(&track.prominence), &track.id));
        let shares = tracks.iter().flat_map(|track| track.prominence.0);
        let vectors: Vec<u8> = shares.map(|share| (share * WHOLE).round() as u8).collect();
        let shard = |tracks: &[&Track]| {
            let shard = Catalogue {
                tracks: tracks.iter().map(|&track| track.clone()).collect(),
                ..Catalogue::new(&catalogue.model_id)
            };
            shard.to_json()
        };
        let shards: Vec<String> = tracks
            .chunks(shard_songs)
            .map(shard)
            .collect::<Result<_, _>>()?;
        let shards_sha256: Vec<String> =
            shards.iter().map(|text| digest(text.as_bytes())).collect();
        let name = digest(format!("{}{}", digest(&vectors), shards_sha256.concat()).as_bytes());
        let head = SplitHead {
            format: SPLIT_FORMAT.to_owned(),
            version: SPLIT_VERSION,
            model_id: catalogue.model_id.clone(),
            sources: catalogue.sources.clone(),
            songs: tracks.len(),
            shard_songs,
            folder: format!("catalogue-{}", &name[..NAME_DIGITS]),
            vectors_sha256: digest(&vectors),
            shards_sha256,
        };
        Ok(Self {
            head,
            vectors,
            shards,
        })
    }
}

/// Sort key of a song: the Morton code (Morton 1966, interleaved bits) of the direction of its shares, which keeps
/// similar directions close, since cosine similarity compares directions; then the length.
fn composition_order(prominence: &PerSource<f32>) -> (u32, u32) {
    let shares = prominence.0;
    let length = shares.iter().map(|share| share * share).sum::<f32>().sqrt();
    let steps = ((1 << ORDER_BITS) - 1) as f32;
    let coordinates = shares.map(|share| (share / length.max(f32::MIN_POSITIVE) * steps) as u32);
    let bits = (0..ORDER_BITS).rev();
    let curve = bits.fold(0, |curve, bit| {
        let interleave = |curve: u32, coordinate: &u32| curve << 1 | (coordinate >> bit & 1);
        coordinates.iter().fold(curve, interleave)
    });
    debug_assert!(ORDER_BITS * Source::COUNT as u32 <= u32::BITS);
    (curve, length.to_bits())
}
