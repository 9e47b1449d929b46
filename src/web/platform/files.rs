//! Files on the visitor's machine, and how to read them, now and in later visits.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FileSystemDirectoryHandle, FileSystemFileHandle};

use super::error::{PlatformError, ignore};

/// Extensions of the files that are taken from a folder.
const AUDIO_EXTENSIONS: [&str; 9] = [
    "mp3", "wav", "flac", "ogg", "oga", "opus", "m4a", "mp4", "aac",
];

/// How the page reads a file.
#[derive(Clone, Debug)]
pub enum FileOrigin {
    /// As long as the page is open.
    File(File),
    /// For longer: the handle can be stored, and needs permission again at the next visit.
    Handle {
        /// The file.
        file: FileSystemFileHandle,
        /// The folder that it was found in: permission for it is permission for all files inside.
        folder: Option<FileSystemDirectoryHandle>,
    },
}

/// A file on the visitor's machine.
#[derive(Clone, Debug)]
pub struct LocalFile {
    /// Folders and name.
    pub path: String,
    /// How to read it.
    pub origin: FileOrigin,
}

impl LocalFile {
    /// Opens the file.
    ///
    /// # Errors
    /// When it is gone, or the visitor gives no permission.
    pub async fn open(&self) -> Result<File, PlatformError> {
        match &self.origin {
            FileOrigin::File(file) => Ok(file.clone()),
            FileOrigin::Handle { file, .. } => {
                Ok(JsFuture::from(file.get_file()).await?.unchecked_into())
            }
        }
    }

    /// Asks the visitor for permission to read it, where the browser wants that: right after a click only.
    pub async fn ask_permission(&self) -> bool {
        match &self.origin {
            FileOrigin::File(_) => true,
            FileOrigin::Handle { file, folder } => match folder {
                Some(folder) => permission(folder).await,
                None => permission(file).await,
            },
        }
    }
}

/// The file's name, without folders.
pub fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a file's name has the extension of an audio file.
pub(super) fn is_audio(name: &str) -> bool {
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| AUDIO_EXTENSIONS.contains(&extension.as_str()))
}

async fn permission(handle: &JsValue) -> bool {
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
