//! A plain file server for `dist/`, under a sub-path, that remembers what was asked of it and can serve some files
//! damaged or not at all. And a proxy that no request should ever reach.

use std::collections::HashMap;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

use tiny_http::{Header, Method, Request, Response, Server};

/// Where the site hangs on its host: anything but the root.
pub const SUB_PATH: &str = "/some/sub/path/";

/// What a file is served as instead of what lies in `dist/`.
#[derive(Clone)]
pub enum Instead {
    /// 404.
    Missing,
    /// Other bytes, made from the real ones.
    Changed(fn(Vec<u8>) -> Vec<u8>),
}

type Replacements = HashMap<&'static str, Instead>;

/// The built site on a port of this machine, for as long as this value lives.
pub struct Site {
    server: Arc<Server>,
    instead: Arc<Mutex<Replacements>>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Site {
    /// Serves `dist/`.
    pub fn serve() -> Self {
        let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("dist");
        assert!(
            dist.join("index.html").is_file(),
            "dist/ is not there: run `make build` first"
        );
        let server = Arc::new(Server::http("127.0.0.1:0").expect("a free port"));
        let site = Self {
            server,
            instead: Arc::default(),
            requests: Arc::default(),
        };
        let (serving, instead) = (Arc::clone(&site.server), Arc::clone(&site.instead));
        let requests = Arc::clone(&site.requests);
        thread::spawn(move || {
            for request in serving.incoming_requests() {
                let line = format!("{} {}", request.method(), request.url());
                requests.lock().expect("the log").push(line);
                answer(request, &dist, &instead.lock().expect("the replacements"));
            }
        });
        site
    }

    /// From now on, serves the file whose path ends so as something else.
    pub fn replace(&self, end: &'static str, instead: Instead) {
        self.instead
            .lock()
            .expect("the replacements")
            .insert(end, instead);
    }

    /// From now on, serves `dist/` as it is.
    pub fn heal(&self) {
        self.instead.lock().expect("the replacements").clear();
    }

    /// The page's address.
    pub fn url(&self) -> String {
        format!("http://{}{SUB_PATH}", self.server.server_addr())
    }

    /// Takes the requests answered since the last call, as `METHOD /path`.
    pub fn take_requests(&self) -> Vec<String> {
        std::mem::take(&mut *self.requests.lock().expect("the log"))
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.unblock();
    }
}

fn answer(request: Request, dist: &Path, instead: &Replacements) {
    let path = request
        .url()
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .to_owned();
    let file = path
        .strip_prefix(SUB_PATH)
        .map(|inside| file_of(dist, inside));
    let bytes = file
        .filter(|_| *request.method() == Method::Get)
        .and_then(|file| fs::read(file).ok());
    let replaced = instead
        .iter()
        .find(|(end, _)| path.ends_with(*end))
        .map(|(_, instead)| instead);
    let bytes = match replaced {
        Some(Instead::Missing) => None,
        Some(Instead::Changed(change)) => bytes.map(change),
        None => bytes,
    };
    // A browser that goes away in the middle of an answer is no failure of the server's.
    let _ = match bytes {
        Some(bytes) => request.respond(Response::from_data(bytes).with_header(content_type(&path))),
        None => request.respond(Response::from_string("not found").with_status_code(404)),
    };
}

fn file_of(dist: &Path, inside: &str) -> PathBuf {
    dist.join(if inside.is_empty() {
        "index.html"
    } else {
        inside
    })
}

fn content_type(path: &str) -> Header {
    let kind = match path.rsplit('.').next() {
        Some("js") => "text/javascript",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css",
        Some("json") => "application/json",
        Some("ogg") => "audio/ogg",
        Some("svg") => "image/svg+xml",
        Some("safetensors") => "application/octet-stream",
        _ => "text/html",
    };
    format!("Content-Type: {kind}").parse().expect("a header")
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
                log.lock().expect("the log").push(first_line(connection));
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

fn first_line(connection: std::net::TcpStream) -> String {
    use std::io::{BufRead, BufReader};
    let mut line = String::new();
    let _ = connection.set_read_timeout(Some(std::time::Duration::from_secs(1)));
    match BufReader::new(connection).read_line(&mut line) {
        Ok(_) => line.trim().to_owned(),
        Err(error) => format!("a connection that said nothing ({error})"),
    }
}
