//! Links: any fragment is followed or refused, and any search survives the way through a link.
#![no_main]

use arbitrary::Arbitrary;
use deepmelody::{
    catalogue::{Query, SharedSearch},
    source::PerSource,
};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
enum Input<'a> {
    Fragment(&'a str),
    /// In steps of which 255 are the most that is allowed.
    Search {
        shares: [u8; 5],
        weights: [u8; 5],
        model_id: Option<&'a str>,
        name: Option<&'a str>,
    },
}

fuzz_target!(|input: Input| match input {
    Input::Fragment(fragment) => {
        if let Ok(Some(search)) = SharedSearch::from_fragment(fragment) {
            assert!(
                SharedSearch::from_fragment(&search.to_fragment())
                    .is_ok_and(|again| again.is_some())
            );
        }
    }
    Input::Search {
        shares,
        weights,
        model_id,
        name,
    } => {
        let scaled =
            |steps: [u8; 5], most: f32| PerSource(steps.map(|step| f32::from(step) / 255.0 * most));
        let search = SharedSearch {
            query: Query {
                prominence: scaled(shares, 1.0),
                weights: scaled(weights, 2.0),
                ..Query::all(PerSource([0.0; 5]))
            },
            model_id: model_id.map(str::to_owned),
            name: name.map(str::to_owned),
        };
        let fragment = search.to_fragment();
        let read = SharedSearch::from_fragment(&fragment)
            .expect("undamaged")
            .expect("ours");
        assert_eq!(read.to_fragment(), fragment);
    }
});
