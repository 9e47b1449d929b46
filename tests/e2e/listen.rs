//! Listening: what is heard is what the song holds, in step to the sample; faders, seeking, repeating, saving.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::browser::Screen;
use crate::page::{Page, ids};
use crate::server::Site;
use crate::songs::{self, Songs};
use crate::words;

const PATIENCE: Duration = Duration::from_secs(30);

/// Notes every buffer that is told to start, when, through which fader, and what it holds; and the faders' places.
const SPY: &str = "window.started = []; window.gains = new Map();
    const start = AudioBufferSourceNode.prototype.start;
    AudioBufferSourceNode.prototype.start = function (when) {
        window.context = this.context;
        const channels = [...Array(this.buffer.numberOfChannels).keys()];
        window.started.push({when, rate: this.buffer.sampleRate, length: this.buffer.length,
            clock: this.context.sampleRate, fader: this.fader,
            data: channels.map(channel => this.buffer.getChannelData(channel).slice())});
        return start.call(this, when);
    };
    const connect = AudioNode.prototype.connect;
    AudioNode.prototype.connect = function (target, ...rest) {
        if (target instanceof GainNode) this.fader = target;
        if (this instanceof GainNode && target instanceof GainNode) window.gains.set(this, 1);
        return connect.call(this, target, ...rest);
    };
    const setTarget = AudioParam.prototype.setTargetAtTime;
    AudioParam.prototype.setTargetAtTime = function (value, ...rest) {
        for (const fader of window.gains.keys()) if (fader.gain === this) window.gains.set(fader, value);
        return setTarget.call(this, value, ...rest);
    };";

/// A page that has taken a song apart, with its sound overheard.
pub fn analysed(site: &Site, song: &Path, screen: Screen) -> Page {
    let page = Page::open(site, "device=cpu", screen);
    page.browser.session.run(SPY, &[]);
    page.drop_file(song);
    let name = song.file_name().and_then(|name| name.to_str());
    page.outcome(name.expect("a name"));
    page
}

impl Page {
    /// Runs JavaScript in the page.
    pub fn ask(&self, script: &str) -> Value {
        self.browser.session.run(script, &[])
    }

    /// Asks the page again and again until the script's answer is neither null nor false.
    pub fn wait(&self, what: &str, script: &str) -> Value {
        self.browser.wait_for(what, script, PATIENCE)
    }

    /// Seconds, as the seek bar has them.
    fn position_secs(&self) -> f64 {
        let position = self.ask("return Number(document.getElementById(SEEK).value)");
        position.as_f64().expect("a number")
    }

    fn is_playing(&self) -> bool {
        self.ask("return document.getElementById(PLAY).ariaLabel") == json!(words::PAUSE)
    }

    fn gains(&self) -> Vec<f64> {
        let gains = self.ask("return [...window.gains.values()]");
        let gains = gains.as_array().expect("a list");
        gains.iter().filter_map(Value::as_f64).collect()
    }

    /// Presses a key with the focus nowhere in particular; "Shift+1" with the other hand on the shift key.
    pub fn press(&self, key: &str, code: &str) {
        let script = "document.body.dispatchEvent(new KeyboardEvent('keydown',
            {key: arguments[0], code: arguments[1], shiftKey: arguments[2], bubbles: true}))";
        let (key, has_shift) = match key.strip_prefix("Shift+") {
            Some(key) => (key, true),
            None => (key, false),
        };
        let arguments = [json!(key), json!(code), json!(has_shift)];
        self.browser.session.run(script, &arguments);
    }

    /// Moves the playhead.
    pub fn seek(&self, secs: f64) {
        let script = "const bar = document.getElementById(SEEK); bar.value = arguments[0];
            bar.dispatchEvent(new Event('input', {bubbles: true}))";
        self.browser.session.run(script, &[json!(secs)]);
    }

    /// Clicks a lane at a share of its length, or drags from one share to another.
    pub fn drag(&self, lane: &str, from: f64, to: f64) {
        let script = "const lane = document.querySelector(arguments[0]);
            const box = lane.getBoundingClientRect();
            const at = (kind, share) => lane.dispatchEvent(new PointerEvent(kind, {bubbles: true, button: 0,
                pointerId: 1, clientX: box.left + share * box.width, clientY: box.top + 5}));
            at('pointerdown', arguments[1]); at('pointermove', arguments[2]); at('pointerup', arguments[2]);";
        let arguments = [
            json!(format!("{lane} {}", ids::LANE)),
            json!(from),
            json!(to),
        ];
        self.browser.session.run(script, &arguments);
    }
}

