//! Once visited, the site needs no network; what is damaged heals, and versions are never mixed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::browser::Screen;
use crate::page::{Page, ids};
use crate::server::{self, Site};
use crate::songs::{self, Songs};

#[test]
fn after_one_visit_everything_works_without_a_network() {
    let songs = Songs::new();
    let song = songs.wav("tune.wav", 2, &songs::tune(8.0));
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.engine_ready();
    page.kept();
    let privacy = format!("{}privacy.html", site.url());
    site.shut_down();

    page.reload();
    page.drop_file(&song);
    assert_eq!(page.outcome("tune.wav").recommended.len(), 10);
    assert_eq!(
        page.browser.outside.attempts(),
        Vec::<String>::new(),
        "left the machine"
    );
    page.leave_result();
    page.reload();
    page.click(ids::DEMO);
    assert_eq!(page.outcome("Demo song").prominence.len(), 5);

    page.browser.session.open(&privacy);
    let title = page
        .browser
        .session
        .run("return document.querySelector('h1').innerText", &[]);
    assert_eq!(title, "Your music stays on your machine");
}

#[test]
fn a_damaged_store_heals_from_the_server() {
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.engine_ready();
    page.kept();
    let damaged = page.browser.session.run_async(DAMAGE_ALL);
    println!("{damaged} files damaged");
    site.take_requests();
    page.reload();
    page.engine_ready();
    let asked = site.take_requests();
    for file in ["app-", "engine.js", "engine-cpu_bg.wasm", ".safetensors"] {
        let times = asked.iter().filter(|line| line.contains(file)).count();
        assert!(times > 0, "{file} was not fetched again: {asked:?}");
    }
    page.click(ids::DEMO);
    page.outcome("Demo song");
    page.leave_result();

    site.shut_down();
    page.reload();
    page.engine_ready();
    page.click(ids::DEMO);
    assert_eq!(page.outcome("Demo song").recommended.len(), 10);
}

/// Changes the first byte of whatever the site has put aside; tells how many files there are.
const DAMAGE_ALL: &str = "const done = arguments[arguments.length - 1];
    (async () => {
        const [name] = await caches.keys();
        const store = await caches.open(name);
        const entries = await store.keys();
        for (const entry of entries) {
            const held = await store.match(entry);
            const bytes = new Uint8Array(await held.arrayBuffer());
            bytes[0] ^= 1;
            await store.put(entry, new Response(bytes, {headers: held.headers}));
        }
        done(entries.length);
    })()";

#[test]
fn a_new_version_over_a_cached_one_is_used_as_a_whole() {
    let folder = copied_site();
    // It would keep versions apart by itself.
    let service_worker = folder.path().join("offline.js");
    fs::remove_file(&service_worker).expect("removed");
    let site = Site::serve_folder(folder.path());
    site.let_cache();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.engine_ready();
    let older = program_folder(&page);

    change(
        &folder,
        &format!("{older}engine.js"),
        "// Starts",
        "// Of version 2. Starts",
    );
    list(folder.path());
    fs::remove_file(&service_worker).expect("removed");
    site.take_requests();
    page.reload();
    page.engine_ready();
    let newer = program_folder(&page);
    let asked = site.take_requests();
    assert_ne!(newer, older);
    assert!(
        asked.iter().all(|line| !line.contains("app-")),
        "unchanged files come out of the browser's cache: {asked:?}"
    );
    for file in ["boot.js", "loader.js", "engine.js", "engine-cpu.js"] {
        let path = format!("{newer}{file}");
        assert!(
            asked.iter().any(|line| line.ends_with(&path)),
            "{path} was not asked for: {asked:?}"
        );
    }
}

fn program_folder(page: &Page) -> String {
    let script = "return document.querySelector('meta[name=program]').content";
    let folder = page.browser.session.run(script, &[]);
    folder.as_str().expect("a folder's name").to_owned()
}

#[test]
fn a_new_version_replaces_the_old_one_as_a_whole() {
    let folder = copied_site();
    let site = Site::serve_folder(folder.path());
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.engine_ready();
    page.kept();

    // Being put on the server: page and list are new, the catalogue is not there in full yet.
    change(
        &folder,
        "index.html",
        "<title>",
        "<meta name=version content=2><title>",
    );
    let catalogue = folder.path().join("catalogue.json");
    let text = fs::read_to_string(&catalogue).expect("the catalogue");
    fs::write(&catalogue, songs::retitled(&text)).expect("written");
    list(folder.path());
    let whole = fs::read(&catalogue).expect("the catalogue");
    fs::write(&catalogue, &whole[..whole.len() / 2]).expect("written");
    page.reload();
    page.engine_ready();
    page.click(ids::DEMO);
    assert_eq!(page.outcome("Demo song").recommended.len(), 10);
    page.leave_result();
    page.reload();
    assert_eq!(version(&page), Value::Null, "half a version is not used");

    fs::write(&catalogue, whole).expect("written");
    page.reload();
    assert_eq!(
        version(&page),
        Value::Null,
        "the old one stays until it is left"
    );
    page.newer_version();
    page.reload();
    page.browser.wait_for(
        "the new version",
        "return document.querySelector('meta[name=version]')?.content === '2'",
        crate::page::PATIENCE,
    );
    page.engine_ready();
    page.kept();
    site.shut_down();
    page.reload();
    assert_eq!(version(&page), "2");
    page.click(ids::DEMO);
    page.outcome("Demo song");
    let first = "return document.querySelector(SONG_TITLES).innerText";
    let first = page.browser.session.run(first, &[]);
    assert!(
        first
            .as_str()
            .is_some_and(|title| title.starts_with("New ")),
        "{first}"
    );
    let kept = page.browser.session.run_async(COUNT_KEPT);
    assert_eq!(
        kept,
        Value::from(distinct_files(folder.path())),
        "what no version needs goes"
    );
}

const COUNT_KEPT: &str = "const done = arguments[arguments.length - 1];
    caches.keys().then(([name]) => caches.open(name)).then(store => store.keys()).then(all => done(all.length))";

fn version(page: &Page) -> Value {
    let script = "return document.querySelector('meta[name=version]')?.content ?? null";
    page.browser.session.run(script, &[])
}

fn change(folder: &TempDir, file: &str, from: &str, to: &str) {
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).expect("a file of the site");
    assert!(text.contains(from), "{file} has no {from}");
    fs::write(&path, text.replace(from, to)).expect("written");
}

/// What the build does last.
fn list(site: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/finish_site.sh");
    let status = Command::new(script).arg(site).status();
    assert!(status.expect("the script starts").success());
}

fn copied_site() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    copy_folder(&server::dist(), folder.path());
    folder
}

fn copy_folder(from: &Path, to: &Path) {
    for file in files(from) {
        let copy = to.join(file.strip_prefix(from).expect("a file inside"));
        fs::create_dir_all(copy.parent().expect("a folder")).expect("created");
        fs::copy(&file, &copy).expect("copied");
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => files(&path),
            false => vec![path],
        })
        .collect()
}

/// Files of the same content are kept once; the worker itself is the browser's to keep, and the engine for graphics cards
/// is kept once it was used.
fn distinct_files(folder: &Path) -> usize {
    let is_kept = |path: &PathBuf| {
        let path = path.strip_prefix(folder).expect("a file inside");
        let name = path.to_string_lossy();
        name != "offline.js" && !name.starts_with("previews") && !name.contains("engine-gpu")
    };
    let files = files(folder).into_iter().filter(is_kept);
    let contents = files.map(|path| fs::read(path).expect("a file"));
    contents.collect::<std::collections::HashSet<_>>().len()
}
