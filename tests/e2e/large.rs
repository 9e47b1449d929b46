//! A site whose catalogue is large, and therefore split.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use deepmelody::catalogue::{
    Catalogue, Pool, Query, Refinement, SearchScope, Split, Track, select,
};
use deepmelody::source::PerSource;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use tempfile::TempDir;

use crate::search::{self, SearchPage};
use crate::server::{Site, dist};

/// The site, for as long as this value lives.
pub struct LargeSite {
    /// Where it is served.
    pub site: Site,
    /// All its songs, in the order in which they are split.
    catalogue: Arc<Catalogue>,
    /// How many files the songs' titles are in.
    pub shards: usize,
    _folder: TempDir,
}

impl LargeSite {
    /// Serves `dist/` with so many songs of random composition.
    pub fn serve(songs: usize, shard_songs: usize) -> Self {
        let mut catalogue = random_catalogue(songs);
        let split = Split::new(&catalogue, shard_songs).expect("a sound catalogue");
        catalogue.tracks = split.shards.iter().flat_map(|text| tracks(text)).collect();
        let folder = tempfile::tempdir().expect("a folder");
        link_tree(&dist(), folder.path());
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            // Not through the link: the built site stays as it is.
            fs::remove_file(&path).ok();
            fs::write(path, bytes).expect("a file");
        };
        let page = fs::read_to_string(folder.path().join("index.html")).expect("the page");
        write(
            "index.html",
            page.replace("catalogue-sha256", "no-hash").as_bytes(),
        );
        fs::create_dir(folder.path().join(&split.head.folder)).expect("a folder");
        for (shard, text) in split.shards.iter().enumerate() {
            write(&split.head.shard_path(shard), text.as_bytes());
        }
        write(&split.head.vectors_path(), &split.vectors);
        let head = serde_json::to_vec(&split.head).expect("JSON");
        write("catalogue.json", &head);
        Self {
            site: Site::serve_folder(folder.path()),
            catalogue: catalogue.into(),
            shards: split.shards.len(),
            _folder: folder,
        }
    }

    /// Waits for the list that the whole catalogue gives.
    pub fn shows(&self, search: &SearchPage, query: &Query) {
        shows(search, &self.list(query));
    }

    /// The ids that the whole catalogue recommends.
    pub fn list(&self, query: &Query) -> Vec<String> {
        let whole = Arc::clone(&self.catalogue);
        let pool = Pool::new(whole, Arc::default(), SearchScope::Catalogue);
        let found = select(&pool, query, &[], &Refinement::default());
        let ids = found
            .iter()
            .filter_map(|found| Some(pool.get(found.index)?.id.clone()));
        ids.collect()
    }
}

/// Waits for the list of these songs, and for the page to have done with it.
pub fn shows(search: &SearchPage, ids: &[String]) {
    let script = format!(
        "const ids = [...document.querySelectorAll(SONG_IDS)].map(song => song.dataset.id);
        return document.getElementById(NEAREST)?.ariaBusy === 'false'
            && JSON.stringify(ids) === JSON.stringify({})",
        json!(ids)
    );
    search.wait(&format!("the songs {ids:?}"), &script);
}

/// Shares are such as a byte holds exactly, so that vectors and rows rank alike.
fn random_catalogue(songs: usize) -> Catalogue {
    let mut random = ChaCha8Rng::seed_from_u64(songs as u64);
    let mut track = |number: usize| Track {
        id: number.to_string(),
        title: format!("Song {number}"),
        artist: format!("Artist {}", number % 1_000),
        duration_secs: 60.0 + (number % 300) as f32,
        prominence: PerSource::from_fn(|_| f32::from(random.random_range(0..=255_u8)) / 255.0),
        ..Track::default()
    };
    Catalogue {
        tracks: (0..songs).map(&mut track).collect(),
        ..Catalogue::new(search::catalogue().model_id)
    }
}

fn tracks(shard: &str) -> Vec<Track> {
    Catalogue::from_json_of_any_model(shard)
        .expect("a catalogue")
        .tracks
}

fn link_tree(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&target).expect("a folder");
            link_tree(&entry.path(), &target);
        } else if fs::hard_link(entry.path(), &target).is_err() {
            // On another file system.
            fs::copy(entry.path(), &target).expect("a copy");
        }
    }
}