/// Every block's five buffers start at one time, blocks follow each other without a gap, and all together are the song:
/// how far the sum is from the browser's own decoding, in dB.
fn sound_residue_db(page: &Page, song: &Path, secs: f64) -> f64 {
    let enough = format!(
        "return window.started.reduce((sum, one) => sum + one.length / one.rate, 0) / 5 >= {secs}"
    );
    page.click(ids::PLAY);
    page.wait("the sound", &enough);
    page.click(ids::PLAY);
    let timing = page.ask(
        "const blocks = []; const all = window.started;
        for (let i = 0; i + 5 <= all.length; i += 5) blocks.push(all.slice(i, i + 5));
        return {together: blocks.every(block => block.every(one => one.when === block[0].when)
                && new Set(block.map(one => one.fader)).size === 5),
            gapless: blocks.slice(1).every((block, i) =>
                Math.abs((block[0].when - blocks[i][0].when) * blocks[i][0].clock - blocks[i][0].length) < 1e-3),
            rates: [all[0].rate, all[0].clock], channels: all[0].data.length}",
    );
    println!("{}: {timing}", song.display());
    assert_eq!(timing["together"], json!(true));
    assert_eq!(timing["gapless"], json!(true));
    assert_eq!(timing["rates"][0], timing["rates"][1], "resampled");
    let bytes = fs::read(song).expect("the song");
    let residue = page.browser.session.run_async_with(
        "const [bytes, done] = arguments;
        const context = new OfflineAudioContext(1, 1, window.started[0].rate);
        context.decodeAudioData(Uint8Array.from(atob(bytes), c => c.charCodeAt(0)).buffer).then(song => {
            let [rest, whole, at] = [0, 0, 0];
            for (let i = 0; i + 5 <= window.started.length; i += 5) {
                const block = window.started.slice(i, i + 5);
                for (let channel = 0; channel < block[0].data.length; channel++) {
                    const truth = song.getChannelData(channel);
                    for (let n = 0; n < block[0].length; n++) {
                        const sum = block.reduce((sum, one) => sum + one.data[channel][n], 0);
                        rest += (sum - truth[at + n]) ** 2; whole += truth[at + n] ** 2;
                    }
                }
                at += block[0].length;
            }
            done(10 * Math.log10(rest / whole));
        })",
        &[json!(base64(&bytes))],
    );
    residue.as_f64().expect("a number")
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |group: &[u8]| {
        let word = (0..3).fold(0, |word, at| {
            word << 8 | u32::from(group.get(at).copied().unwrap_or(0))
        });
        (0..4)
            .map(|digit| match digit <= group.len() {
                true => char::from(DIGITS[(word >> (18 - 6 * digit)) as usize & 63]),
                false => '=',
            })
            .collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

#[test]
fn all_faders_up_are_the_song_in_every_format() {
    let songs = Songs::new();
    let site = Site::serve();
    let tune = songs::tune(9.0);
    let cases = [
        (songs.wav_at("stereo.wav", 2, 44_100, &tune), 6.0),
        (songs.wav_at("mono.wav", 1, 48_000, &tune), 6.0),
        (songs::shipped("stereo.flac"), 1.1),
        (songs::shipped("stereo.ogg"), 1.1),
        (songs::shipped("mono.ogg"), 1.1),
        (songs::shipped("stereo.mp3"), 1.1),
        (songs::shipped("mono.mp3"), 1.1),
        (songs::shipped("stereo.m4a"), 1.1),
        (songs::shipped("faststart.m4a"), 1.1),
    ];
    for (song, secs) in cases {
        let page = analysed(&site, &song, Screen::Desktop);
        let residue_db = sound_residue_db(&page, &song, secs);
        println!("{}: {residue_db:.1} dB", song.display());
        assert!(residue_db < -60.0, "{}: {residue_db:.1} dB", song.display());
    }
}

#[test]
fn faders_seeking_repeating_and_keys() {
    let songs = Songs::new();
    let site = Site::serve();
    let song = songs.wav("tune.wav", 2, &songs::tune(20.0));
    let page = analysed(&site, &song, Screen::Desktop);

    page.click(ids::SOLO_BASS);
    page.wait(
        "the position to move",
        "return Number(document.getElementById(SEEK).value) > 0.3",
    );
    assert!(page.is_playing());
    assert_eq!(page.gains(), [0.0, 0.0, 1.0, 0.0, 0.0]);
    page.press("1", "Digit1");
    assert_eq!(page.gains(), [1.0, 0.0, 1.0, 0.0, 0.0], "soloed by key");
    page.press("Shift+!", "Digit1");
    assert_eq!(page.gains(), [0.0, 0.0, 1.0, 0.0, 0.0], "muted by key");
    page.press("Shift+!", "Digit1");
    page.press("1", "Digit1");
    page.click(ids::SOLO_DRUMS);
    assert_eq!(page.gains(), [0.0, 0.0, 1.0, 1.0, 0.0], "two at once");
    let pressed = "return ['bass', 'drums', 'guitar'].map(
        source => document.getElementById(`${SOLO}-${source}`).ariaPressed)";
    assert_eq!(page.ask(pressed), json!(["true", "true", "false"]));
    page.press(" ", "Space");
    assert!(!page.is_playing(), "the space bar pauses");
    page.press(" ", "Space");
    assert!(page.is_playing(), "the space bar plays");
    page.click(ids::ALL_PARTS);
    assert_eq!(page.gains(), [1.0; 5], "the whole song is all faders up");

    // At rest, so that a slow machine reads no later position than was set.
    page.press(" ", "Space");
    assert!(!page.is_playing());
    page.seek(12.0);
    assert!((page.position_secs() - 12.0).abs() < 0.11);
    page.press("ArrowLeft", "ArrowLeft");
    assert!((page.position_secs() - 7.0).abs() < 0.11);
    page.drag(ids::DRUMS_ROW, 0.5, 0.5);
    let position_secs = page.position_secs();
    assert!((position_secs - 10.0).abs() < 0.11, "{position_secs}");
    page.press(" ", "Space");

    page.drag(ids::DRUMS_ROW, 0.2, 0.25);
    assert_eq!(
        page.text_of(ids::LOOP),
        format!("{} 0:04–0:05", words::REPEATING)
    );
    page.wait(
        "a round",
        "window.seen ??= []; window.seen.push(Number(document.getElementById(SEEK).value));
        return window.seen.some((now, i) => i > 0 && now < window.seen[i - 1] - 0.5)",
    );
    let seen = page.ask("return [Math.min(...window.seen), Math.max(...window.seen)]");
    assert!(
        seen[0].as_f64() >= Some(3.9) && seen[1].as_f64() <= Some(5.1),
        "{seen}"
    );
    page.press("l", "KeyL");
    assert_eq!(page.text_of(ids::LOOP), words::REPEAT);
    page.click(ids::PLAY);
    assert!(!page.is_playing());
}

#[test]
fn a_song_plays_while_the_rest_of_its_stems_is_made() {
    const SECS: f32 = 150.0;
    let songs = Songs::new();
    let site = Site::serve();
    let page = analysed(
        &site,
        &songs.wav("long.wav", 2, &songs::tune(SECS)),
        Screen::Desktop,
    );
    let making = page.ask("return document.getElementById(MAKING)?.innerText ?? ''");
    let making = making.as_str().unwrap_or_default();
    assert!(making.starts_with(words::MAKING), "{making:?}");
    page.click(ids::PLAY);
    page.wait(
        "the sound",
        "return Number(document.getElementById(SEEK).value) > 0.3",
    );
    page.press(" ", "Space");
    // Waits for the last part.
    page.seek(f64::from(SECS) - 2.0);
    page.press(" ", "Space");
    page.wait(
        "the end",
        "return document.getElementById(PLAY).ariaLabel === 'Play'",
    );
    page.stems_made(PATIENCE);
    let length = "return window.started.reduce((sum, one) => sum + one.data[0].length, 0) / 5";
    assert!(page.ask(length).as_f64() > Some(2.0 * 44_100.0 - 1.0));
}

#[test]
fn at_half_the_speed_a_tone_keeps_its_pitch_and_the_song_its_place() {
    const PITCH_HZ: f64 = 440.0;
    let songs = Songs::new();
    let site = Site::serve();
    let phase = |n: u32| f64::from(n) / f64::from(songs::SAMPLE_RATE) * PITCH_HZ;
    let tone = |n| (phase(n) * std::f64::consts::TAU).sin() as f32 * 0.5;
    let tone: Vec<_> = (0..3 * songs::SAMPLE_RATE).map(tone).collect();
    let page = analysed(&site, &songs.wav("tone.wav", 2, &tone), Screen::Desktop);
    let choose = "const choice = document.getElementById(SPEED); choice.value = arguments[0];
        choice.dispatchEvent(new Event('change', {bubbles: true}))";
    page.browser.session.run(choose, &[json!("50")]);
    page.click(ids::PLAY);
    let place = page.wait(
        "a second of the song",
        "const at = Number(document.getElementById(SEEK).value);
        return at >= 1 && [at, (window.context.currentTime - window.started[0].when) / 2]",
    );
    let [shown, due] = [0, 1].map(|index| place[index].as_f64().expect("a number"));
    assert!((shown - due).abs() < 0.2, "{shown} is shown, {due} is due");
    let heard = page.heard_to_the_end();
    println!("{heard}");
    assert_eq!(heard["together"], json!(true));
    assert_eq!(heard["gapless"], json!(true));
    assert!((heard["secs"].as_f64().expect("seconds") - 6.0).abs() < 0.01);
    let hertz = heard["hertz"].as_f64().expect("hertz");
    assert!((hertz / PITCH_HZ - 1.0).abs() < 0.01, "{hertz} Hz");

    page.press("+", "Equal");
    assert_eq!(
        page.ask("return document.getElementById(SPEED).value"),
        "60"
    );
    page.press("-", "Minus");
    assert_eq!(
        page.ask("return document.getElementById(SPEED).value"),
        "50"
    );
}

#[test]
fn the_next_passage_is_found_by_button_and_by_key() {
    let site = Site::serve();
    let page = analysed(&site, &songs::demo(), Screen::Desktop);
    let expected = drums_begin_secs(&page);
    page.click(ids::NEXT_DRUMS);
    assert!((page.position_secs() - expected).abs() < 0.11);
    page.seek(0.0);
    page.press("d", "KeyD");
    assert!((page.position_secs() - expected).abs() < 0.11);
}

/// Where the demo song's drums enter.
fn drums_begin_secs(page: &Page) -> f64 {
    let starts = "return [...document.querySelectorAll(DRUM_PASSAGES)]
        .map(range => Number(range.getAttribute('x')) / 1000 * Number(document.getElementById(SEEK).max))";
    let starts = page.ask(starts);
    let starts: Vec<f64> = starts
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_f64)
        .collect();
    println!("drums begin at {starts:.2?}");
    let begin = starts.iter().find(|start| **start > 0.05);
    *begin.or(starts.first()).expect("the drums play")
}

