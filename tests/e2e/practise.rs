//! Practising: beats to put right, the click, loops on bars, rising speed, pitch, chords, and a song that comes back.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::browser::Screen;
use crate::listen::analysed;
use crate::page::{PATIENCE, Page, ids};
use crate::server::Site;
use crate::songs::{self, Songs};

/// A page with the practising line open and the song's beats found.
pub fn practising(site: &Site, song: &Path, screen: Screen) -> Page {
    let page = analysed(site, song, screen);
    open(&page);
    page
}

pub fn open(page: &Page) {
    page.ask("document.getElementById(PRACTISE).open = true");
    // It is found once the first stems are made.
    page.browser.wait_for(
        "the beat",
        "return Number(document.getElementById(BPM)?.value) > 0",
        PATIENCE,
    );
}

/// A tune of two beats a second.
pub fn tune(songs: &Songs, secs: f32) -> PathBuf {
    songs.wav("tune.wav", 2, &songs::tune(secs))
}

impl Page {
    pub fn value(&self, id: &str) -> String {
        let script = format!("return document.getElementById('{id}').value");
        self.ask(&script).as_str().unwrap_or_default().to_owned()
    }

    fn number(&self, id: &str) -> f64 {
        let value = self.value(id);
        value.parse().unwrap_or_else(|_| panic!("{id}: {value:?}"))
    }

    /// Seconds of a typed moment such as "1:02.5".
    pub fn moment(&self, id: &str) -> f64 {
        let value = self.value(id);
        let (minutes, secs) = value.split_once(':').expect("minutes and seconds");
        let number = |text: &str| text.parse::<f64>().expect("a number");
        number(minutes) * 60.0 + number(secs)
    }

    /// Length of the loop in seconds.
    pub fn loop_secs(&self) -> f64 {
        self.moment(ids::LOOP_TO) - self.moment(ids::LOOP_FROM)
    }

    pub fn push(&self, id: &str) {
        self.ask(&format!("document.getElementById('{id}').click()"));
    }

    pub fn enter(&self, id: &str, value: &str) {
        let script =
            "const field = document.getElementById(arguments[0]); field.value = arguments[1];
            field.dispatchEvent(new Event('change', {bubbles: true}))";
        self.browser.session.run(script, &[json!(id), json!(value)]);
    }

    pub fn wait_for_value(&self, id: &str, value: &str) {
        let script = format!("return document.getElementById('{id}')?.value === '{value}'");
        self.wait(&format!("{id} of {value}"), &script);
    }
}

#[test]
fn beats_are_found_and_put_right() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = practising(&site, &tune(&songs, 20.0), Screen::Phone);
    let found = page.number(ids::BPM);
    println!("{found} beats a minute");
    assert!((found - 120.0).abs() < 2.0, "{found} where 120 is true");
    page.push(ids::BPM_HALF);
    assert!((page.number(ids::BPM) - found / 2.0).abs() < 1.0);
    page.push(ids::BPM_DOUBLE);
    assert!((page.number(ids::BPM) - found).abs() < 1.0);
    page.enter(ids::BPM, "97");
    assert_eq!(page.value(ids::BPM), "97");
    page.enter(ids::BPM, "9000");
    assert_eq!(page.value(ids::BPM), "97", "what cannot be is not taken");
    page.push(ids::AS_FOUND);
    assert_eq!(page.number(ids::BPM), found);
    page.ask(
        "const tap = document.getElementById(TAP);
        for (let n = 0; n < 5; n++) setTimeout(() => tap.click(), 600 * n)",
    );
    page.wait(
        "the tapped tempo",
        "return Math.abs(Number(document.getElementById(BPM).value) - 100) < 8",
    );
    assert_eq!(page.overflow_pixels(), 0);
}

/// Where clicks begin, in seconds of the audio clock; where the first stem does; and whether every click track that
/// goes along with stems begins with them.
const CLICKS: &str = "const all = window.started, stems = all.filter(one => window.gains.get(one.fader) !== undefined);
    const tracks = all.filter(one => !stems.includes(one)), clicks = [];
    let last = -1;
    for (const {when, rate, data: [samples]} of tracks)
        for (let n = 0; n < samples.length; n++)
            if (Math.abs(samples[n]) > 0.02) {
                const at = when + n / rate;
                if (at - last > 0.1) clicks.push(at);
                last = at;
            }
    const starts = new Set(stems.map(one => one.when));
    return {clicks, stems: Math.min(...starts), together: tracks.slice(1).every(one => starts.has(one.when)),
        secs: stems.reduce((sum, one) => sum + one.length / one.rate, 0) / 5}";

fn numbers(list: &Value) -> Vec<f64> {
    let list = list.as_array().expect("a list");
    list.iter().filter_map(Value::as_f64).collect()
}

