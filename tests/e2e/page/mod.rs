//! The page as a visitor sees it: what can be done there, and what it shows.

pub mod ids;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::browser::{Browser, Screen};
use crate::server::Site;
use crate::words;

/// What analysing a song of a minute may take on a slow machine that does other things as well.
pub const PATIENCE: Duration = Duration::from_secs(240);
/// What the page may take for anything that needs no computing.
const SHORT_PATIENCE: Duration = Duration::from_secs(30);

/// An open page.
pub struct Page {
    /// The browser that shows it.
    pub browser: Browser,
}

/// What the page says of a song.
#[derive(Debug)]
pub struct ShownResult {
    /// In the order of the sources.
    pub prominence: Vec<f64>,
    /// The ids of the recommended songs, the best first.
    pub recommended: Vec<String>,
}

impl Page {
    /// Opens the site's page with these parameters, such as `device=cpu`.
    pub fn open(site: &Site, parameters: &str, screen: Screen) -> Self {
        let browser = Browser::open(&format!("{}?{parameters}", site.url()), screen);
        let page = Self { browser };
        page.wait_until_there();
        page
    }

    /// Opens the site's page in Firefox.
    pub fn open_in_firefox(site: &Site) -> Self {
        let browser = Browser::open_firefox(&site.url());
        let page = Self { browser };
        page.wait_until_there();
        page
    }

