//! The page as a visitor meets it: what can be done there and what it answers. The only file that knows its ids.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::browser::{Browser, Screen};
use crate::server::Site;

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
pub struct Outcome {
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
        let line = "const line = document.getElementById('engine')?.innerText ?? '';
            return line.startsWith('Engine ready') ? line : null";
        let line = self.browser.wait_for("the engine", line, PATIENCE);
        line.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the site is kept for use without a network.
    pub fn kept(&self) {
        self.wait_for_kept("works without a network from now on");
    }

    /// Waits until the page says that a newer version of it is there.
    pub fn newer_version(&self) {
        self.wait_for_kept("newer version is here");
    }

    fn wait_for_kept(&self, words: &str) {
        let script =
            format!("return document.getElementById('kept')?.innerText.includes('{words}')");
        self.browser.wait_for(words, &script, PATIENCE);
    }

    /// Loads the page anew, and waits until it is there.
    pub fn reload(&self) {
        self.browser.session.refresh();
        self.wait_until_there();
    }

    /// Its program starts after the browser calls the document loaded.
    fn wait_until_there(&self) {
        let script = "return !!document.getElementById('main')";
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
            .send_keys("mine-files", &paths.join("\n"));
    }

    /// Chooses a saved library.
    pub fn import(&self, file: &Path) {
        self.browser
            .session
            .send_keys("mine-import", &file.display().to_string());
    }

    /// Waits until the library says this of what it did.
    pub fn library_says(&self, words: &str) {
        let script = format!(
            "return document.getElementById('mine-said')?.innerText === {}",
            json!(words)
        );
        self.browser.wait_for(words, &script, PATIENCE);
    }

    /// Waits for the library's words on what went wrong with it.
    pub fn library_notice(&self, words: &str) -> String {
        let script = format!(
            "const words = document.getElementById('mine-notice')?.innerText; return words?.includes({}) && words",
            json!(words)
        );
        let notice = self.browser.wait_for(words, &script, PATIENCE);
        notice.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the library holds so many songs.
    pub fn library_holds(&self, count: usize) {
        self.wait_for_count(&format!("=== {count}"));
    }

    /// Waits until the library holds so many songs or more.
    pub fn library_holds_at_least(&self, count: usize) {
        self.wait_for_count(&format!(">= {count}"));
    }

    fn wait_for_count(&self, condition: &str) {
        let script = format!(
            "const words = document.getElementById('mine-count')?.innerText ?? '';
            return parseInt(words.replace('one', '1').replace('It holds ', '')) {condition}"
        );
        self.browser.wait_for(
            &format!("{condition} songs in the library"),
            &script,
            PATIENCE,
        );
    }

    /// Waits until the library is empty.
    pub fn library_is_empty(&self) {
        let script =
            "return document.getElementById('mine-count')?.innerText.startsWith('Nothing')";
        self.browser
            .wait_for("the empty library", script, SHORT_PATIENCE);
    }

    /// The library's songs as they are listed.
    pub fn library_rows(&self) -> Vec<String> {
        let script = "document.getElementById('mine-all').open = true;
            return [...document.querySelectorAll('#mine-list > li')].map(row => row.innerText)";
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
            .send_keys("file", &file.display().to_string());
    }

    /// Clicks the element with this id.
    pub fn click(&self, id: &str) {
        self.browser.session.click(id);
    }

    /// Waits for the result of the song of this name.
    pub fn outcome(&self, name: &str) -> Outcome {
        self.outcome_within(name, PATIENCE)
    }

    /// [`Self::outcome`] of a song that takes another time.
    pub fn outcome_within(&self, name: &str, patience: Duration) -> Outcome {
        let script = format!(
            "if (document.querySelector('.trouble')) return {{trouble: document.querySelector('.trouble').innerText}};
            return document.getElementById('result-title')?.innerText === {}",
            json!(name)
        );
        let answer = self
            .browser
            .wait_for(&format!("the result of {name}"), &script, patience);
        assert_eq!(answer, json!(true), "{name} gave no result");
        self.shown()
    }

    /// What is shown now.
    pub fn shown(&self) -> Outcome {
        let script =
            "const all = (selector, read) => [...document.querySelectorAll(selector)].map(read);
            return {
                prominence: all('[data-prominence]', part => Number(part.dataset.prominence)),
                recommended: all('#songs [data-id]', song => song.dataset.id),
            }";
        let shown = self.browser.session.run(script, &[]);
        let list = |key: &str| shown[key].as_array().cloned().unwrap_or_default();
        Outcome {
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
            "if (document.getElementById('result-title')) return 'a result';
            const trouble = document.getElementById('trouble');
            return trouble?.querySelector('.trouble__name').innerText === {} && trouble.innerText",
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
        let script = "return document.getElementById('stage')?.innerText.startsWith('Separating')";
        self.browser.wait_for("the separation", script, PATIENCE);
    }

    /// Cancels what is under way; the time until the page takes the next song.
    pub fn cancel(&self) -> Duration {
        let started = Instant::now();
        self.click("cancel");
        self.browser.wait_for(
            "the first view",
            "return !!document.getElementById('dropzone')",
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
