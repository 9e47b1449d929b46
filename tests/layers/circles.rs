//! Finds circles among source files: files that import, directly or by way of others, from one another.
//!
//! An import counts for the file that defines the item, not for a `mod.rs` that only re-exports it. A file may use what
//! the `mod.rs` of its own folder defines, whose part it is. Tests do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::Path;

/// A module's path from the crate's root: `crate::train::run` is `["train", "run"]`.
type Module = Vec<String>;

/// The source files by module.
pub struct Files(BTreeMap<Module, File>);

struct File {
    /// Path from the source folder.
    name: String,
    /// Without comments and tests.
    code: String,
}

/// One item of a `use` declaration.
struct Import {
    is_public: bool,
    path: Module,
    /// What it is called here.
    name: String,
}

impl Files {
    /// Reads every source file below `source`, apart from files of tests.
    pub fn read(source: &Path) -> Self {
        let files = super::rust_files(source).into_iter().filter_map(|path| {
            let name = path.strip_prefix(source).ok()?.to_str()?.replace('\\', "/");
            let code = fs::read_to_string(&path).ok()?;
            (!name.ends_with("tests.rs")).then_some((name, code))
        });
        Self::of(files)
    }

    /// The files of these names and contents.
    pub fn of(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let file = |(name, code): (String, String)| {
            let mut module: Module = name
                .trim_end_matches(".rs")
                .split('/')
                .map(String::from)
                .collect();
            if matches!(module.last().map(String::as_str), Some("mod" | "lib")) {
                module.pop();
            }
            let code = without_tests(&super::without_comments(&code)).to_owned();
            (module, File { name, code })
        };
        Self(files.into_iter().map(file).collect())
    }

    /// Each set of files that import from one another, as their names.
    pub fn circles(&self) -> Vec<Vec<&str>> {
        let imports: BTreeMap<&Module, BTreeSet<&Module>> = self
            .0
            .keys()
            .map(|module| (module, self.imports_of(module)))
            .collect();
        let reached: BTreeMap<&Module, BTreeSet<&Module>> = self
            .0
            .keys()
            .map(|module| (module, reachable(module, &imports)))
            .collect();
        let circle = |module: &Module| -> BTreeSet<&Module> {
            let others = reached[module].iter().copied();
            others
                .filter(|other| reached[*other].contains(module))
                .collect()
        };
        let circles: BTreeSet<_> = self
            .0
            .keys()
            .map(circle)
            .filter(|circle| circle.len() > 1)
            .collect();
        let names = |circle: BTreeSet<&Module>| {
            circle
                .into_iter()
                .map(|module| self.0[module].name.as_str())
                .collect()
        };
        circles.into_iter().map(names).collect()
    }

    /// The other files whose items `module` uses.
    fn imports_of(&self, module: &Module) -> BTreeSet<&Module> {
        let File { name, code } = &self.0[module];
        let is_folder = name.ends_with("mod.rs");
        let is_own = |path: &Module| path.starts_with(module);
        let imported = imports(code).into_iter().filter_map(|import| {
            let path = self.absolute(&import.path, module)?;
            (!(import.is_public && is_own(&path))).then_some(path)
        });
        let named = paths(code)
            .into_iter()
            .filter_map(|path| self.absolute(&path, module));
        imported
            .chain(named)
            .filter_map(|path| self.definer(&path, &mut BTreeSet::new()))
            .filter(|other| *other != module && !other.is_empty())
            .filter(|other| {
                is_folder || module.split_last().map(|(_, parent)| parent) != Some(other)
            })
            .collect()
    }

    /// `path`, as `module` writes it, from the crate's root; `None` for other crates and local names.
    fn absolute(&self, path: &[String], module: &[String]) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([module, rest].concat()),
            "super" => {
                let (_, parent) = module.split_last()?;
                match rest.first().map(String::as_str) {
                    Some("super") => self.absolute(rest, parent),
                    _ => Some([parent, rest].concat()),
                }
            }
            _ => {
                let child = [module, std::slice::from_ref(first)].concat();
                self.0.contains_key(&child).then(|| [module, path].concat())
            }
        }
    }

    /// The file that defines the item at `path`.
    fn definer(&self, path: &[String], seen: &mut BTreeSet<Module>) -> Option<&Module> {
        if let Some((module, _)) = self.0.get_key_value(path) {
            return Some(module);
        }
        let length = (1..path.len())
            .rev()
            .find(|length| self.0.contains_key(&path[..*length]))?;
        let (module, file) = self.0.get_key_value(&path[..length])?;
        let item = &path[length];
        let elsewhere = imports(&file.code)
            .into_iter()
            .find(|import| import.name == *item);
        elsewhere
            .and_then(|import| self.absolute(&import.path, module))
            .filter(|other| seen.insert(other.clone()))
            .and_then(|other| self.definer(&other, seen))
            .or(Some(module))
    }
}

fn reachable<'a>(
    module: &'a Module,
    imports: &BTreeMap<&'a Module, BTreeSet<&'a Module>>,
) -> BTreeSet<&'a Module> {
    let mut reached = BTreeSet::new();
    let mut waiting = vec![module];
    while let Some(next) = waiting.pop() {
        waiting.extend(
            imports[next]
                .iter()
                .copied()
                .filter(|other| reached.insert(*other)),
        );
    }
    reached
}

