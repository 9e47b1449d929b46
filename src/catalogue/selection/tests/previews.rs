//! When songs without a preview are left out.

use super::*;

#[test]
fn songs_with_previews_come_alone_if_enough_of_them_match() {
    let query = Query::all(PerSource(ASKED));
    let resolved = |guitars: &[f32]| {
        let songs = guitars.iter().enumerate().map(|(place, &guitar)| {
            let id = place.to_string();
            let mut track = track(&id, &id, "", guitar);
            track.preview = (place > 0).then(|| "previews/a.ogg".to_owned());
            track
        });
        let catalogue = Catalogue {
            tracks: songs.collect(),
            ..Catalogue::new("net-1")
        };
        let pool = Pool::new(Arc::new(catalogue), Arc::default(), SearchScope::Catalogue);
        let refinement = Refinement::default().resolved(&pool, &query, &[]);
        let shown = select(&pool, &query, &[], &refinement).len();
        (refinement.previews, shown)
    };
    assert_eq!(
        resolved(&[0.8, 0.7, 0.6, 0.5, 0.4, 0.3]),
        (Previews::Only, 5)
    );
    assert_eq!(
        resolved(&[0.8, 0.7, 0.6, 0.5, 0.4]),
        (Previews::Any, 5),
        "four are too few"
    );
    // 1 - 0.8 / sqrt(5) = 0.64.
    assert_eq!(
        resolved(&[0.8, 0.7, 0.6, 0.5, 0.4, 0.0]),
        (Previews::Any, 6),
        "the fifth is too far away"
    );
}

#[test]
fn the_visitors_songs_stay_beside_previews_and_do_not_count_as_such() {
    let query = Query::all(PerSource(ASKED));
    let resolved = |previews: usize| {
        let tracks = (0..previews).map(|place| Track {
            preview: Some("previews/a.ogg".to_owned()),
            ..track(&place.to_string(), &place.to_string(), "", 0.7)
        });
        let silent = track("silent", "Silent", "", 0.8);
        let catalogue = Catalogue {
            tracks: tracks.chain([silent]).collect(),
            ..Catalogue::new("net-1")
        };
        let mine = vec![track("mine", "Mine", "Me", 0.8)];
        let pool = Pool::new(Arc::new(catalogue), Arc::new(mine), SearchScope::Both);
        let refinement = Refinement {
            hide_doubles: false,
            ..Refinement::default()
        };
        let refinement = refinement.resolved(&pool, &query, &[]);
        let shown = select(&pool, &query, &[], &refinement);
        let mine = shown.iter().filter(|found| pool.is_mine(found.index));
        (refinement.previews, shown.len(), mine.count())
    };
    assert_eq!(resolved(5), (Previews::Only, 6, 1));
    assert_eq!(resolved(4), (Previews::Any, 6, 1));
}
