//! Sound banks: whole SF2 or SF3 files, folders with one SF3 a program (`NNN.sf3`, `128.sf3` the drums), and drum kits.
//!
//! Files are loaded once and shared; a folder's programs are loaded when first played.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use rustysynth_ext::SoundFont;

use super::RenderError;

/// Program number of a folder's drum kit, and the SoundFont bank number of drum presets.
const DRUMS: u8 = 128;
/// A file with fewer programs than this, and no drum presets, is a drum kit on its own.
const MIN_PROGRAMS: usize = 8;
/// Drum presets from here on are orchestral and marching percussion and sound effects, which are no drum kits.
const FIRST_ODD_KIT: i32 = 48;

/// A SoundFont preset that can play a part.
#[derive(Clone)]
pub struct Voice {
    /// The bank's name.
    pub bank: String,
    /// Its samples.
    pub sound_font: Arc<SoundFont>,
    /// SoundFont bank number; 128 and above on the drum channel.
    pub bank_number: i32,
    /// SoundFont patch number.
    pub patch: i32,
}

/// A sound bank.
pub struct Bank {
    /// File or folder name, without extension.
    pub name: String,
    content: Content,
}

enum Content {
    File {
        sound_font: Arc<SoundFont>,
        programs: BTreeMap<u8, Vec<(i32, i32)>>,
    },
    Folder(BTreeMap<u8, FolderProgram>),
}

struct FolderProgram {
    path: PathBuf,
    loaded: OnceLock<Result<Arc<SoundFont>, RenderError>>,
}

impl Bank {
    /// Opens a file, or a folder of `NNN.sf3`.
    pub fn open(path: &Path) -> Result<Bank, RenderError> {
        let name = path
            .file_stem()
            .unwrap_or(path.as_os_str())
            .to_string_lossy();
        let content = if path.is_dir() {
            folder(path)?
        } else {
            file(path)?
        };
        let name = if path.is_dir() {
            path.file_name().unwrap_or_default().to_string_lossy()
        } else {
            name
        };
        Ok(Bank {
            name: name.into_owned(),
            content,
        })
    }

    /// Every preset for this program (`None` = drums); empty if the bank has none, or if its file can't be loaded.
    pub fn voices(&self, program: Option<u8>) -> Vec<Voice> {
        let program = program.unwrap_or(DRUMS);
        let voice = |sound_font: &Arc<SoundFont>, (bank_number, patch)| Voice {
            bank: self.name.clone(),
            sound_font: Arc::clone(sound_font),
            bank_number,
            patch,
        };
        match &self.content {
            Content::File {
                sound_font,
                programs,
            } => programs
                .get(&program)
                .into_iter()
                .flatten()
                .map(|preset| voice(sound_font, *preset))
                .collect(),
            Content::Folder(programs) => {
                let sound_font = programs.get(&program).and_then(FolderProgram::sound_font);
                let presets = sound_font.into_iter().flat_map(|font| {
                    let presets = font.get_presets().iter().take(1);
                    presets.map(|preset| {
                        voice(font, (preset.get_bank_number(), preset.get_patch_number()))
                    })
                });
                presets.collect()
            }
        }
    }

    /// Whether the bank lists this program.
    pub fn has(&self, program: Option<u8>) -> bool {
        let program = program.unwrap_or(DRUMS);
        match &self.content {
            Content::File { programs, .. } => programs.contains_key(&program),
            Content::Folder(programs) => programs.contains_key(&program),
        }
    }

    /// Errors of program files that failed to load on first use.
    pub fn into_problems(self) -> Vec<RenderError> {
        let Content::Folder(programs) = self.content else {
            return Vec::new();
        };
        let loaded = programs
            .into_values()
            .filter_map(|program| program.loaded.into_inner());
        loaded.filter_map(Result::err).collect()
    }

    /// Programs listed, 128 for drums.
    pub fn programs(&self) -> BTreeSet<u8> {
        (0..=DRUMS)
            .filter(|program| self.has((*program < DRUMS).then_some(*program)))
            .collect()
    }
}

impl FolderProgram {
    fn sound_font(&self) -> Option<&Arc<SoundFont>> {
        self.loaded.get_or_init(|| load(&self.path)).as_ref().ok()
    }
}