    /// Waits until the engine is loaded.
    pub fn engine_ready(&self) -> String {
        let line = format!(
            "const line = document.getElementById(ENGINE)?.innerText ?? '';
            return line.startsWith({}) ? line : null",
            json!(words::ENGINE_READY)
        );
        let line = self.browser.wait_for("the engine", &line, PATIENCE);
        line.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the site is kept for use without a network.
    pub fn kept(&self) {
        self.wait_for_kept(words::WORKS_OFFLINE);
    }

    /// Waits until the page says that a newer version of it is there.
    pub fn newer_version(&self) {
        self.wait_for_kept(words::NEWER_VERSION);
    }

    fn wait_for_kept(&self, words: &str) {
        let script = format!("return document.getElementById(KEPT)?.innerText.includes('{words}')");
        self.browser.wait_for(words, &script, PATIENCE);
    }

    /// Loads the page anew, and waits until it is there.
    pub fn reload(&self) {
        self.browser.session.refresh();
        self.wait_until_there();
    }

    /// Goes back from a song's result to the first view.
    pub fn leave_result(&self) {
        self.browser.session.run("history.back()", &[]);
        self.browser.wait_for(
            "the first view",
            "return !!document.getElementById(DROPZONE)",
            SHORT_PATIENCE,
        );
    }

    /// Its program starts after the browser calls the document loaded.
    fn wait_until_there(&self) {
        let script = "return !!document.getElementById(MAIN)";
        self.browser.wait_for("the page", script, SHORT_PATIENCE);
    }

    /// Chooses files for the visitor's own library.
    pub fn add_to_library(&self, files: &[PathBuf]) {
        let paths: Vec<_> = files
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        self.browser
            .session
            .send_keys(ids::LIBRARY_FILES, &paths.join("\n"));
    }

    /// Chooses a saved library.
    pub fn import(&self, file: &Path) {
        self.browser
            .session
            .send_keys(ids::LIBRARY_IMPORT, &file.display().to_string());
    }

    /// Waits until the library says this of what it did.
    pub fn library_says(&self, words: &str) {
        let script = format!(
            "return document.getElementById(LIBRARY_SAID)?.innerText.startsWith({})",
            json!(words)
        );
        self.browser.wait_for(words, &script, PATIENCE);
    }

    /// Waits for the library's words on what went wrong with it.
    pub fn library_notice(&self, words: &str) -> String {
        let script = format!(
            "const words = document.getElementById(LIBRARY_NOTICE)?.innerText; return words?.includes({}) && words",
            json!(words)
        );
        let notice = self.browser.wait_for(words, &script, PATIENCE);
        notice.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the library holds so many songs.
    pub fn library_holds(&self, count: usize) {
        let script = format!(
            "return document.getElementById(LIBRARY_COUNT)?.innerText === {}",
            json!(words::holds(count))
        );
        self.browser
            .wait_for(&format!("{count} songs in the library"), &script, PATIENCE);
    }

    /// Waits until the library holds so many songs or more.
    pub fn library_holds_at_least(&self, count: usize) {
        let script = format!(
            "return parseInt(document.getElementById(LIBRARY_COUNT)?.innerText ?? '') >= {count}"
        );
        self.browser.wait_for(
            &format!("{count} songs or more in the library"),
            &script,
            PATIENCE,
        );
    }

    /// Waits until the library is empty.
    pub fn library_is_empty(&self) {
        self.library_holds(0);
    }

    /// The library's songs as they are listed.
    pub fn library_rows(&self) -> Vec<String> {
        let script = "document.getElementById(LIBRARY_ALL).open = true;
            return [...document.querySelectorAll(LIBRARY_ROWS)].map(row => row.innerText)";
        let rows = self.browser.session.run(script, &[]);
        let rows = rows.as_array().cloned().unwrap_or_default();
        rows.iter()
            .filter_map(|row| row.as_str().map(str::to_owned))
            .collect()
    }

    /// Drops a file on the page.
    pub fn drop_file(&self, file: &Path) {
        self.browser.drop_file(file, "main");
    }

    /// Chooses a file in the page's file input.
    pub fn choose_file(&self, file: &Path) {
        self.browser
            .session
            .send_keys(ids::FILE, &file.display().to_string());
    }

    /// Clicks the element with this id.
    pub fn click(&self, id: &str) {
        self.browser.session.click(id);
    }

    /// Waits for the result of the song of this name.
    pub fn outcome(&self, name: &str) -> ShownResult {
        self.outcome_within(name, PATIENCE)
    }

    /// [`Self::outcome`] of a song that takes another time.
    pub fn outcome_within(&self, name: &str, patience: Duration) -> ShownResult {
        let script = format!(
            "if (document.querySelector(FAILURE)) return {{trouble: document.querySelector(FAILURE).innerText}};
            return document.getElementById(FILE_NAME)?.innerText === {} && !!document.getElementById(SIMILAR_TITLE)",
            json!(name)
        );
        let answer = self
            .browser
            .wait_for(&format!("the result of {name}"), &script, patience);
        assert_eq!(answer, json!(true), "{name} gave no result");
        self.shown()
    }

    /// Waits until the song's stems are made.
    pub fn stems_made(&self, patience: Duration) {
        let script = "return !document.getElementById(MAKING)";
        self.browser.wait_for("the stems", script, patience);
    }

    /// Waits until the player is at rest, then: how long it played, in seconds of song; the frequency of the parts'
    /// sum, half a second from either end; whether parts began together; and whether blocks followed without a gap.
    pub fn heard_to_the_end(&self) -> Value {
        self.wait(
            "the end",
            "return document.getElementById(PLAY).ariaLabel === 'Play'",
        );
        self.ask(
            "const blocks = []; const all = window.started;
            for (let i = 0; i + 5 <= all.length; i += 5) blocks.push(all.slice(i, i + 5));
            const sum = blocks.flatMap(block => [...block[0].data[0].keys()].map(
                n => block.reduce((sum, one) => sum + one.data[0][n], 0)));
            const rate = all[0].rate;
            const inside = sum.slice(rate / 2, sum.length - rate / 2);
            const rises = inside.filter((now, n) => n > 0 && inside[n - 1] < 0 && now >= 0).length;
            return {secs: sum.length / rate, hertz: rises * rate / inside.length,
                together: blocks.every(block => block.every(one => one.when === block[0].when)),
                gapless: blocks.slice(1).every((block, i) =>
                    Math.abs((block[0].when - blocks[i][0].when) * blocks[i][0].clock - blocks[i][0].length) < 1e-3)}",
        )
    }

    /// What is shown now.
    pub fn shown(&self) -> ShownResult {
        let script =
            "const all = (selector, read) => [...document.querySelectorAll(selector)].map(read);
            return {
                prominence: all(SHARES, part => Number(part.dataset.prominence)),
                recommended: all(SONG_IDS, song => song.dataset.id),
            }";
        let shown = self.browser.session.run(script, &[]);
        let list = |key: &str| shown[key].as_array().cloned().unwrap_or_default();
        ShownResult {
            prominence: list("prominence")
                .iter()
                .filter_map(Value::as_f64)
                .collect(),
            recommended: list("recommended")
                .iter()
                .filter_map(|id| id.as_str().map(str::to_owned))
                .collect(),
        }
    }

    /// Waits for the page's words on why the file of this name came to nothing.
    pub fn trouble(&self, name: &str) -> String {
        let script = format!(
            "if (document.getElementById(RESULT_TITLE)) return 'a result';
            const trouble = document.getElementById(TROUBLE);
            return trouble?.querySelector(FAILURE_NAME).innerText === {} && trouble.innerText",
            json!(name)
        );
        let words = self
            .browser
            .wait_for(&format!("words on {name}"), &script, PATIENCE);
        words.as_str().unwrap_or_default().to_owned()
    }

    /// Waits for an element and reads it.
    pub fn text_of(&self, id: &str) -> String {
        let script = format!(
            "return document.getElementById({})?.innerText || null",
            json!(id)
        );
        let text = self.browser.wait_for(&format!("#{id}"), &script, PATIENCE);
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the network works on the song.
    pub fn separating(&self) {
        let script = format!(
            "return document.getElementById(STAGE)?.innerText === {}",
            json!(words::SEPARATING)
        );
        self.browser.wait_for("the separation", &script, PATIENCE);
    }

    /// Cancels what is under way; the time until the page takes the next song.
    pub fn cancel(&self) -> Duration {
        let started = Instant::now();
        self.click(ids::CANCEL);
        self.browser.wait_for(
            "the first view",
            "return !!document.getElementById(DROPZONE)",
            SHORT_PATIENCE,
        );
        started.elapsed()
    }

    /// Begins to note the main thread's long tasks (over 50 ms, as the Long Tasks API has it).
    pub fn watch_long_tasks(&self) {
        let script = "window.longTasks = [];
            new PerformanceObserver(list => list.getEntries().forEach(task => window.longTasks.push(task.duration)))
                .observe({type: 'longtask'})";
        self.browser.session.run(script, &[]);
    }

    /// Durations in milliseconds of the long tasks since [`Self::watch_long_tasks`].
    pub fn long_tasks(&self) -> Vec<f64> {
        let tasks = self.browser.session.run("return window.longTasks", &[]);
        tasks
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(Value::as_f64)
            .collect()
    }

    /// How many pixels the page is wider than its window.
    pub fn overflow_pixels(&self) -> i64 {
        let script =
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        self.browser
            .session
            .run(script, &[])
            .as_i64()
            .expect("a number")
    }

    /// The width of the window's content in pixels.
    pub fn width_pixels(&self) -> i64 {
        self.browser
            .session
            .run("return window.innerWidth", &[])
            .as_i64()
            .expect("a number")
    }
}
