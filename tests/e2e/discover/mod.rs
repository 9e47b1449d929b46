//! Finding songs: by hand, from others, from links; refined, explained, saved, and on the map. The list is always
//! compared with what the library selects.

mod links;
mod map;
mod split;

use deepmelody::catalogue::{
    Ingredient, Limit, Order, Query, Refinement, Role, Track, blend, mean_difference,
};
use deepmelody::source::{PerSource, Source};

use crate::browser::Screen;
use crate::finder::{Finder, catalogue, expected};
use crate::server::Site;

const EVERYTHING_HALF: PerSource<f32> = PerSource([0.5; Source::COUNT]);

const FIRST_VIEW: &str = "return !!document.getElementById('dropzone')";

fn track(id: &str) -> Track {
    let tracks = catalogue().tracks;
    tracks
        .into_iter()
        .find(|track| track.id == id)
        .expect("a song of the catalogue")
}

#[test]
fn a_search_by_hand_needs_no_file() {
    let site = Site::serve();
    let finder = Finder::by_hand(&site, Screen::Desktop);
    assert_eq!(
        finder.ids(),
        expected(&Query::all(EVERYTHING_HALF), &Refinement::default())
    );
    let wanted = [
        ("guitar", 100),
        ("piano", 0),
        ("bass", 60),
        ("drums", 80),
        ("other", 20),
    ];
    for (source, percent) in wanted {
        finder.set(&format!("share-{source}"), &percent.to_string());
    }
    let mut query = Query::all(PerSource(wanted.map(|(_, percent)| percent as f32 / 100.0)));
    assert_eq!(finder.ids(), expected(&query, &Refinement::default()));

    finder.refine();
    finder.set("weight-guitar", "2");
    finder.set("weight-drums", "0.25");
    query.weights = PerSource([2.0, 1.0, 1.0, 0.25, 1.0]);
    assert_eq!(finder.ids(), expected(&query, &Refinement::default()));
    finder.page.click("equal-weights");

    for source in ["piano", "bass", "drums", "other"] {
        finder.page.click(&format!("switch-{source}"));
    }
    let guitar = Query::only(query.prominence, &[Source::Guitar]);
    assert_eq!(finder.ids(), expected(&guitar, &Refinement::default()));
    let how = finder.page.text_of("how");
    assert!(how.contains("how close the shares are"), "{how}");
    finder.page.click("leave-search");
    finder.wait("the first view", FIRST_VIEW);
}

#[test]
fn lists_are_refined() {
    let site = Site::serve();
    let finder = Finder::by_hand(&site, Screen::Desktop);
    let query = Query::all(EVERYTHING_HALF);
    finder.refine();
    finder.choose("limit", "the best 25");
    finder.choose("per-artist", "one");
    finder.choose("order", "by title");
    let mut refinement = Refinement {
        limit: Limit::Best(25),
        max_per_artist: Some(1),
        order: Order::Title,
        ..Refinement::default()
    };
    let shown = finder.ids();
    assert_eq!(shown, expected(&query, &refinement));
    assert!(!shown.is_empty());

    let licence = catalogue().tracks[0].licence.clone().expect("a licence");
    finder.choose("licence", &licence);
    finder.set("max-minutes", "3");
    refinement.licence = Some(licence);
    refinement.max_duration_secs = Some(180.0);
    assert_eq!(finder.ids(), expected(&query, &refinement));

    finder.choose("licence", "any");
    finder.set("max-minutes", "");
    finder.choose("per-artist", "as many as there are");
    finder.choose("order", "the most alike first");
    finder.choose("limit", "all from 99 % alike");
    let all = Refinement {
        limit: Limit::AtLeast(0.99),
        ..Refinement::default()
    };
    assert_eq!(finder.ids(), expected(&query, &all));

    finder.choose("limit", "the best 25");
    finder.page.click("only-previews");
    let heard = Refinement {
        limit: Limit::Best(25),
        only_previews: true,
        ..Refinement::default()
    };
    let shown = finder.ids();
    assert_eq!(shown, expected(&query, &heard));
    assert!(!shown.is_empty());
    assert!(shown.iter().all(|id| track(id).preview.is_some()));
}

