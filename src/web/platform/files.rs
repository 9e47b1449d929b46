//! L7: files of the visitor's own machine: how to get at them, now and in later visits.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FileSystemDirectoryHandle, FileSystemFileHandle};

use super::error::{PlatformError, ignore};

/// Endings of the files that a folder is searched for.
const AUDIO_ENDINGS: [&str; 9] = [
    "mp3", "wav", "flac", "ogg", "oga", "opus", "m4a", "mp4", "aac",
];

/// How the browser lets the page at a file.
#[derive(Clone, Debug)]
pub enum Origin {
    /// As long as the page is open.
    File(File),
    /// For longer: the handle can be kept, and asks for leave again.
    Handle {
        /// The file's.
        file: FileSystemFileHandle,
        /// That of the folder it was found in: leave for it is leave for all in it.
        folder: Option<FileSystemDirectoryHandle>,
    },
}

/// A file of the visitor's.
#[derive(Clone, Debug)]
pub struct Found {
    /// Folders and name.
    pub path: String,
    /// How to get at it.
    pub origin: Origin,
}

impl Found {
    /// Opens the file.
    ///
    /// # Errors
    /// When it is gone, or the visitor gives no leave.
    pub async fn open(&self) -> Result<File, PlatformError> {
        match &self.origin {
            Origin::File(file) => Ok(file.clone()),
            Origin::Handle { file, .. } => {
                Ok(JsFuture::from(file.get_file()).await?.unchecked_into())
            }
        }
    }

    /// Asks the visitor for leave to read it, where the browser wants that: right after a click only.
    pub async fn ask_leave(&self) -> bool {
        match &self.origin {
            Origin::File(_) => true,
            Origin::Handle { file, folder } => match folder {
                Some(folder) => leave(folder).await,
                None => leave(file).await,
            },
        }
    }
}

/// The file's name, without folders.
pub fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a folder's file is worth looking at.
pub(super) fn is_audio(name: &str) -> bool {
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| AUDIO_ENDINGS.contains(&ending.as_str()))
}

async fn leave(handle: &JsValue) -> bool {
    let mode = Object::new();
    ignore(Reflect::set(&mode, &"mode".into(), &"read".into()));
    for question in ["queryPermission", "requestPermission"] {
        let Some(ask) = function(handle, question) else {
            return true;
        };
        let Ok(answer) = ask.call1(handle, &mode) else {
            return false;
        };
        let answer = JsFuture::from(Promise::resolve(&answer)).await;
        if answer.is_ok_and(|answer| answer == "granted") {
            return true;
        }
    }
    false
}

/// An object's method, if it has that.
pub(super) fn function(object: &JsValue, name: &str) -> Option<Function> {
    Reflect::get(object, &name.into()).ok()?.dyn_into().ok()
}