/// Code before a module of tests, which stands at the end of its file.
fn without_tests(code: &str) -> &str {
    let ends = ["#[cfg(test)]", "#[cfg(all(test"]
        .into_iter()
        .filter_map(|attribute| {
            let mut places = code.match_indices(attribute).map(|(at, _)| at);
            places.find(|at| {
                code[*at..]
                    .lines()
                    .take(4)
                    .any(|line| line.starts_with("mod tests {"))
            })
        });
    &code[..ends.min().unwrap_or(code.len())]
}

/// The `use` declarations in `code`: where their trees are, and whether they re-export.
fn declarations(code: &str) -> impl Iterator<Item = (Range<usize>, bool)> + '_ {
    code.match_indices("use ").filter_map(|(at, word)| {
        let visibility = code[..at].rsplit('\n').next()?.trim();
        let is_public = visibility.starts_with("pub");
        let start = at + word.len();
        let end = start + code[start..].find(';')?;
        (is_public || visibility.is_empty()).then_some((start..end, is_public))
    })
}

/// All items of the `use` declarations in `code`.
fn imports(code: &str) -> Vec<Import> {
    let mut imports = Vec::new();
    for (tree, is_public) in declarations(code) {
        expand(&code[tree], &[], &mut |path, name| {
            imports.push(Import {
                is_public,
                path,
                name,
            });
        });
    }
    imports
}

/// The paths in `code` outside of `use` declarations.
fn paths(code: &str) -> Vec<Module> {
    let mut rest = code.to_owned();
    for (tree, _) in declarations(code) {
        rest.replace_range(tree.clone(), &" ".repeat(tree.len()));
    }
    let is_path = |symbol: char| symbol.is_alphanumeric() || symbol == '_' || symbol == ':';
    let words = rest.split(|symbol| !is_path(symbol));
    let parts = |word: &str| -> Module {
        let parts = word.split("::").filter(|part| !part.is_empty());
        parts.map(String::from).collect()
    };
    words
        .filter(|word| word.contains("::"))
        .map(parts)
        .collect()
}

/// Calls `found` with each path of a `use` tree and the name that it is given.
fn expand(tree: &str, before: &[String], found: &mut impl FnMut(Module, String)) {
    let tree = tree.trim();
    let parts = |path: &str| -> Module {
        path.split("::")
            .map(|part| part.trim().to_owned())
            .filter(|part| !part.is_empty())
            .collect()
    };
    if let Some((head, group)) = tree.split_once('{') {
        let before = [before, &parts(head)].concat();
        let group = group.trim_end().strip_suffix('}').unwrap_or(group);
        for member in members(group) {
            expand(member, &before, found);
        }
        return;
    }
    let (path, alias) = match tree.split_once(" as ") {
        Some((path, alias)) => (path, Some(alias.trim().to_owned())),
        None => (tree, None),
    };
    let mut path = [before, &parts(path)].concat();
    if path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    if let Some(last) = path.last().cloned() {
        found(path, alias.unwrap_or(last));
    }
}

/// The members of a group, which may be groups themselves.
fn members(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut members) = (0, 0, Vec::new());
    for (at, symbol) in group.char_indices() {
        match symbol {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                members.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    members.push(&group[start..]);
    members.retain(|member| !member.trim().is_empty());
    members
}

#[test]
fn circles_are_found_through_re_exports_and_groups_and_not_in_tests() {
    let files = |contents: &[(&str, &str)]| {
        let files = contents
            .iter()
            .map(|(name, code)| ((*name).to_owned(), (*code).to_owned()));
        let files = Files::of(files);
        let circles = files.circles().into_iter().map(|circle| circle.join(" "));
        circles.collect::<Vec<_>>()
    };
    let parent = (
        "a/mod.rs",
        "mod b;\nmod c;\npub use b::B;\npub use c::{C, D};\n",
    );
    let apart = [
        parent,
        ("a/b.rs", "use super::C;"),
        ("a/c.rs", "pub struct C; pub struct D;"),
    ];
    assert_eq!(files(&apart), Vec::<String>::new());
    let together = [
        parent,
        ("a/b.rs", "use super::{C, x::Y};"),
        ("a/c.rs", "use crate::a::{self, B};"),
    ];
    assert_eq!(files(&together), ["a/b.rs a/c.rs"]);
    let by_path = [
        parent,
        ("a/b.rs", "fn f() -> super::c::C {}"),
        ("a/c.rs", "fn f() { super::b::g(); }"),
    ];
    assert_eq!(files(&by_path), ["a/b.rs a/c.rs"]);
    let with_parent = |child| {
        [
            ("a/mod.rs", "mod b;\nuse b::B;\npub struct E;\n"),
            (child, "use super::E;\npub struct B;\n"),
        ]
    };
    assert_eq!(files(&with_parent("a/b.rs")), Vec::<String>::new());
    assert_eq!(files(&with_parent("a/b/mod.rs")), ["a/mod.rs a/b/mod.rs"]);
    let in_tests = [
        parent,
        (
            "a/b.rs",
            "pub struct B;\n#[cfg(test)]\nmod tests {\n    use super::super::C;\n}\n",
        ),
        ("a/c.rs", "use super::B; // and super::b"),
    ];
    assert_eq!(files(&in_tests), Vec::<String>::new());
}