#[test]
fn a_part_starts_where_it_plays_and_a_click_leaves_the_space_bar_to_the_player() {
    let site = Site::serve();
    let page = analysed(&site, &songs::demo(), Screen::Desktop);
    let begin_secs = drums_begin_secs(&page);
    assert!(begin_secs > 1.0, "the demo begins without drums");
    page.click(ids::SOLO_DRUMS);
    page.wait(
        "the drums",
        "return Number(document.getElementById(SEEK).value) > 0",
    );
    assert!(page.position_secs() > begin_secs - 0.11);
    // Real keys, with the focus on what was clicked.
    page.browser.session.press(" ");
    assert!(!page.is_playing());
    let marked = "return document.getElementById(SOLO_DRUMS).ariaPressed";
    assert_eq!(page.ask(marked), "true", "it rests, and is still soloed");
    page.click(ids::NEXT_BASS);
    page.browser.session.press(" ");
    assert!(page.is_playing());
    assert_eq!(page.gains(), [0.0, 0.0, 0.0, 1.0, 0.0]);
}

#[test]
fn the_spectrogram_is_drawn_when_asked_for() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = analysed(
        &site,
        &songs.wav("tune.wav", 1, &songs::tune(6.0)),
        Screen::Phone,
    );
    page.ask("document.querySelector(SPECTROGRAM_SUMMARY).click()");
    let drawn = "const canvas = document.getElementById(SPECTROGRAM);
        const {data} = canvas.getContext('2d').getImageData(880, 0, 1, 256);
        const bright = [...Array(256).keys()].filter(row => data[4 * row] > 150);
        return document.getElementById(SPECTROGRAM_WORDS).innerText === '' && bright.length > 0 ? bright : null";
    let rows = page.wait("the picture", drawn);
    println!("bright rows of the last column: {rows}");
    assert_eq!(page.overflow_pixels(), 0);
}
