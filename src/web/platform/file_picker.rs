//! Files that the visitor chooses or drops, and the audio in folders.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, DataTransferItem, File, FileSystemDirectoryEntry, FileSystemDirectoryHandle,
    FileSystemEntry, FileSystemFileEntry, FileSystemHandle, HtmlInputElement,
};

use super::{
    clock::scope,
    error::{PlatformError, ignore},
    files::{FileOrigin, LocalFile, function, is_audio},
};

/// Lets the visitor choose a folder with the browser's folder picker, whose files can be found again in later visits.
/// `None` where there is no such picker; no files if the visitor cancelled it.
pub async fn pick_folder() -> Option<Result<Vec<LocalFile>, PlatformError>> {
    let window = scope();
    let pick = function(&window, "showDirectoryPicker")?;
    let folder = match pick.call0(&window) {
        Ok(promise) => JsFuture::from(Promise::resolve(&promise)).await,
        Err(error) => Err(error),
    };
    Some(match folder {
        Ok(folder) => files_of(folder.unchecked_into())
            .await
            .map_err(PlatformError::from),
        Err(error) => match Reflect::get(&error, &"name".into()) {
            Ok(name) if name == "AbortError" => Ok(Vec::new()),
            _ => Err(error.into()),
        },
    })
}

/// The files in a file input; of a folder, only audio. The input is emptied, so that choosing the same again is a change.
pub fn take_chosen(input: &HtmlInputElement) -> Vec<LocalFile> {
    let files = input.files();
    let files = files
        .iter()
        .flat_map(|files| (0..files.length()).filter_map(move |index| files.get(index)));
    let found = files
        .map(|file| {
            let inside = Reflect::get(&file, &"webkitRelativePath".into()).ok();
            let inside = inside.and_then(|path| path.as_string()).unwrap_or_default();
            match inside.is_empty() {
                true => of_file(file.name(), file),
                false => of_file(inside, file),
            }
        })
        .filter(|found| !found.path.contains('/') || is_audio(&found.path))
        .collect();
    input.set_value("");
    found
}

fn of_file(path: String, file: File) -> LocalFile {
    let origin = FileOrigin::File(file);
    LocalFile { path, origin }
}

/// What was dropped. Its items must be taken during the event; [`Dropped::files`] then reads the folders.
pub struct Dropped(Vec<Item>);

enum Item {
    Handle(Promise, Option<File>),
    Entry(FileSystemEntry),
    File(File),
}

impl Dropped {
    /// Takes the items of a drop event.
    pub fn of(transfer: &DataTransfer) -> Self {
        let items = transfer.items();
        let items = (0..items.length()).filter_map(|index| items.get(index));
        Self(
            items
                .filter(|item| item.kind() == "file")
                .filter_map(take_item)
                .collect(),
        )
    }

    /// The file, if it is a single one.
    pub fn single_file(&self) -> Option<File> {
        match self.0.as_slice() {
            [Item::File(file) | Item::Handle(_, Some(file))] => Some(file.clone()),
            _ => None,
        }
    }

    /// All files, and the audio in all folders.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub async fn files(self) -> Result<Vec<LocalFile>, PlatformError> {
        let mut found = Vec::new();
        for item in self.0 {
            match item {
                Item::File(file) => found.push(of_file(file.name(), file)),
                Item::Handle(promise, file) => found.extend(of_handle(promise, file).await?),
                Item::Entry(entry) => found.extend(of_entry(entry).await?),
            }
        }
        Ok(found)
    }
}

/// In some browsers a folder has an entry and no handle; items made by scripts have neither.
fn take_item(item: DataTransferItem) -> Option<Item> {
    let entry = item.webkit_get_as_entry().ok().flatten();
    let is_folder = entry.as_ref().is_some_and(FileSystemEntry::is_directory);
    let file = item.get_as_file().ok().flatten().filter(|_| !is_folder);
    let handle = function(&item, "getAsFileSystemHandle").and_then(|get| get.call0(&item).ok());
    match (handle, entry) {
        (Some(handle), _) => Some(Item::Handle(Promise::resolve(&handle), file)),
        (None, Some(entry)) if is_folder => Some(Item::Entry(entry)),
        _ => file.map(Item::File),
    }
}

async fn of_handle(promise: Promise, file: Option<File>) -> Result<Vec<LocalFile>, JsValue> {
    let handle = JsFuture::from(promise).await.unwrap_or_default();
    let Some(handle) = handle.dyn_ref::<FileSystemHandle>() else {
        return Ok(file
            .map(|file| of_file(file.name(), file))
            .into_iter()
            .collect());
    };
    if let Some(folder) = handle.dyn_ref::<FileSystemDirectoryHandle>() {
        return files_of(folder.clone()).await;
    }
    let path = handle.name();
    let file = handle.clone().unchecked_into();
    let origin = FileOrigin::Handle { file, folder: None };
    Ok(vec![LocalFile { path, origin }])
}

/// The audio in a folder and its subfolders, in the order of their paths.
async fn files_of(root: FileSystemDirectoryHandle) -> Result<Vec<LocalFile>, JsValue> {
    let mut found = Vec::new();
    let mut folders = vec![(root.name(), root.clone())];
    while let Some((path, folder)) = folders.pop() {
        let members = folder.values();
        loop {
            let next = JsFuture::from(members.next()?).await?;
            if Reflect::get(&next, &"done".into())?.is_truthy() {
                break;
            }
            let handle: FileSystemHandle = Reflect::get(&next, &"value".into())?.unchecked_into();
            let inside = format!("{path}/{}", handle.name());
            if let Some(within) = handle.dyn_ref::<FileSystemDirectoryHandle>() {
                folders.push((inside, within.clone()));
            } else if is_audio(&inside) {
                let (file, folder) = (handle.unchecked_into(), Some(root.clone()));
                let origin = FileOrigin::Handle { file, folder };
                found.push(LocalFile {
                    path: inside,
                    origin,
                });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// The same for browsers without file handles, by `FileSystemEntry`.
async fn of_entry(root: FileSystemEntry) -> Result<Vec<LocalFile>, JsValue> {
    let mut found = Vec::new();
    let mut entries = vec![root];
    while let Some(entry) = entries.pop() {
        let path = entry.full_path().trim_start_matches('/').to_owned();
        if entry.is_directory() {
            entries.extend(members_of(&entry.unchecked_into()).await?);
        } else if is_audio(&path) {
            let entry: FileSystemFileEntry = entry.unchecked_into();
            let file =
                await_callbacks(|good, bad| entry.file_with_callback_and_callback(good, bad))
                    .await?;
            found.push(of_file(path, file.unchecked_into()));
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// A reader returns a folder in portions; an empty one is the last.
async fn members_of(folder: &FileSystemDirectoryEntry) -> Result<Vec<FileSystemEntry>, JsValue> {
    let reader = folder.create_reader();
    let mut members = Vec::new();
    loop {
        let portion = await_callbacks(|good, bad| {
            // A refusal comes back through `bad`.
            ignore(reader.read_entries_with_callback_and_callback(good, bad));
        });
        let portion = Array::from(&portion.await?);
        if portion.length() == 0 {
            return Ok(members);
        }
        members.extend(
            portion
                .iter()
                .map(JsCast::unchecked_into::<FileSystemEntry>),
        );
    }
}

async fn await_callbacks(call: impl Fn(&Function, &Function)) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::new(&mut |good: Function, bad: Function| {
        call(&good, &bad);
    }))
    .await
}
