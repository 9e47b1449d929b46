//! What is written is read back, and every refusal says why.

use super::*;

fn sample() -> Catalogue {
    let track = |id: &str, prominence| Track {
        id: id.to_owned(),
        duration_secs: 60.0,
        prominence: PerSource(prominence),
        ..Track::default()
    };
    let first = Track {
        title: "A \"quoted\" title".to_owned(),
        year: Some(1999),
        url: Some("https://example.org/a".to_owned()),
        preview: Some("previews/a.ogg".to_owned()),
        true_prominence: Some(PerSource([0.0, 0.5, 1.0, 0.0, 0.0])),
        ..track("0", [0.1, 0.2, 0.3, 0.4, 0.5])
    };
    Catalogue {
        tracks: vec![first, track("1", [0.0; 5])],
        ..Catalogue::new("net-1")
    }
}

fn refusal(json: &str) -> String {
    Catalogue::from_json(json, "net-1")
        .expect_err("read what it should refuse")
        .to_string()
}

fn refusal_after(change: impl FnOnce(&mut serde_json::Value)) -> String {
    let mut value = serde_json::to_value(sample()).expect("a value");
    change(&mut value);
    refusal(&value.to_string())
}

#[test]
fn what_is_written_is_read_back() {
    for catalogue in [sample(), Catalogue::new("net-1")] {
        let json = catalogue.to_json().expect("writes");
        assert_eq!(
            Catalogue::from_json(&json, "net-1").expect("reads"),
            catalogue
        );
    }
    assert_eq!(
        sample().to_json().expect("writes").lines().count(),
        4,
        "one row a track"
    );
}

#[test]
fn every_refusal_says_what_was_expected_and_what_came() {
    assert!(
        refusal("<html>").starts_with("the catalogue is not readable: expected value at line 1")
    );
    assert!(refusal("").contains("not readable"));
    let not_ours = "this is not a catalogue: expected the format \"deepmelody-catalogue\", got ";
    for (json, got) in [
        ("{}", "\"\""),
        ("[1]", "\"\""),
        ("{\"format\": \"playlist\"}", "\"playlist\""),
    ] {
        assert_eq!(refusal(json), format!("{not_ours}{got}"));
    }
    assert_eq!(
        refusal_after(|file| file["version"] = 2.into()),
        "the catalogue has version 2: expected 1; build it again"
    );
    assert_eq!(
        refusal_after(|file| file["model_id"] = "net-0".into()),
        "the catalogue was built with the model \"net-0\": expected \"net-1\"; build it again"
    );
    assert!(
        refusal_after(|file| file["sources"][0] = "violin".into())
            .contains("[\"violin\", \"piano\"")
    );
    let incomplete = refusal_after(|file| file["tracks"][1]["title"] = ().into());
    assert!(
        incomplete.starts_with("the catalogue is incomplete: "),
        "{incomplete}"
    );
}

#[test]
fn tracks_that_make_no_sense_are_named() {
    let track = |field: &str, value: serde_json::Value| {
        refusal_after(|file| file["tracks"][1][field] = value)
    };
    assert_eq!(
        track("prominence", vec![0.0, 0.0, 1.5, 0.0, 0.0].into()),
        "track \"1\" of the catalogue: its prominence of bass is 1.5: expected 0 to 1"
    );
    assert_eq!(
        track("duration_secs", (-3).into()),
        "track \"1\" of the catalogue: it is -3 s long"
    );
    assert_eq!(
        track("id", "0".into()),
        "track \"0\" of the catalogue: another track has the same id"
    );
    assert!(track("url", "javascript:alert(1)".into()).contains("begins with https:// or http://"));
    for preview in [
        "",
        "/a.ogg",
        "../a.ogg",
        "a/../../b.ogg",
        "https://example.org/a.ogg",
        "//host/a.ogg",
    ] {
        assert!(
            track("preview", preview.into()).contains("beside the catalogue"),
            "{preview}"
        );
    }
    assert_eq!(
        track("true_prominence", vec![0.0, -0.5, 0.0, 0.0, 0.0].into()),
        "track \"1\" of the catalogue: its prominence of piano is -0.5: expected 0 to 1"
    );
}

#[test]
fn every_problem_is_found() {
    let mut catalogue = sample();
    catalogue.tracks[0].duration_secs = 0.0;
    catalogue.tracks[1].preview = Some("/etc/passwd".to_owned());
    assert_eq!(catalogue.problems().count(), 2);
    assert_eq!(sample().problems().count(), 0);
}

#[test]
fn any_model_will_do_where_nothing_is_compared() {
    let json = sample().to_json().expect("writes");
    assert_eq!(
        Catalogue::from_json_of_any_model(&json).expect("reads"),
        sample()
    );
    assert!(Catalogue::from_json(&json, "net-2").is_err());
}

#[test]
fn what_would_be_refused_is_not_written() {
    let mut catalogue = sample();
    catalogue.tracks[0].prominence[Source::Piano] = f32::NAN;
    assert!(matches!(
        catalogue.to_json(),
        Err(CatalogueError::Track { .. })
    ));
}
