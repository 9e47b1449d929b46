//! Answers arrive; children that hang, crash or send nonsense are reported.

use super::*;

/// What a shell's script answers, within a second.
fn answer(script: &str) -> Result<(Reply, Vec<f32>), String> {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    let answer = ask(command, Duration::from_secs(1), &Interrupt::default());
    answer.map_err(|error| error.to_string())
}

fn failure(script: &str) -> String {
    answer(script).expect_err("an answer that should not be one")
}

#[test]
fn an_endless_decoder_is_ended_in_time() {
    let started = Instant::now();
    assert_eq!(failure("exec sleep 60"), "decoding it took longer than 1 s");
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn crashes_and_nonsense_are_told() {
    for script in [
        "kill -SEGV $$",
        "exit 0",
        "echo nonsense",
        "yes | tr -d '\\n'",
        r#"echo '{"Song":{"tags":{},"warnings":[],"sample_count":9}}'; printf 1234"#,
        r#"echo '{"Song":{"tags":{},"warnings":[],"sample_count":99999999999}}'"#,
    ] {
        let told = failure(script);
        assert!(told.starts_with("its decoder crashed"), "{script}: {told}");
    }
}

#[test]
fn answers_arrive_whole() {
    let song = r#"echo '{"Song":{"tags":{"title":"A"},"warnings":["w"],"sample_count":2}}'; printf '\000\000\200\077\000\000\000\277'"#;
    let (reply, samples) = answer(song).expect("an answer");
    assert_eq!(samples, [1.0, -0.5]);
    let Reply::Song { tags, warnings, .. } = reply else {
        panic!("{reply:?}");
    };
    assert_eq!(tags.title.as_deref(), Some("A"));
    assert_eq!(warnings, ["w"]);
    let refused = r#"echo '{"Refused":"is empty"}'"#;
    let expected = (Reply::Refused("is empty".to_owned()), Vec::new());
    assert_eq!(answer(refused), Ok(expected));
}

#[test]
fn what_is_no_plain_file_or_too_large_is_not_even_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("large.wav");
    let file = fs::File::create(&path).expect("a file");
    file.set_len(5 << 30).expect("holes are allowed");
    let refusal = |path: &Path| {
        let refusal = check_file(path, &Limits::default());
        refusal.expect_err("not to be read").to_string()
    };
    assert!(refusal(&path).ends_with("has 5.0 GiB: at most 4.0 are read"));
    assert!(refusal(Path::new("/dev/zero")).ends_with("is no plain file"));
}
