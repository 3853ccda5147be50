//! Clients that this process has met, with their keys parsed.
//!
//! Remembering them decides nothing: every statement that issues or keeps something compares the version that was
//! remembered with the one in the row, and a caller whose client has changed is proven again from the start.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use domain::{Client, ClientId};
use jose::PublicKeys;
use store::{Store, StoreError, TxError};

/// Most clients remembered. Above it all are forgotten and met again.
const MOST: usize = 10_000;

/// A client and its parsed keys.
pub struct KnownClient {
    /// The registration.
    pub client: Client,
    /// Its keys; `None` when it registered none that we can use.
    pub keys: Option<PublicKeys>,
}

/// The clients that this process has met.
#[derive(Default)]
pub struct Clients(RwLock<HashMap<ClientId, Arc<KnownClient>>>);

impl Clients {
    /// The client of that id, as it was when this process last looked. Good only where the version is compared later.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn remembered(
        &self,
        store: &Store,
        client_id: &ClientId,
    ) -> Result<Option<Arc<KnownClient>>, StoreError> {
        let known = self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(client_id)
            .cloned();
        match known {
            Some(known) => Ok(Some(known)),
            None => self.load(store, client_id).await,
        }
    }

    /// The client of that id as it is now. What is absent is not remembered, so nobody can fill the memory.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn load(
        &self,
        store: &Store,
        client_id: &ClientId,
    ) -> Result<Option<Arc<KnownClient>>, StoreError> {
        let id = client_id.clone();
        let found = store
            .once::<_, std::convert::Infallible, _>("find_client", move |tx| {
                Ok(store::clients::find(tx, &id)?)
            })
            .await
            .map_err(|error| match error {
                TxError::Refused(never) => match never {},
                TxError::Store(error) => error,
            })?;
        let Some(client) = found else {
            self.forget(client_id);
            return Ok(None);
        };
        let keys = client
            .metadata
            .jwks
            .as_ref()
            .and_then(|jwks| PublicKeys::parse(jwks).ok());
        let known = Arc::new(KnownClient { client, keys });
        let mut clients = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if clients.len() >= MOST {
            clients.clear();
        }
        clients.insert(client_id.clone(), Arc::clone(&known));
        Ok(Some(known))
    }

    /// The client as it is now, if it is another version than the one that was remembered: for a caller whose proof
    /// failed against what was remembered.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn changed_since(
        &self,
        store: &Store,
        remembered: &KnownClient,
    ) -> Result<Option<Arc<KnownClient>>, StoreError> {
        let now = self.load(store, &remembered.client.client_id).await?;
        Ok(now.filter(|now| now.client.version != remembered.client.version))
    }

    /// Forgets a client that turned out to have changed.
    pub fn forget(&self, client_id: &ClientId) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(client_id);
    }
}
