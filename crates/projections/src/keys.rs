//! How a projection opens sealed fields without doing I/O while it applies.
//!
//! All keys of a batch are asked for in one call before its transaction starts; inside
//! the transaction a field is opened only if its owner's erasure is not on record.

use std::sync::Arc;

use futures::future::BoxFuture;
use kindred_eventsourcing::{KeyId, Sealed};
use kindred_ids::{MemberId, TenantSlug};
use kindred_vault::{Aad, KeyError, KeyRing, KeyState, Keys, OpenError, Opened, Sealer};

use crate::{ErasedPeople, Person};

/// The keys of one batch, as `apply` sees them: those of erased people are gone.
#[derive(Debug, Clone, Default)]
pub struct BatchKeys {
    keys: Arc<Keys>,
    erased: ErasedPeople,
}

impl BatchKeys {
    /// Keys of a batch, less those of erased people.
    #[must_use]
    pub fn new(keys: Arc<Keys>, erased: ErasedPeople) -> Self {
        Self { keys, erased }
    }

    /// Opens a field; one whose owner was erased or whose key is gone is
    /// [`Opened::Redacted`].
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the text was changed or moved, or its key was not asked for.
    pub fn open(&self, sealed: &Sealed, place: &Aad<'_>) -> Result<Opened, OpenError> {
        if self.erased.contains(&Person::new(place.tenant.clone(), place.member)) {
            return Ok(Opened::Redacted);
        }
        self.keys.open(sealed, place)
    }

    /// Everybody on record as erased.
    #[must_use]
    pub const fn erased(&self) -> &ErasedPeople {
        &self.erased
    }
}

/// A ring without keys: every field reads as redacted. For services that open nothing.
#[derive(Debug, Clone, Copy)]
pub struct NoKeys;

impl KeyRing for NoKeys {
    fn keys<'a>(&'a self, wanted: &'a [(TenantSlug, KeyId)]) -> BoxFuture<'a, Result<Keys, KeyError>> {
        Box::pin(async move { Ok(wanted.iter().map(|key| (key.clone(), KeyState::Unknown)).collect()) })
    }

    fn sealer<'a>(
        &'a self,
        _tenant: &'a TenantSlug,
        _member: MemberId,
    ) -> BoxFuture<'a, Result<Option<Sealer>, KeyError>> {
        Box::pin(async { Ok(None) })
    }

    fn forget_member(&self, _tenant: &TenantSlug, _member: MemberId) {}

    fn forget_key(&self, _tenant: &TenantSlug, _key: KeyId) {}
}