#[test]
fn the_click_counts_in_and_falls_on_every_beat() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = practising(&site, &tune(&songs, 20.0), Screen::Desktop);
    page.enter(ids::BPM, "120");
    page.push(ids::CLICK);
    // The second of none, one and more bars.
    page.enter(ids::COUNT_IN, "1");
    page.click(ids::PLAY);
    page.wait(
        "six seconds",
        &format!("const heard = (() => {{ {CLICKS} }})(); return heard.secs >= 6"),
    );
    page.click(ids::PLAY);
    let heard = page.ask(CLICKS);
    println!("{heard}");
    assert_eq!(
        heard["together"],
        json!(true),
        "clicks begin with their stems"
    );
    let clicks = numbers(&heard["clicks"]);
    let begin = heard["stems"].as_f64().expect("a time");
    assert_eq!(
        clicks.iter().filter(|at| **at < begin - 1e-3).count(),
        4,
        "one bar is counted in"
    );
    let furthest = clicks
        .windows(2)
        .map(|pair| (pair[1] - pair[0] - 0.5).abs())
        .fold(0.0, f64::max);
    println!("{} clicks, furthest from even {furthest} s", clicks.len());
    assert!(clicks.len() > 12 && furthest < 1e-3, "{clicks:?}");
}

#[test]
fn loops_fall_on_bars_unless_alt_is_held() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = practising(&site, &tune(&songs, 20.0), Screen::Desktop);
    page.enter(ids::BPM, "120");
    page.drag(ids::DRUMS_ROW, 0.22, 0.42);
    assert!(
        (page.loop_secs() - 4.0).abs() < 0.11,
        "two bars of two seconds, not {}",
        page.loop_secs()
    );
    page.push(ids::BAR_MORE);
    assert!((page.loop_secs() - 6.0).abs() < 0.11);
    page.push(ids::BAR_LESS);
    page.push(ids::BAR_LESS);
    assert!((page.loop_secs() - 2.0).abs() < 0.11);
    page.enter(ids::LOOP_FROM, "0:03,3");
    page.enter(ids::LOOP_TO, "4.7");
    assert_eq!(
        page.value(ids::LOOP_FROM),
        "0:03.3",
        "typed times stay as they are"
    );
    assert_eq!(page.value(ids::LOOP_TO), "0:04.7");
    page.ask(
        "const lane = document.querySelector(`${DRUMS_ROW} ${LANE}`), box = lane.getBoundingClientRect();
        const at = (kind, share) => lane.dispatchEvent(new PointerEvent(kind, {bubbles: true, button: 0, pointerId: 1,
            altKey: true, clientX: box.left + share * box.width, clientY: box.top + 5}));
        at('pointerdown', 0.22); at('pointermove', 0.43); at('pointerup', 0.43);",
    );
    assert!(
        (page.moment(ids::LOOP_FROM) - 4.4).abs() < 0.11,
        "with Alt it begins anywhere"
    );
}

#[test]
fn each_repeat_is_faster_up_to_the_goal() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = practising(&site, &tune(&songs, 8.0), Screen::Desktop);
    page.enter(ids::LOOP_FROM, "2");
    page.enter(ids::LOOP_TO, "3");
    page.enter(ids::SPEED, "50");
    page.enter(ids::RAMP_STEP, "25");
    page.push(ids::RAMP);
    page.click(ids::PLAY);
    for percent in [50, 75, 100] {
        let script =
            format!("return document.getElementById(RAMP_NOW).innerText === 'Now {percent} %'");
        page.wait(&format!("{percent} %"), &script);
    }
    page.click(ids::PLAY);
    let heard = page.ask(
        "const blocks = []; const all = window.started;
        for (let i = 0; i + 5 <= all.length; i += 5) blocks.push(all[i]);
        let at = 0; const seams = blocks.map(block => at += block.length / block.rate);
        return {seams, gapless: blocks.slice(1).every((block, i) =>
            Math.abs((block.when - blocks[i].when) * blocks[i].clock - blocks[i].length) < 1e-3)}",
    );
    println!("{heard}");
    assert_eq!(heard["gapless"], json!(true));
    // A second of the song at half its speed, then at three quarters.
    let seams = numbers(&heard["seams"]);
    for due in [2.0, 2.0 + 4.0 / 3.0] {
        assert!(
            seams.iter().any(|seam| (seam - due).abs() < 1e-3),
            "{due} in {seams:?}"
        );
    }
}