#[test]
fn an_empty_list_says_what_to_loosen() {
    let site = Site::serve();
    let finder = Finder::by_hand(&site, Screen::Desktop);
    let query = Query::all(EVERYTHING_HALF);
    finder.refine();
    finder.set("max-minutes", "3");
    let short = Refinement {
        max_duration_secs: Some(180.0),
        ..Refinement::default()
    };
    finder.set("words", "no song is called so");
    assert!(finder.ids().is_empty());
    let words = finder.page.text_of("nothing");
    println!("{words}");
    assert!(words.contains("“no song is called so”: "), "{words}");
    let ways = finder.texts("#nothing [data-filter]");
    assert_eq!(ways.len(), 1, "only the words stand in the way: {ways:?}");
    finder.run("document.querySelector('[data-filter=Text]').click()", &[]);
    assert_eq!(finder.ids(), expected(&query, &short));
    finder.set("words", "nothing of the kind");
    finder.page.click("start-over");
    assert_eq!(finder.ids(), expected(&query, &Refinement::default()));
}

#[test]
fn songs_explain_themselves() {
    let site = Site::serve();
    let finder = Finder::by_hand(&site, Screen::Desktop);
    let first = track(&finder.ids()[0]);
    let reasons = finder.why(0);
    println!("{reasons}");
    let percent = format!("{:.0} %", first.prominence[Source::Guitar] * 100.0);
    assert!(
        reasons.contains("Agrees in") || reasons.contains("Nothing comes within"),
        "{reasons}"
    );
    assert!(reasons.contains(&percent), "{percent} in {reasons}");
    let score = &finder.texts(".song__score")[0];
    let apart = mean_difference(&Query::all(EVERYTHING_HALF), &first.prominence);
    let apart = format!("{:.0} point", apart * 100.0);
    assert!(score.contains(&apart), "{apart} in {score}");
}

#[test]
fn songs_lead_to_others() {
    let site = Site::serve();
    let finder = Finder::by_hand(&site, Screen::Desktop);
    let first = track(&finder.ids()[0]);
    finder.act(0, "alike");
    let ids = finder.ids();
    assert!(!ids.contains(&first.id), "the song itself is hidden");
    let like = Query::all(first.prominence);
    let mut list = expected(
        &like,
        &Refinement {
            limit: Limit::Best(11),
            ..Refinement::default()
        },
    );
    list.retain(|id| *id != first.id);
    assert_eq!(ids, list[..10]);
    assert_eq!(finder.texts("#asked .asked__item").len(), 1);
}

#[test]
fn several_songs_are_asked_for_together() {
    let site = Site::serve();
    let finder = Finder::by_hand(&site, Screen::Desktop);
    let first = track(&finder.ids()[0]);
    finder.act(0, "alike");
    let second = track(&finder.ids()[3]);
    finder.act(3, "add");
    let third = track(&finder.ids()[5]);
    finder.act(5, "take");
    let asked = [
        Ingredient::of_track(&first, Role::Like),
        Ingredient::of_track(&second, Role::Like),
        Ingredient::of_track(&third, Role::Unlike),
    ];
    let query = Query::all(blend(&asked).expect("two to be like"));
    let mut list = expected(
        &query,
        &Refinement {
            limit: Limit::Best(13),
            ..Refinement::default()
        },
    );
    list.retain(|id| ![&first.id, &second.id, &third.id].contains(&id));
    assert_eq!(finder.ids(), list[..10]);
    assert_eq!(finder.texts("#asked .asked__item").len(), 3);
    finder.run(
        "document.querySelector('.asked__item--unlike button').click()",
        &[],
    );
    assert_eq!(finder.texts("#asked .asked__item").len(), 2);
}
