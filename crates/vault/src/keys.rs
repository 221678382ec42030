//! The keys of one request or one batch, to open many fields with.

use std::collections::HashMap;

use kindred_eventsourcing::{KeyId, Sealed};
use kindred_ids::TenantSlug;

use crate::{Aad, KeyState, OpenError, Opened, seal};

/// The keys that were asked for. Drop it with the request or batch that asked.
#[derive(Debug, Default)]
pub struct Keys(HashMap<(TenantSlug, KeyId), KeyState>);

impl Keys {
    /// What the vault says of a key; none if it was not asked for.
    #[must_use]
    pub fn get(&self, tenant: &TenantSlug, key: KeyId) -> Option<&KeyState> {
        self.0.get(&(tenant.clone(), key))
    }

    /// Opens a field; a key that is gone gives [`Opened::Redacted`].
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the text was changed or moved, or its key was not asked for.
    pub fn open(&self, sealed: &Sealed, aad: &Aad<'_>) -> Result<Opened, OpenError> {
        match self.get(aad.tenant, sealed.key()) {
            Some(KeyState::Live(key)) => seal::open(key, sealed, aad).map(Opened::Text),
            Some(KeyState::Destroyed | KeyState::Unknown) => Ok(Opened::Redacted),
            None => Err(OpenError::NotAsked(sealed.key())),
        }
    }
}

impl FromIterator<((TenantSlug, KeyId), KeyState)> for Keys {
    fn from_iter<I: IntoIterator<Item = ((TenantSlug, KeyId), KeyState)>>(keys: I) -> Self {
        Self(keys.into_iter().collect())
    }
}
