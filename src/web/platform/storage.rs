//! L7: what the browser keeps for the visitor between visits: an IndexedDB database of two shelves.
//!
//! *Songs* are texts under keys. *Waiting* holds files still to be looked at: names, and the browser's handles where it
//! gives them, which nothing but IndexedDB can keep. One transaction moves a file from the one to the other.

use idb::{
    Database, DatabaseEvent, Error, Factory, ObjectStore, ObjectStoreParams, Query, Transaction,
    TransactionMode, TransactionResult,
};
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::IdbDatabase;

use super::{
    clock::scope,
    error::{PlatformError, ignore},
    files::{Found, Origin},
};

/// Raised when the shelves change; [`Storage::open`] then brings an older database up to it.
const DATABASE_VERSION: u32 = 1;
const SONGS: &str = "songs";
const WAITING: &str = "waiting";
const SHELVES: [&str; 2] = [SONGS, WAITING];

/// Why nothing can be kept, or no more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// Private windows, settings.
    #[error("This browser does not let the page keep anything ({0}).")]
    Denied(PlatformError),
    /// A page of a later version has been here.
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

/// A file still to be looked at, as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Where it stands among the others: later ones have greater keys.
    pub key: String,
    /// Folders and name.
    pub path: String,
    /// How to find it again, where the browser can.
    pub found: Option<Found>,
}

/// The database; one a site, so that several under one host do not meet.
#[derive(Debug)]
pub struct Storage {
    database: Database,
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
                build_shelves(&database);
            }
        });
        let mut database = request
            .await
            .map_err(|error| match StorageError::from(error) {
                StorageError::Newer => StorageError::Newer,
                StorageError::Failed(cause) => StorageError::Denied(cause),
                other => other,
            })?;
        // A newer page in another tab may go on; this one then hears of errors when it writes.
        database.on_version_change(|event| {
            let target = event.target();
            if let Some(database) = target.and_then(|target| target.dyn_into::<IdbDatabase>().ok())
            {
                database.close();
            }
        });
        Ok(Self { database })
    }

    /// Asks the browser not to clear this when room gets short; it may refuse.
    pub async fn persist(&self) {
        if let Ok(answer) = scope().navigator().storage().persist() {
            // Without that promise everything works as well.
            ignore(JsFuture::from(answer).await);
        }
    }

    /// All songs' texts.
    pub async fn songs(&self) -> Result<Vec<String>, StorageError> {
        let rows = self.all(SONGS).await?;
        Ok(rows.iter().filter_map(JsValue::as_string).collect())
    }

    /// All files still to be looked at, in their order.
    pub async fn waiting(&self) -> Result<Vec<Kept>, StorageError> {
        Ok(self
            .all(WAITING)
            .await?
            .iter()
            .filter_map(kept_of)
            .collect())
    }

    /// Adds or replaces songs: key and text.
    pub async fn put_songs(&self, songs: &[(String, String)]) -> Result<(), StorageError> {
        let (transaction, shelf) = self.write(SONGS)?;
        for (key, text) in songs {
            shelf.put(&text.into(), Some(&key.into()))?;
        }
        done(transaction).await
    }

    /// Adds or replaces files still to be looked at.
    pub async fn put_waiting(&self, files: &[Kept]) -> Result<(), StorageError> {
        let (transaction, shelf) = self.write(WAITING)?;
        for file in files {
            shelf.put(&value_of(file), Some(&file.key.as_str().into()))?;
        }
        done(transaction).await
    }

    /// A file has been looked at: it waits no more, and is a song now if one came of it.
    pub async fn settle(
        &self,
        waiting_key: &str,
        song: Option<(&str, &str)>,
    ) -> Result<(), StorageError> {
        let transaction = self
            .database
            .transaction(&SHELVES, TransactionMode::ReadWrite)?;
        if let Some((key, text)) = song {
            let songs = transaction.object_store(SONGS)?;
            songs.put(&text.into(), Some(&key.into()))?;
        }
        let waiting = transaction.object_store(WAITING)?;
        waiting.delete(Query::Key(waiting_key.into()))?;
        done(transaction).await
    }

    /// Forgets one song.
    pub async fn delete_song(&self, key: &str) -> Result<(), StorageError> {
        let (transaction, shelf) = self.write(SONGS)?;
        shelf.delete(Query::Key(key.into()))?;
        done(transaction).await
    }

    /// Forgets all songs.
    pub async fn delete_songs(&self) -> Result<(), StorageError> {
        let (transaction, shelf) = self.write(SONGS)?;
        shelf.clear()?;
        done(transaction).await
    }

    /// Forgets all files still to be looked at.
    pub async fn delete_waiting(&self) -> Result<(), StorageError> {
        let (transaction, shelf) = self.write(WAITING)?;
        shelf.clear()?;
        done(transaction).await
    }

    async fn all(&self, shelf: &str) -> Result<Vec<JsValue>, StorageError> {
        let transaction = self
            .database
            .transaction(&[shelf], TransactionMode::ReadOnly)?;
        Ok(transaction
            .object_store(shelf)?
            .get_all(None, None)?
            .await?)
    }

    fn write(&self, shelf: &str) -> Result<(Transaction, ObjectStore), StorageError> {
        let transaction = self
            .database
            .transaction(&[shelf], TransactionMode::ReadWrite)?;
        let shelf = transaction.object_store(shelf)?;
        Ok((transaction, shelf))
    }
}

/// The folder of the page's address.
fn site_path() -> String {
    let path = scope().location().pathname().unwrap_or_default();
    let folder = path.rfind('/').map_or("", |end| &path[..=end]);
    folder.to_owned()
}

/// A shelf that cannot be built is missing later, and the first use of it says so.
fn build_shelves(database: &Database) {
    let present = database.store_names();
    for shelf in SHELVES
        .iter()
        .filter(|shelf| !present.iter().any(|name| name == *shelf))
    {
        drop(database.create_object_store(shelf, ObjectStoreParams::new()));
    }
}

async fn done(transaction: Transaction) -> Result<(), StorageError> {
    match transaction.await? {
        TransactionResult::Committed => Ok(()),
        // Browsers abort without an error of a request when the disk fills up while they write.
        TransactionResult::Aborted => Err(StorageError::Full),
    }
}

fn value_of(file: &Kept) -> JsValue {
    let value = js_sys::Object::new();
    let set = |name: &str, field: &JsValue| {
        // Setting a field of a plain object does not fail.
        drop(Reflect::set(&value, &name.into(), field));
    };
    set("key", &file.key.as_str().into());
    set("path", &file.path.as_str().into());
    if let Some(Origin::Handle { file, folder }) = file.found.as_ref().map(|found| &found.origin) {
        set("file", file);
        folder.iter().for_each(|folder| set("folder", folder));
    }
    value.into()
}

fn kept_of(value: &JsValue) -> Option<Kept> {
    let field = |name: &str| Reflect::get(value, &name.into()).ok();
    let path = field("path")?.as_string()?;
    let handle = field("file").and_then(|file| file.dyn_into().ok());
    let folder = field("folder").and_then(|folder| folder.dyn_into().ok());
    let found = handle.map(|file| Found {
        path: path.clone(),
        origin: Origin::Handle { file, folder },
    });
    let key = field("key")?.as_string()?;
    Some(Kept { key, path, found })
}
