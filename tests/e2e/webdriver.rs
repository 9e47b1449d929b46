//! As much of WebDriver (<https://www.w3.org/TR/webdriver2/>) as the tests need: a session with a browser's driver.
//!
//! Without a client library: those at hand bring an asynchronous runtime and change features of crates that burn is
//! built on, and so have every test build compile burn once more.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::cache;
use crate::page::ids;

/// How WebDriver marks an element among JSON values (section 12).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// No single command takes longer; scripts that wait do so in the tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that drives a browser.
pub struct Driver {
    program: &'static str,
    /// What it says before the port that it listens on.
    before_port: &'static str,
}

/// Chromium's.
pub const CHROMEDRIVER: Driver = Driver {
    program: "chromedriver",
    before_port: "ChromeDriver was started successfully on port ",
};

/// Firefox's.
pub const GECKODRIVER: Driver = Driver {
    program: "geckodriver",
    before_port: "Listening on 127.0.0.1:",
};

/// A driver at work and its browser; both end with this value.
pub struct Session {
    port: u16,
    path: String,
    driver: Child,
}

impl Session {
    /// Starts the driver, and a browser with these capabilities.
    pub fn start(driver: &Driver, capabilities: &Value) -> Self {
        let (driver, port) = driver.start();
        let mut session = Self {
            port,
            path: "/session".to_owned(),
            driver,
        };
        let answer = session.post("", &json!({"capabilities": {"alwaysMatch": capabilities}}));
        let id = answer["sessionId"]
            .as_str()
            .unwrap_or_else(|| panic!("no session: {answer}"));
        session.path = format!("/session/{id}");
        session
    }

    /// Opens an address.
    pub fn open(&self, url: &str) {
        self.post("/url", &json!({"url": url}));
    }

    /// Loads the page anew.
    pub fn refresh(&self) {
        self.post("/refresh", &json!({}));
    }

    /// Runs JavaScript in the page, where the names of [`ids`] are known; what it returns.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Value {
        self.execute("sync", script, arguments)
    }

    /// Runs JavaScript that calls its last argument when it is done; what it calls it with.
    pub fn run_async(&self, script: &str) -> Value {
        self.run_async_with(script, &[])
    }

    /// [`Self::run_async`] with arguments before the one to call.
    pub fn run_async_with(&self, script: &str, arguments: &[Value]) -> Value {
        self.execute("async", script, arguments)
    }

    fn execute(&self, way: &str, script: &str, arguments: &[Value]) -> Value {
        let script = format!("{};\n{script}", ids::JAVASCRIPT);
        self.post(
            &format!("/execute/{way}"),
            &json!({"script": script, "args": arguments}),
        )
    }

    /// Presses and releases a key (section 17.4.2 of WebDriver names the special ones) wherever the focus is.
    pub fn press(&self, key: &str) {
        let strokes = ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key}));
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": strokes});
        self.post("/actions", &json!({"actions": [keyboard]}));
    }

    /// Has Chromium do what only its own protocol knows (<https://chromedevtools.github.io/devtools-protocol>).
    pub fn command_chromium(&self, command: &str, parameters: &Value) -> Value {
        self.post(
            "/goog/cdp/execute",
            &json!({"cmd": command, "params": parameters}),
        )
    }

    /// Clicks the element with this id.
    pub fn click(&self, id: &str) {
        self.post(&format!("{}/click", self.element(id)), &json!({}));
    }

    /// Types into the element with this id; for a file input, the file's path.
    pub fn send_keys(&self, id: &str, text: &str) {
        self.post(
            &format!("{}/value", self.element(id)),
            &json!({"text": text}),
        );
    }

    /// The driver's process id; the browser's processes descend from it.
    pub fn process_id(&self) -> u32 {
        self.driver.id()
    }

    fn element(&self, id: &str) -> String {
        let found = self.post(
            "/element",
            &json!({"using": "css selector", "value": format!("#{id}")}),
        );
        format!("/element/{}", found[ELEMENT].as_str().expect("an element"))
    }

    fn post(&self, command: &str, body: &Value) -> Value {
        let answer = request(
            self.port,
            "POST",
            &format!("{}{command}", self.path),
            &body.to_string(),
        );
        let answer = answer.unwrap_or_else(|error| panic!("{command}: {error}"));
        let mut answer: Value = serde_json::from_str(&answer).expect("the driver answers JSON");
        assert!(
            answer["value"]["error"].is_null(),
            "{command} {body}: {}",
            answer["value"]["message"]
        );
        answer["value"].take()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Politely first, so that the browser's processes go as well. A browser that is gone already is fine.
        let _ = request(self.port, "DELETE", &self.path, "");
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// One exchange over a connection of its own; the answer's body.
fn request(port: u16, method: &str, path: &str, body: &str) -> io::Result<String> {
    let mut connection = TcpStream::connect(("127.0.0.1", port))?;
    connection.set_read_timeout(Some(PATIENCE))?;
    let length = body.len();
    write!(
        connection,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )?;
    let mut answer = BufReader::new(connection);
    let mut length = 0;
    loop {
        let mut line = String::new();
        answer.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
            None if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    answer.read_exact(&mut body)?;
    String::from_utf8(body).map_err(io::Error::other)
}

impl Driver {
    /// Starts it on a free port and reads which. Another may take the port that it found before it has it, and it gives
    /// up: then it is started anew.
    fn start(&self) -> (Child, u16) {
        const ATTEMPTS: usize = 5;
        (0..ATTEMPTS)
            .find_map(|_| self.try_start())
            .unwrap_or_else(|| panic!("{} says no port", self.program))
    }

    fn try_start(&self) -> Option<(Child, u16)> {
        let mut driver = Command::new(cache::program(self.program))
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{}: {error}: run scripts/setup.sh tests", self.program)
            });
        let mut lines = BufReader::new(driver.stdout.take().expect("its output"))
            .lines()
            .map_while(Result::ok);
        let port = lines.find_map(|line| {
            let (_, port) = line.split_once(self.before_port)?;
            port.trim_end_matches('.').parse().ok()
        });
        // What else it says is read away, lest it wait for a reader.
        thread::spawn(move || lines.for_each(drop));
        if port.is_none() {
            driver.wait().ok();
        }
        port.map(|port| (driver, port))
    }
}
