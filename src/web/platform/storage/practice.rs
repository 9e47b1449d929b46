//! What is kept of practised songs.

use idb::{Query, TransactionMode};

use super::{PRACTISED, Storage, StorageError, done};

impl Storage {
    /// The text that is kept of practising the song of this id, if any.
    pub async fn practice(&self, id: &str) -> Result<Option<String>, StorageError> {
        let transaction = self
            .database
            .transaction(&[PRACTISED], TransactionMode::ReadOnly)?;
        let store = transaction.object_store(PRACTISED)?;
        let text = store.get(Query::Key(id.into()))?.await?;
        Ok(text.and_then(|text| text.as_string()))
    }

    /// Whether any song was practised.
    pub async fn has_practice(&self) -> Result<bool, StorageError> {
        let transaction = self
            .database
            .transaction(&[PRACTISED], TransactionMode::ReadOnly)?;
        let store = transaction.object_store(PRACTISED)?;
        Ok(store.count(None)?.await? > 0)
    }

    /// The ids of all songs that were practised, and the texts that are kept of them.
    pub async fn all_practice(&self) -> Result<Vec<(String, String)>, StorageError> {
        let transaction = self
            .database
            .transaction(&[PRACTISED], TransactionMode::ReadOnly)?;
        let store = transaction.object_store(PRACTISED)?;
        // Both in the order of the keys.
        let ids = store.get_all_keys(None, None)?.await?;
        let texts = store.get_all(None, None)?.await?;
        let pairs = ids.iter().zip(&texts);
        let pairs = pairs.map(|(id, text)| Some((id.as_string()?, text.as_string()?)));
        Ok(pairs.flatten().collect())
    }

    /// Keeps texts on practising the songs of these ids, in place of the ones before.
    pub async fn put_practice(&self, songs: &[(String, String)]) -> Result<(), StorageError> {
        let (transaction, store) = self.write(PRACTISED)?;
        for (id, text) in songs {
            store.put(&text.into(), Some(&id.into()))?;
        }
        done(transaction).await
    }
}
