//! Any text as a catalogue: one that is accepted can be searched, and written again without loss.
#![no_main]

use deepmelody::catalogue::{Catalogue, Query, Statistics, merge, rank};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(catalogue) = Catalogue::from_json_of_any_model(text) else {
        return;
    };
    let written = catalogue
        .to_json()
        .expect("an accepted catalogue can be written");
    assert_eq!(
        Catalogue::from_json(&written, &catalogue.model_id).expect("read back"),
        catalogue
    );
    let _ = Statistics::of(&catalogue);
    if let Some(track) = catalogue.tracks.first() {
        let found = rank(&catalogue, &Query::all(track.prominence), 10);
        assert!(
            found
                .iter()
                .all(|found| (0.0..=1.0).contains(&found.score) && found.distance.is_finite())
        );
    }
    let merged = merge([catalogue.clone(), catalogue.clone()]).expect("of one model");
    assert_eq!(merged.catalogue, catalogue);
});