fn load(path: &Path) -> Result<Arc<SoundFont>, RenderError> {
    let mut reader = BufReader::new(File::open(path).map_err(RenderError::file(path))?);
    let loaded = SoundFont::new(&mut reader);
    loaded.map(Arc::new).map_err(|error| RenderError::Bank {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

fn file(path: &Path) -> Result<Content, RenderError> {
    let sound_font = load(path)?;
    let mut programs: BTreeMap<u8, Vec<(i32, i32)>> = BTreeMap::new();
    for preset in sound_font.get_presets() {
        let (bank_number, patch) = (preset.get_bank_number(), preset.get_patch_number());
        let program = match (bank_number, u8::try_from(patch)) {
            (0, Ok(program)) if program < DRUMS => program,
            (128, Ok(_)) if patch < FIRST_ODD_KIT => DRUMS,
            _ => continue,
        };
        programs
            .entry(program)
            .or_default()
            .push((bank_number, patch));
    }
    if !programs.contains_key(&DRUMS) && programs.len() < MIN_PROGRAMS {
        let kits = std::mem::take(&mut programs)
            .into_values()
            .flatten()
            .collect();
        programs.insert(DRUMS, kits);
    }
    Ok(Content::File {
        sound_font,
        programs,
    })
}

fn folder(path: &Path) -> Result<Content, RenderError> {
    let mut programs = BTreeMap::new();
    for path in sorted_entries(path)? {
        let number = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .and_then(|stem| stem.parse::<u8>().ok());
        if let (Some(number @ 0..=DRUMS), true) = (number, is_sound_font(&path)) {
            programs.insert(
                number,
                FolderProgram {
                    path,
                    loaded: OnceLock::new(),
                },
            );
        }
    }
    if programs.is_empty() {
        return Err(RenderError::Bank {
            path: path.to_owned(),
            reason: "no file named NNN.sf3 in it".to_owned(),
        });
    }
    Ok(Content::Folder(programs))
}

fn sorted_entries(folder: &Path) -> Result<Vec<PathBuf>, RenderError> {
    let entries = std::fs::read_dir(folder).map_err(RenderError::file(folder))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    paths.sort();
    Ok(paths)
}

fn is_sound_font(path: &Path) -> bool {
    path.extension().is_some_and(|extension| {
        ["sf2", "sf3"]
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    })
}

/// The banks at a path: the file itself, the folder itself if it holds `NNN.sf3`, or else everything in the folder.
fn expand(path: &Path) -> Result<Vec<PathBuf>, RenderError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = sorted_entries(path)?;
    let numbered = |entry: &PathBuf| {
        let stem = entry.file_stem().and_then(|stem| stem.to_str());
        is_sound_font(entry)
            && stem.is_some_and(|stem| stem.len() == 3 && stem.parse::<u8>().is_ok())
    };
    if entries.iter().any(numbered) {
        return Ok(vec![path.to_owned()]);
    }
    Ok(entries
        .into_iter()
        .filter(|entry| entry.is_dir() || is_sound_font(entry))
        .collect())
}

/// Opens every bank below the paths, in parallel; unusable ones are reported to `problem` and left out.
pub fn open_all(paths: &[PathBuf], problem: &(dyn Fn(RenderError) + Sync)) -> Vec<Bank> {
    let mut found: Vec<PathBuf> = Vec::new();
    for path in paths {
        match expand(path) {
            Ok(banks) => found.extend(banks),
            Err(error) => problem(error),
        }
    }
    let mut seen = BTreeSet::new();
    found.retain(|path| seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())));
    let opened: Vec<Option<Bank>> = found
        .par_iter()
        .map(|path| Bank::open(path).map_err(problem).ok())
        .collect();
    opened.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::render::test_bank;
    use std::sync::Mutex;

    #[test]
    fn files_folders_and_drum_kits_are_told_apart_and_broken_ones_named() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        };
        write("whole.sf2", &test_bank::general_midi());
        write("kit.sf2", &test_bank::sound_font(&[(0, 0)]));
        write("split/000.sf3", &test_bank::sound_font(&[(0, 0)]));
        write("split/128.sf3", &test_bank::sound_font(&[(128, 0)]));
        write("split/007.sf3", b"RIFF");
        write("broken.sf2", b"RIFF....");
        let problems = Mutex::new(Vec::new());
        let banks = open_all(&[folder.path().to_owned()], &|error| {
            problems.lock().unwrap().push(error.to_string())
        });
        let by_name = |name: &str| banks.iter().find(|bank| bank.name == name).unwrap();
        assert_eq!(by_name("whole").programs().len(), 129);
        assert_eq!(by_name("kit").programs(), BTreeSet::from([128]));
        assert_eq!(by_name("split").programs(), BTreeSet::from([0, 7, 128]));
        assert_eq!(by_name("split").voices(None)[0].bank_number, 128);
        let split = banks.into_iter().find(|bank| bank.name == "split").unwrap();
        assert!(split.voices(Some(7)).is_empty());
        assert!(split.into_problems()[0].to_string().contains("007.sf3"));
        let problems = problems.into_inner().unwrap();
        assert!(
            problems.len() == 1 && problems[0].contains("broken.sf2"),
            "{problems:?}"
        );
    }
}
