//! One browser with an empty profile and a way out that leads nowhere.

use std::env;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server::Outside;
use crate::webdriver::{CHROMEDRIVER, GECKODRIVER, Session};

/// Analyses use every core: one browser at a time, whatever the test runner's threads.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// How the page's window looks.
#[derive(Clone, Copy)]
pub enum Screen {
    /// 1440 x 900.
    Desktop,
    /// 390 x 844.
    Phone,
}

/// A running browser; everything of it goes away with this value, in the order of the fields.
pub struct Browser {
    /// The page, by WebDriver.
    pub session: Session,
    /// What tried to leave the machine.
    pub outside: Outside,
    _profile: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Browser {
    /// Starts Chromium and opens the address.
    pub fn open(url: &str, screen: Screen) -> Self {
        Self::start(url, |outside, profile| {
            let capabilities = chromium(outside, profile, screen);
            Session::start(&CHROMEDRIVER, &capabilities)
        })
    }

    /// Starts Firefox and opens the address.
    pub fn open_firefox(url: &str) -> Self {
        Self::start(url, |outside, profile| {
            Session::start(&GECKODRIVER, &firefox(outside, profile))
        })
    }

    fn start(url: &str, session: impl FnOnce(&Outside, &Path) -> Session) -> Self {
        // A test that failed left the lock poisoned, and nothing else.
        let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let outside = Outside::watch();
        let profile = tempfile::tempdir().expect("a profile folder");
        let session = session(&outside, profile.path());
        session.open(url);
        Self {
            session,
            outside,
            _profile: profile,
            _turn: turn,
        }
    }

    /// Drops a file on the element, as a visitor's mouse would.
    pub fn drop_file(&self, file: &Path, selector: &str) {
        const COURIER: &str = "e2e-courier";
        let add = "const input = document.createElement('input');
            input.type = 'file'; input.id = arguments[0]; document.body.append(input);";
        self.session.run(add, &[json!(COURIER)]);
        self.session.send_keys(COURIER, &file.display().to_string());
        let drop = "const input = document.getElementById(arguments[0]);
            const dataTransfer = new DataTransfer();
            for (const file of input.files) dataTransfer.items.add(file);
            input.remove();
            const target = document.querySelector(arguments[1]);
            for (const kind of ['dragenter', 'dragover', 'drop'])
                target.dispatchEvent(new DragEvent(kind, {dataTransfer, bubbles: true, cancelable: true}));";
        self.session.run(drop, &[json!(COURIER), json!(selector)]);
    }

    /// Asks the page again and again until the script's answer is neither null nor false.
    pub fn wait_for(&self, what: &str, script: &str, patience: Duration) -> Value {
        let started = Instant::now();
        loop {
            let answer = self.session.run(script, &[]);
            if !answer.is_null() && answer != json!(false) {
                return answer;
            }
            if started.elapsed() > patience {
                let text = self.session.run("return document.body.innerText", &[]);
                panic!("waited {patience:?} in vain for {what}; the page says: {text}");
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// The most memory that the page's process, which is its workers' as well, has held, and the browser's own, which
    /// keeps files (blobs) for it; in MiB.
    pub fn peak_memory_mib(&self) -> [u64; 2] {
        let processes = descendants(self.session.process_id()).into_iter();
        let (pages, others): (Vec<_>, Vec<_>) = processes.partition(|&process| is_page(process));
        [pages, others].map(|processes| {
            let kib = processes.into_iter();
            let kib = kib.filter_map(|process| status(process, "VmHWM:"));
            kib.max().unwrap_or(0) / 1024
        })
    }

    /// The memory that all of the browser's processes hold now, in MiB: sound files lie outside the page's own.
    pub fn memory_mib(&self) -> u64 {
        self.processes_kib("VmRSS:").sum::<u64>() / 1024
    }

    /// Processor time that the browser's processes of now have had, all told.
    pub fn busy(&self) -> Duration {
        /// Of a second: what Linux counts in for everybody (`getconf CLK_TCK`).
        const TICKS: u64 = 100;
        let ids = descendants(self.session.process_id()).into_iter();
        let ticks: u64 = ids.filter_map(ticks).sum();
        Duration::from_millis(ticks * 1000 / TICKS)
    }

    fn processes_kib(&self, key: &'static str) -> impl Iterator<Item = u64> {
        let processes = descendants(self.session.process_id()).into_iter();
        processes.filter_map(move |process| status(process, key))
    }
}

/// The flags of `tests/webdriver.json`, the profile, the window, and the proxy that nothing should reach.
fn chromium(outside: &Outside, profile: &Path, screen: Screen) -> Value {
    let mut capabilities: Value =
        serde_json::from_str(include_str!("../webdriver.json")).expect("webdriver.json is JSON");
    let options = &mut capabilities["goog:chromeOptions"];
    let flags = options["args"].as_array_mut().expect("a list of flags");
    flags.push(json!(format!("--user-data-dir={}", profile.display())));
    flags.push(json!(format!("--proxy-server={}", outside.address())));
    match screen {
        Screen::Desktop => flags.push(json!("--window-size=1440,900")),
        Screen::Phone => {
            let metrics = json!({"width": 390, "height": 844, "pixelRatio": 1.0, "touch": true});
            options["mobileEmulation"] = json!({"deviceMetrics": metrics});
        }
    }
    capabilities
}

/// Without a window, and with the proxy that nothing should reach.
fn firefox(outside: &Outside, profile: &Path) -> Value {
    let proxy = json!({"proxyType": "manual", "httpProxy": outside.address(), "sslProxy": outside.address()});
    let mut options = json!({"args": ["-headless", "-profile", profile]});
    // Debian's name, which the driver does not look for.
    let paths = env::var_os("PATH").unwrap_or_default();
    let binary = env::split_paths(&paths).map(|folder| folder.join("firefox-esr"));
    if let Some(binary) = binary.into_iter().find(|path| path.is_file()) {
        options["binary"] = json!(binary);
    }
    json!({"proxy": proxy, "moz:firefoxOptions": options})
}

/// The processes that this one started, and those that they started.
fn descendants(process_id: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let children = ids.filter(|&id| status(id, "PPid:") == Some(u64::from(process_id)));
    children
        .flat_map(|child| [vec![child], descendants(child)].concat())
        .collect()
}

/// Chromium's name for processes that run pages; the largest one's page is the test's.
fn is_page(process_id: u32) -> bool {
    let command = fs::read_to_string(format!("/proc/{process_id}/cmdline"));
    command.is_ok_and(|command| command.contains("--type=renderer"))
}

fn status(process_id: u32, key: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process_id}/status")).ok()?;
    let value = status.lines().find_map(|line| line.strip_prefix(key))?;
    value.split_whitespace().next()?.parse().ok()
}

/// In user and in kernel mode: fields 14 and 15 of proc(5)'s stat, counted from behind the name, which may hold spaces.
fn ticks(process_id: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{process_id}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    let fields = fields.split(' ').skip(11).take(2);
    fields.map(|field| field.parse::<u64>().ok()).sum()
}
