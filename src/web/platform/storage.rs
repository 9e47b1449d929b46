//! The library's store: an IndexedDB database with four object stores.
//!
//! *Songs* are texts under keys. *Waiting* holds files still to be analysed: names, and file handles where the browser
//! gives them, which only IndexedDB can store. One transaction moves a file from one to the other.
//! *Last* holds the text of the last analysis. *Practised* holds a text for each song that was practised.

mod practice;

use idb::{
    Database, DatabaseEvent, Error, Factory, ObjectStore, ObjectStoreParams, Query, Transaction,
    TransactionMode, TransactionResult,
};
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::IdbDatabase;

use super::{
    clock::{epoch_millis, scope},
    error::{PlatformError, ignore},
    files::{FileOrigin, LocalFile},
};

/// Raised when the object stores change; [`Storage::open`] then brings an older database up to it.
const DATABASE_VERSION: u32 = 3;
const SONGS: &str = "songs";
const WAITING: &str = "waiting";
const LAST: &str = "last";
const PRACTISED: &str = "practised";
const STORES: [&str; 4] = [SONGS, WAITING, LAST, PRACTISED];
/// The one key of [`LAST`].
const LAST_KEY: &str = "analysis";

/// Why songs cannot be stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// Private windows, settings.
    #[error("This browser does not let the page store anything ({0}).")]
    Denied(PlatformError),
    /// A later version of the page wrote the database.
    #[error(
        "What is kept here was written by a newer version of this page. Reload to get that version."
    )]
    Newer,
    /// No room.
    #[error("There is no room left: free some space on this machine, or delete songs.")]
    Full,
    /// Anything else.
    #[error("The browser's storage failed ({0}).")]
    Failed(PlatformError),
}

impl From<Error> for StorageError {
    fn from(error: Error) -> Self {
        let name = match &error {
            Error::DomException(exception) => exception.name(),
            Error::AddFailed(value) | Error::UpdateFailed(value) => {
                let exception = value.dyn_ref::<web_sys::DomException>();
                exception
                    .map(web_sys::DomException::name)
                    .unwrap_or_default()
            }
            _ => String::new(),
        };
        match name.as_str() {
            "QuotaExceededError" => Self::Full,
            "VersionError" => Self::Newer,
            _ => Self::Failed(PlatformError::new(error.to_string())),
        }
    }
}

/// A file still to be analysed, as it is stored.
#[derive(Clone, Debug)]
pub struct WaitingFile {
    /// Its place in the queue: later files have greater keys.
    pub key: String,
    /// Folders and name.
    pub path: String,
    /// How to find it again, where the browser can.
    pub found: Option<LocalFile>,
}

/// The database; each site has its own, even if several share a host.
#[derive(Debug)]
pub struct Storage {
    database: Database,
}

impl Drop for Storage {
    /// With this value goes the listener that lets a newer page upgrade the database.
    fn drop(&mut self) {
        self.database.close();
    }
}

impl Storage {
    /// Opens the site's database.
    ///
    /// # Errors
    /// When the browser refuses, or a newer version of the page made it.
    pub async fn open() -> Result<Self, StorageError> {
        let denied = |error: Error| StorageError::Denied(PlatformError::new(error.to_string()));
        let name = format!("deepmelody {}", site_path());
        let mut request = Factory::new()
            .and_then(|factory| factory.open(&name, Some(DATABASE_VERSION)))
            .map_err(denied)?;
        request.on_upgrade_needed(|event| {
            if let Ok(database) = event.database() {
                create_stores(&database);
            }
        });
        let mut database = request
            .await
            .map_err(|error| match StorageError::from(error) {
                StorageError::Newer => StorageError::Newer,
                StorageError::Failed(cause) => StorageError::Denied(cause),
                other => other,
            })?;
        // A newer page in another tab may upgrade it; writing from this one then fails with an error.
        database.on_version_change(|event| {
            let target = event.target();
            if let Some(database) = target.and_then(|target| target.dyn_into::<IdbDatabase>().ok())
            {
                database.close();
            }
        });
        Ok(Self { database })
    }

    /// Asks the browser not to evict the database when space runs out; it may refuse.
    pub async fn persist(&self) {
        if let Ok(answer) = scope().navigator().storage().persist() {
            // If it refuses, everything works as before.
            ignore(JsFuture::from(answer).await);
        }
    }

    /// All songs' texts, in the order in which they were added.
    pub async fn songs(&self) -> Result<Vec<String>, StorageError> {
        let rows = self.all(SONGS).await?;
        let mut songs: Vec<_> = rows.iter().filter_map(song_of).collect();
        songs.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        Ok(songs.into_iter().map(|(_, text)| text).collect())
    }

    /// All files still to be analysed, in their order.
    pub async fn waiting(&self) -> Result<Vec<WaitingFile>, StorageError> {
        Ok(self
            .all(WAITING)
            .await?
            .iter()
            .filter_map(kept_of)
            .collect())
    }

    /// Adds or replaces songs: key and text.
    pub async fn put_songs(&self, songs: &[(String, String)]) -> Result<(), StorageError> {
        let (transaction, store) = self.write(SONGS)?;
        for (key, text) in songs {
            store.put(&song_value(text), Some(&key.into()))?;
        }
        done(transaction).await
    }

