//! A plain file server for `dist/`, under a sub-path, that remembers what was asked of it and can serve some files
//! damaged or not at all. And a proxy that no request should ever reach.

use std::collections::HashMap;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

/// Where the site hangs on its host: anything but the root.
pub const SUB_PATH: &str = "/some/sub/path/";

/// What a file is served as instead of what lies in `dist/`.
#[derive(Clone)]
pub enum Instead {
    /// 404.
    Missing,
    /// Nothing, until [`Site::heal`]: a slow network.
    Held,
    /// Other bytes, made from the real ones.
    Changed(fn(Vec<u8>) -> Vec<u8>),
}

type Replacements = HashMap<&'static str, Instead>;

/// The built site on a port of this machine, for as long as this value lives.
pub struct Site {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    folder: PathBuf,
    instead: Mutex<Replacements>,
    requests: Mutex<Vec<String>>,
    is_down: AtomicBool,
    is_cached: AtomicBool,
}

impl Site {
    /// Serves `dist/`.
    pub fn serve() -> Self {
        Self::serve_folder(&dist())
    }

    /// Serves a site in this folder.
    pub fn serve_folder(folder: &Path) -> Self {
        assert!(
            folder.join("index.html").is_file(),
            "{} holds no site: run `make build` first",
            folder.display()
        );
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            folder: folder.to_owned(),
            instead: Mutex::default(),
            requests: Mutex::default(),
            is_down: AtomicBool::new(false),
            is_cached: AtomicBool::new(false),
        });
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                if serving.is_down.load(Ordering::SeqCst) {
                    return;
                }
                let serving = Arc::clone(&serving);
                // A browser that goes away in the middle of an answer is no failure of the server's.
                thread::spawn(move || serving.answer(connection).ok());
            }
        });
        Self { address, shared }
    }

    /// From now on, serves the file whose path ends so as something else.
    pub fn replace(&self, end: &'static str, instead: Instead) {
        self.replacements().insert(end, instead);
    }

    /// From now on, serves another catalogue, and a page that knows no hash of it.
    pub fn replace_catalogue(&self, change: fn(Vec<u8>) -> Vec<u8>) {
        self.replace("catalogue.json", Instead::Changed(change));
        self.replace(SUB_PATH, Instead::Changed(without_hash));
    }

    /// From now on, serves the folder as it is.
    pub fn heal(&self) {
        self.replacements().clear();
    }

    /// From now on, allows browsers to take files out of their caches for a year.
    pub fn let_cache(&self) {
        self.shared.is_cached.store(true, Ordering::SeqCst);
    }

    /// The page's address.
    pub fn url(&self) -> String {
        format!("http://{}{SUB_PATH}", self.address)
    }

    /// Ends the server; whoever asks it from now on gets no connection.
    pub fn shut_down(self) {
        let address = self.address;
        drop(self);
        while TcpStream::connect(address).is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Takes the requests answered since the last call, as `METHOD /path`.
    pub fn take_requests(&self) -> Vec<String> {
        std::mem::take(&mut *self.shared.requests.lock().expect("the log"))
    }

    fn replacements(&self) -> MutexGuard<'_, Replacements> {
        self.shared.instead.lock().expect("the replacements")
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.shared.is_down.store(true, Ordering::SeqCst);
        // Wakes the server, which then sees that it is to end.
        TcpStream::connect(self.address).ok();
    }
}

