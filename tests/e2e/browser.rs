//! One Chromium with an empty profile, driven through chromedriver.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};

use crate::server::Outside;

/// Analyses use every core: one browser at a time, whatever the test runner's threads.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// How the page's window looks.
#[derive(Clone, Copy)]
pub enum Screen {
    /// 1440 x 900.
    Desktop,
    /// 390 x 844.
    Phone,
}

/// A running browser; everything of it goes away with this value.
pub struct Browser {
    /// The page, by WebDriver.
    pub client: Client,
    /// What tried to leave the machine.
    pub outside: Outside,
    driver: Child,
    profile: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Browser {
    /// Starts Chromium and opens the address.
    pub async fn open(url: &str, screen: Screen) -> Self {
        let turn = ONE_AT_A_TIME.lock().await;
        let outside = Outside::watch();
        let profile = tempfile::tempdir().expect("a profile folder");
        let (driver, port) = start_driver();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(&outside, profile.path(), screen))
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("Chromium starts");
        client.goto(url).await.expect("the page opens");
        Self {
            client,
            outside,
            driver,
            profile,
            _turn: turn,
        }
    }

    /// Runs JavaScript in the page.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client
            .execute(script, arguments)
            .await
            .expect("the script runs")
    }

    /// Drops a file on the element, as a visitor's mouse would.
    pub async fn drop_file(&self, file: &Path, selector: &str) {
        const COURIER: &str = "e2e-courier";
        let add = "const input = document.createElement('input');
            input.type = 'file'; input.id = arguments[0]; document.body.append(input);";
        self.run(add, vec![json!(COURIER)]).await;
        let courier = self
            .client
            .find(Locator::Id(COURIER))
            .await
            .expect("the courier");
        courier
            .send_keys(&file.display().to_string())
            .await
            .expect("the file is chosen");
        let drop = "const input = document.getElementById(arguments[0]);
            const dataTransfer = new DataTransfer();
            for (const file of input.files) dataTransfer.items.add(file);
            input.remove();
            const target = document.querySelector(arguments[1]);
            for (const kind of ['dragenter', 'dragover', 'drop'])
                target.dispatchEvent(new DragEvent(kind, {dataTransfer, bubbles: true, cancelable: true}));";
        self.run(drop, vec![json!(COURIER), json!(selector)]).await;
    }

    /// Asks the page again and again until the script's answer is neither null nor false.
    pub async fn wait_for(&self, what: &str, script: &str, patience: Duration) -> Value {
        let started = Instant::now();
        loop {
            let answer = self.run(script, vec![]).await;
            if !answer.is_null() && answer != json!(false) {
                return answer;
            }
            if started.elapsed() > patience {
                let text = self.run("return document.body.innerText", vec![]).await;
                panic!("waited {patience:?} in vain for {what}; the page says: {text}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The most memory that Chromium's largest process has held, in MiB: the page and its workers share one.
    pub fn peak_memory_mib(&self) -> u64 {
        let own = self.profile.path().display().to_string();
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        processes
            .filter_map(|process| peak_of(&process.path(), &own))
            .max()
            .unwrap_or(0)
            / 1024
    }

    /// Ends the session politely, so that Chromium's processes go as well.
    pub async fn close(self) {
        self.client.clone().close().await.expect("Chromium closes");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // chromedriver takes its Chromium with it; both are gone already after close().
        let _ = Command::new("kill")
            .arg(self.driver.id().to_string())
            .status();
        let _ = self.driver.wait();
    }
}

/// Starts chromedriver on a free port and reads which.
fn start_driver() -> (Child, u16) {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver is installed (scripts/setup.sh tests)");
    let lines = BufReader::new(driver.stdout.take().expect("its output")).lines();
    let port = lines.map_while(Result::ok).find_map(|line| {
        let port = line.strip_prefix("ChromeDriver was started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    (driver, port.expect("chromedriver says its port"))
}

/// The flags of `tests/webdriver.json`, an empty profile, the window, and a way out that leads nowhere.
fn capabilities(outside: &Outside, profile: &Path, screen: Screen) -> Capabilities {
    let shared: Value =
        serde_json::from_str(include_str!("../webdriver.json")).expect("webdriver.json is JSON");
    let Value::Object(mut capabilities) = shared else {
        panic!("webdriver.json is no object")
    };
    let options = &mut capabilities["goog:chromeOptions"];
    let args = options["args"].as_array_mut().expect("a list of flags");
    args.push(json!(format!("--user-data-dir={}", profile.display())));
    args.push(json!(format!("--proxy-server={}", outside.address())));
    match screen {
        Screen::Desktop => args.push(json!("--window-size=1440,900")),
        Screen::Phone => {
            let metrics = json!({"width": 390, "height": 844, "pixelRatio": 1.0, "touch": true});
            options["mobileEmulation"] = json!({"deviceMetrics": metrics});
        }
    }
    capabilities
}

/// The peak resident set in KiB of a process whose command line has the text in it.
fn peak_of(process: &Path, text: &str) -> Option<u64> {
    let command = std::fs::read(process.join("cmdline")).ok()?;
    if !String::from_utf8_lossy(&command).contains(text) {
        return None;
    }
    let status = std::fs::read_to_string(process.join("status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").trim().parse().ok()
}