    /// Adds or replaces files still to be analysed.
    pub async fn put_waiting(&self, files: &[WaitingFile]) -> Result<(), StorageError> {
        let (transaction, store) = self.write(WAITING)?;
        for file in files {
            store.put(&value_of(file), Some(&file.key.as_str().into()))?;
        }
        done(transaction).await
    }

    /// Removes an analysed file from the queue, and adds its song if there is one.
    pub async fn finish_file(
        &self,
        waiting_key: &str,
        song: Option<(&str, &str)>,
    ) -> Result<(), StorageError> {
        let transaction = self
            .database
            .transaction(&[SONGS, WAITING], TransactionMode::ReadWrite)?;
        if let Some((key, text)) = song {
            let songs = transaction.object_store(SONGS)?;
            songs.put(&song_value(text), Some(&key.into()))?;
        }
        let waiting = transaction.object_store(WAITING)?;
        waiting.delete(Query::Key(waiting_key.into()))?;
        done(transaction).await
    }

    /// The text of the last analysis, if there is one.
    pub async fn last(&self) -> Result<Option<String>, StorageError> {
        let rows = self.all(LAST).await?;
        Ok(rows.first().and_then(JsValue::as_string))
    }

    /// Keeps the text of the last analysis, in place of the one before.
    pub async fn put_last(&self, text: &str) -> Result<(), StorageError> {
        let (transaction, store) = self.write(LAST)?;
        store.put(&text.into(), Some(&LAST_KEY.into()))?;
        done(transaction).await
    }

    /// Deletes one song.
    pub async fn delete_song(&self, key: &str) -> Result<(), StorageError> {
        let (transaction, store) = self.write(SONGS)?;
        store.delete(Query::Key(key.into()))?;
        done(transaction).await
    }

    /// Deletes all songs.
    pub async fn delete_songs(&self) -> Result<(), StorageError> {
        let (transaction, store) = self.write(SONGS)?;
        store.clear()?;
        done(transaction).await
    }

    /// Deletes all files still to be analysed.
    pub async fn delete_waiting(&self) -> Result<(), StorageError> {
        let (transaction, store) = self.write(WAITING)?;
        store.clear()?;
        done(transaction).await
    }

    async fn all(&self, store: &str) -> Result<Vec<JsValue>, StorageError> {
        let transaction = self
            .database
            .transaction(&[store], TransactionMode::ReadOnly)?;
        Ok(transaction
            .object_store(store)?
            .get_all(None, None)?
            .await?)
    }

    fn write(&self, store: &str) -> Result<(Transaction, ObjectStore), StorageError> {
        let transaction = self
            .database
            .transaction(&[store], TransactionMode::ReadWrite)?;
        let store = transaction.object_store(store)?;
        Ok((transaction, store))
    }
}

/// The folder of the page's address.
pub(super) fn site_path() -> String {
    let path = scope().location().pathname().unwrap_or_default();
    let folder = path.rfind('/').map_or("", |end| &path[..=end]);
    folder.to_owned()
}

/// One that cannot be created is missing later, and its first use fails with an error.
fn create_stores(database: &Database) {
    let present = database.store_names();
    for store in STORES
        .iter()
        .filter(|store| !present.iter().any(|name| name == *store))
    {
        database
            .create_object_store(store, ObjectStoreParams::new())
            .ok();
    }
}

async fn done(transaction: Transaction) -> Result<(), StorageError> {
    match transaction.await? {
        TransactionResult::Committed => Ok(()),
        // Browsers abort without an error of a request when the disk fills up while they write.
        TransactionResult::Aborted => Err(StorageError::Full),
    }
}

/// A song's text with the time at which it was added.
fn song_value(text: &str) -> JsValue {
    let value = js_sys::Object::new();
    // Setting a field of a plain object does not fail.
    ignore(Reflect::set(&value, &"text".into(), &text.into()));
    ignore(Reflect::set(
        &value,
        &"added".into(),
        &epoch_millis().into(),
    ));
    value.into()
}

/// When a song was added, in milliseconds since 1970, and its text. The first version of the page kept the text alone.
fn song_of(value: &JsValue) -> Option<(f64, String)> {
    if let Some(text) = value.as_string() {
        return Some((0.0, text));
    }
    let field = |name: &str| Reflect::get(value, &name.into()).ok();
    let added = field("added").and_then(|added| added.as_f64());
    Some((added.unwrap_or(0.0), field("text")?.as_string()?))
}

fn value_of(file: &WaitingFile) -> JsValue {
    let value = js_sys::Object::new();
    let set = |name: &str, field: &JsValue| {
        // Setting a field of a plain object does not fail.
        ignore(Reflect::set(&value, &name.into(), field));
    };
    set("key", &file.key.as_str().into());
    set("path", &file.path.as_str().into());
    if let Some(FileOrigin::Handle { file, folder }) =
        file.found.as_ref().map(|found| &found.origin)
    {
        set("file", file);
        folder.iter().for_each(|folder| set("folder", folder));
    }
    value.into()
}

fn kept_of(value: &JsValue) -> Option<WaitingFile> {
    let field = |name: &str| Reflect::get(value, &name.into()).ok();
    let path = field("path")?.as_string()?;
    let handle = field("file").and_then(|file| file.dyn_into().ok());
    let folder = field("folder").and_then(|folder| folder.dyn_into().ok());
    let found = handle.map(|file| LocalFile {
        path: path.clone(),
        origin: FileOrigin::Handle { file, folder },
    });
    let key = field("key")?.as_string()?;
    Some(WaitingFile { key, path, found })
}
