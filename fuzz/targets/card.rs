//! Any text as a model card.
#![no_main]

use deepmelody::model::ModelCard;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(card) = ModelCard::from_json(text) {
        let written = serde_json::to_string(&card).expect("a card is plain data");
        assert_eq!(
            ModelCard::from_json(&written).expect("read back").id,
            card.id
        );
    }
});