#[test]
fn an_octave_down_is_half_the_frequency_in_the_same_time() {
    let songs = Songs::new();
    let site = Site::serve();
    let phase = |n: u32| f64::from(n) / f64::from(songs::SAMPLE_RATE) * 440.0;
    let tone = |n| (phase(n) * std::f64::consts::TAU).sin() as f32 * 0.5;
    let tone: Vec<_> = (0..3 * songs::SAMPLE_RATE).map(tone).collect();
    let page = analysed(&site, &songs.wav("tone.wav", 2, &tone), Screen::Desktop);
    page.ask("document.getElementById(PRACTISE).open = true");
    page.wait("the pitch", "return !!document.getElementById(SEMITONES)");
    page.enter(ids::SEMITONES, "-11");
    page.push(ids::PITCH_DOWN);
    assert_eq!(page.value(ids::SEMITONES), "-12");
    page.click(ids::PLAY);
    page.wait("some sound", "return window.started.length > 0");
    let heard = page.heard_to_the_end();
    println!("{heard}");
    let number = |name: &str| heard[name].as_f64().expect("a number");
    assert!((number("secs") - 3.0).abs() < 0.01);
    assert!((number("hertz") - 220.0).abs() < 2.2);
}

#[test]
fn chords_follow_the_playhead_the_pitch_and_a_capo() {
    let site = Site::serve();
    let page = practising(&site, &songs::demo(), Screen::Desktop);
    println!("{}", page.text_of(ids::PRACTISE_BRIEF));
    let named = page.wait(
        "chords",
        "const names = [...document.querySelectorAll(CHORD_NAMES)].map(name => name.innerText).filter(Boolean);
        return names.length > 4 && names",
    );
    println!("{named}");
    let drawn = "return document.querySelectorAll('#chord-lane .block').length > 4";
    assert_eq!(page.ask(drawn), json!(true));
    let cut = "return [...document.querySelectorAll(CHORD_NAMES)].filter(name =>
        name.offsetTop === 0 && name.offsetWidth > name.parentElement.clientWidth).length";
    assert_eq!(page.ask(cut), json!(0), "a name fits, or is not shown");
    // A moment at which a chord sounds.
    let middle = page.ask(
        "const block = [...document.querySelectorAll('#chord-lane .block')].find(block => block.innerText);
        const share = (parseFloat(block.style.left) + parseFloat(block.style.width) / 2) / 100;
        return share * Number(document.getElementById(SEEK).max)",
    );
    page.seek(middle.as_f64().expect("a moment"));
    let chord = page.wait(
        "a chord",
        "const name = document.getElementById(CHORD_NOW).innerText; return /^[A-G]/.test(name) && name",
    );
    page.enter(ids::SEMITONES, "2");
    let higher = page.text_of(ids::CHORD_NOW);
    assert_ne!(json!(higher), chord);
    // The third of none and eleven frets.
    page.enter(ids::CAPO, "2");
    assert_eq!(
        json!(page.text_of(ids::CHORD_NOW)),
        chord,
        "two up, and a capo on the second fret"
    );
    page.enter(ids::CHORD_HERE, "Bdim");
    assert_eq!(page.text_of(ids::CHORD_NOW), "Bdim", "put right by hand");
    let sections = page.ask("return document.querySelectorAll(SECTIONS).length");
    println!("{sections} sections");
    if sections.as_u64() > Some(1) {
        page.ask("document.querySelectorAll(SECTIONS)[1].click()");
        page.push(ids::LOOP_SECTION);
        assert!(page.moment(ids::LOOP_TO) > page.moment(ids::LOOP_FROM) + 1.0);
    }
}

#[test]
fn the_system_knows_the_song_and_hands_files_over() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = analysed(&site, &tune(&songs, 4.0), Screen::Desktop);
    let title = "return navigator.mediaSession.metadata?.title";
    assert_eq!(page.ask(title), json!("tune"));
    page.click(ids::PLAY);
    page.wait(
        "the system to know that it plays",
        "return navigator.mediaSession.playbackState === 'playing'",
    );
    page.ask(
        "fetch('demo.ogg').then(answer => answer.blob()).then(content => {
            const clipboardData = new DataTransfer();
            clipboardData.items.add(new File([content], 'pasted.ogg', {type: 'audio/ogg'}));
            document.body.dispatchEvent(new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true}));
        })",
    );
    page.outcome("pasted.ogg");

    // Only an installed page is given files by the system; this one is told that it was.
    let queue = "Object.defineProperty(window, 'launchQueue', {value: {setConsumer: take => window.take = take}})";
    page.browser.session.command_chromium(
        "Page.addScriptToEvaluateOnNewDocument",
        &json!({"source": queue}),
    );
    page.reload();
    page.ask(
        "fetch('demo.ogg').then(answer => answer.blob()).then(content => window.take({
            files: [{getFile: async () => new File([content], 'opened.ogg', {type: 'audio/ogg'})}]
        }))",
    );
    page.outcome("opened.ogg");
}
