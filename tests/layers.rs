//! Keeps the layers: a module imports only from its own layer and from those before it, files do not import one another
//! in a circle, and the page and the companion never meet; heavy crates stay in the modules they belong to.

#![cfg(not(target_arch = "wasm32"))]

#[path = "layers/circles.rs"]
mod circles;

use std::fs;
use std::path::{Path, PathBuf};

use circles::Files;

/// Modules of each layer, the lowest first.
const LAYERS: [&[&str]; 9] = [
    &["archive", "audio", "digest", "tags"],
    &["dsp", "source", "metrics"],
    &["model", "compute", "kernels"],
    &["separate"],
    &["prominence", "playback", "music"],
    &["catalogue"],
    &["analysis", "render", "train"],
    &["web", "native"],
    &["bin"],
];

/// Crates that belong to few modules, and those modules: the rest must build and run without them.
const HOMES: [(&str, &[&str]); 10] = [
    ("burn", &["model", "compute", "separate", "train"]),
    ("burn_wgpu", &["compute"]),
    ("realfft", &["dsp"]),
    ("rubato", &["audio"]),
    ("leptos", &["web"]),
    ("web_sys", &["web"]),
    ("symphonia", &["native"]),
    ("rusty_opus", &["native"]),
    ("lofty", &["tags"]),
    ("clap", &["native"]),
];

fn layer(module: &str) -> usize {
    let layer = LAYERS.iter().position(|modules| modules.contains(&module));
    layer.unwrap_or_else(|| panic!("module {module} has no layer: give it one in tests/layers.rs"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => rust_files(&path),
            false => vec![path],
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// The names that code has right after `root::`, one by one or in braces.
fn named_after<'a>(code: &'a str, root: &str) -> Vec<&'a str> {
    code.match_indices(root)
        .filter(|(at, _)| {
            !code[..*at].ends_with(|before: char| before.is_alphanumeric() || before == '_')
        })
        .flat_map(|(at, _)| match code[at + root.len()..].strip_prefix('{') {
            Some(group) => group_members(group),
            None => vec![first_word(&code[at + root.len()..])],
        })
        .collect()
}

fn group_members(group: &str) -> Vec<&str> {
    let mut depth = 1;
    let mut members = vec![first_word(group)];
    for (at, symbol) in group.char_indices() {
        match symbol {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => members.push(first_word(&group[at + 1..])),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    members
}

fn first_word(text: &str) -> &str {
    let text = text.trim_start();
    &text[..text
        .find(|symbol: char| !symbol.is_alphanumeric() && symbol != '_')
        .unwrap_or(text.len())]
}

fn without_comments(code: &str) -> String {
    let lines = code
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

fn offences(module: &str, code: &str) -> Vec<String> {
    let code = without_comments(code);
    let mut names = named_after(&code, "crate::");
    names.extend(named_after(&code, "deepmelody::"));
    let is_offence = |name: &&str| {
        // Capitals are items of the root, which has no layer.
        let is_module = name.starts_with(char::is_lowercase);
        is_module && layer(name) > layer(module)
            || matches!((module, *name), ("web", "native") | ("native", "web"))
    };
    let crates = HOMES.iter().filter(|(name, homes)| {
        !homes.contains(&module) && !named_after(&code, &format!("{name}::")).is_empty()
    });
    let crates = crates.map(|(name, _)| *name);
    let names = names.into_iter().filter(is_offence);
    names
        .chain(crates)
        .map(|name| format!("{module} imports {name}"))
        .collect()
}

#[test]
fn imports_go_downwards() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for path in rust_files(&source) {
        let inside = path.strip_prefix(&source).expect("a path in src");
        let first = inside
            .iter()
            .next()
            .and_then(|part| part.to_str())
            .expect("a name");
        let module = first.trim_end_matches(".rs");
        if module == "lib" {
            continue;
        }
        let code = fs::read_to_string(&path).expect("a source file");
        found.extend(
            offences(module, &code)
                .into_iter()
                .map(|offence| format!("{}: {offence}", inside.display())),
        );
    }
    assert!(
        found.is_empty(),
        "imports against the layers:\n{}",
        found.join("\n")
    );
}

#[test]
fn files_do_not_import_one_another_in_a_circle() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = Files::read(&source);
    let circles = files.circles().into_iter();
    let circles: Vec<_> = circles.map(|circle| circle.join(", ")).collect();
    assert!(
        circles.is_empty(),
        "files that import one another:\n{}",
        circles.join("\n")
    );
}

#[test]
fn offences_are_seen_alone_and_in_braces() {
    assert_eq!(
        offences("dsp", "use crate::audio::Waveform;"),
        Vec::<String>::new()
    );
    assert_eq!(
        offences("dsp", "use crate::model::UNet;"),
        ["dsp imports model"]
    );
    let group = "use crate::{\n    audio::{Waveform, resample},\n    model::UNet, separate,\n};";
    assert_eq!(
        offences("dsp", group),
        ["dsp imports model", "dsp imports separate"]
    );
    assert_eq!(
        offences("web", "let x = crate::native::run();"),
        ["web imports native"]
    );
    assert_eq!(
        offences("bin", "use deepmelody::web::page;"),
        Vec::<String>::new()
    );
    assert_eq!(
        offences("dsp", "use burn::{Tensor, tensor::Shape};"),
        ["dsp imports burn"]
    );
    assert_eq!(
        offences("model", "use burn::{Tensor, tensor::Shape};"),
        Vec::<String>::new()
    );
    assert_eq!(
        offences("audio", "// crate::train is elsewhere"),
        Vec::<String>::new()
    );
}