impl Shared {
    /// One request a connection (RFC 9112): the simplest that browsers understand.
    fn answer(&self, mut connection: TcpStream) -> io::Result<()> {
        let mut head = BufReader::new(connection.try_clone()?).lines();
        let line = head.next().unwrap_or_else(|| Ok(String::new()))?;
        for line in head {
            if line?.is_empty() {
                break;
            }
        }
        let mut words = line.split(' ');
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            return Ok(());
        };
        self.requests
            .lock()
            .expect("the log")
            .push(format!("{method} {target}"));
        let path = target.split(['?', '#']).next().unwrap_or_default();
        let (status, bytes) = match self.content(path).filter(|_| method == "GET") {
            Some(bytes) => ("200 OK", bytes),
            None => ("404 Not Found", b"not found".to_vec()),
        };
        let caching = if self.is_cached.load(Ordering::SeqCst) {
            "Cache-Control: max-age=31536000\r\n"
        } else {
            ""
        };
        write!(
            connection,
            "HTTP/1.1 {status}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{caching}Connection: close\r\n\r\n",
            content_type(path),
            bytes.len()
        )?;
        connection.write_all(&bytes)
    }

    fn content(&self, path: &str) -> Option<Vec<u8>> {
        while matches!(self.instead_of(path), Some(Instead::Held)) {
            thread::sleep(Duration::from_millis(20));
        }
        let inside = path.strip_prefix(SUB_PATH)?;
        let bytes = fs::read(file_of(&self.folder, inside)).ok()?;
        match self.instead_of(path) {
            Some(Instead::Missing) => None,
            Some(Instead::Changed(change)) => Some(change(bytes)),
            Some(Instead::Held) | None => Some(bytes),
        }
    }

    fn instead_of(&self, path: &str) -> Option<Instead> {
        let instead = self.instead.lock().expect("the replacements");
        let replaced = instead.iter().find(|(end, _)| path.ends_with(*end));
        replaced.map(|(_, instead)| instead.clone())
    }
}

/// The folder of the built site.
pub fn dist() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("dist")
}

fn without_hash(page: Vec<u8>) -> Vec<u8> {
    let page = String::from_utf8(page).expect("HTML is text");
    page.replace("catalogue-sha256", "catalogue-unhashed")
        .into_bytes()
}

fn file_of(dist: &Path, inside: &str) -> PathBuf {
    dist.join(if inside.is_empty() {
        "index.html"
    } else {
        inside
    })
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => "text/javascript",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("png") => "image/png",
        Some("ogg") => "audio/ogg",
        Some("svg") => "image/svg+xml",
        Some("safetensors") => "application/octet-stream",
        _ => "text/html",
    }
}

/// What Chromium asks of the outside by itself, even with its background networking switched off.
const CHROMIUMS_OWN: [&str; 7] = [
    ".google.com",
    ".gvt1.com",
    "content-autofill.googleapis.com",
    "optimizationguide-pa.googleapis.com",
    "safebrowsing.googleapis.com",
    "start.duckduckgo.com",
    "update.googleapis.com",
];

/// Stands where the browser's way out would be, refuses every connection and notes what it was for.
pub struct Outside {
    address: String,
    callers: Arc<Mutex<Vec<String>>>,
}

impl Outside {
    /// Starts listening.
    pub fn watch() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let callers = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&callers);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let log = Arc::clone(&log);
                thread::spawn(move || {
                    if let Some(line) = request_line(connection) {
                        log.lock().expect("the log").push(line);
                    }
                });
            }
        });
        Self { address, callers }
    }

    /// For Chromium's `--proxy-server`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The first lines of the requests, other than Chromium's own, that tried to leave this machine.
    pub fn attempts(&self) -> Vec<String> {
        let callers = self.callers.lock().expect("the log");
        callers
            .iter()
            .filter(|line| !is_chromiums_own(line))
            .cloned()
            .collect()
    }
}

/// Judges `CONNECT host:port HTTP/1.1` and `GET http://host/path HTTP/1.1`.
fn is_chromiums_own(line: &str) -> bool {
    let target = line.split(' ').nth(1).unwrap_or_default();
    let target = target.strip_prefix("http://").unwrap_or(target);
    let host = target.split([':', '/']).next().unwrap_or_default();
    CHROMIUMS_OWN.iter().any(|own| host.ends_with(own))
}

/// What the caller asks for. Chromium also opens connections ahead of need and closes them unused: they lead nowhere.
fn request_line(connection: TcpStream) -> Option<String> {
    let mut line = String::new();
    BufReader::new(connection).read_line(&mut line).ok();
    Some(line.trim().to_owned()).filter(|line| !line.is_empty())
}
