//! Links that arrive intact, truncated, altered and escaped.

use proptest::{prelude::*, test_runner::RngSeed};

use super::*;

fn search(name: Option<&str>) -> SharedSearch {
    SharedSearch {
        query: Query {
            prominence: PerSource([0.38932, 0.0, 1.0, 0.5, 0.25]),
            weights: PerSource([1.0, 0.0, 2.0, 0.5, 1.0]),
            rank_by: RankBy::Proportions,
        },
        model_id: Some("net-1".to_owned()),
        name: name.map(str::to_owned),
    }
}

#[test]
fn a_link_is_short_plain_and_frozen() {
    assert_eq!(
        search(Some("Für & wider")).to_fragment(),
        "like=1&shares=0.3893,0,1,0.5,0.25&weights=1,0,2,0.5,1&net=net-1&name=F%C3%BCr%20%26%20wider&check=75497d5c"
    );
    assert!(!search(None).to_fragment().contains("name"));
}

#[test]
fn other_fragments_are_none_of_ours() {
    for fragment in ["", "main", "likes", "top=1"] {
        assert_eq!(SharedSearch::from_fragment(fragment), Ok(None));
    }
}

#[test]
fn every_cut_is_noticed() {
    let whole = search(Some("Für Elise")).to_fragment();
    for length in "like=".len()..whole.len() {
        let cut = SharedSearch::from_fragment(&whole[..length]);
        assert!(cut.is_err(), "{}: {cut:?}", &whole[..length]);
    }
}

#[test]
fn altered_numbers_are_noticed() {
    let whole = search(None).to_fragment();
    for (from, to) in [
        ("0.3893", "0.3894"),
        ("0.3893", "7"),
        ("0.3893", "NaN"),
        ("weights=1,0,2", "weights=1,0,3"),
        ("net-1", "net-2"),
    ] {
        let altered = whole.replace(from, to);
        assert_eq!(
            SharedSearch::from_fragment(&altered),
            Err(LinkError::Damaged),
            "{altered}"
        );
    }
    let newer = whole.replace("like=1", "like=2");
    assert_eq!(
        SharedSearch::from_fragment(&newer),
        Err(LinkError::Version {
            got: "2".to_owned()
        })
    );
}

#[test]
fn links_survive_programs_that_escape_more() {
    let escaped = search(None).to_fragment().replace(',', "%2C");
    assert!(matches!(SharedSearch::from_fragment(&escaped), Ok(Some(_))));
}

#[test]
fn another_networks_numbers_are_refused() {
    let mut shared = search(None);
    assert_eq!(shared.check_model("net-1"), Ok(()));
    let refused = shared.check_model("net-9").expect_err("another network");
    assert!(refused.to_string().contains("net-9") && refused.to_string().contains("net-1"));
    shared.model_id = None;
    assert_eq!(shared.check_model("net-9"), Ok(()));
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn what_was_shared_arrives(
        shares in prop::array::uniform5(0.0_f32..=1.0),
        weights in prop::array::uniform5(0.0_f32..=2.0),
        name in prop::option::of("\\PC{0,40}"),
    ) {
        let shared = SharedSearch {
            query: Query { prominence: PerSource(shares), weights: PerSource(weights), rank_by: RankBy::Amounts },
            model_id: None,
            name,
        };
        let found = SharedSearch::from_fragment(&shared.to_fragment()).expect("whole").expect("ours");
        prop_assert_eq!(&found.name, &shared.name);
        for (found, sent) in found.query.prominence.0.iter().zip(&shares) {
            prop_assert!((found - sent).abs() <= 1e-4);
        }
        prop_assert_eq!(found.to_fragment(), shared.to_fragment());
    }

    #[test]
    fn nonsense_is_refused_in_words(text in "like=[0-9a-z%&=,.]{0,80}") {
        prop_assert!(SharedSearch::from_fragment(&text).is_err());
    }
}
