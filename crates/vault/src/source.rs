//! Who hands out keys, and who may make and destroy them.

use std::error::Error;
use std::sync::Arc;

use futures::future::BoxFuture;
use kindred_eventsourcing::{KeyId, Timestamp};
use kindred_ids::{MemberId, TenantSlug};

use crate::{KeyState, Keys, Sealer, TenantReservationKey, VaultError};

/// How many keys a source is asked for at once.
pub const LARGEST_BATCH: usize = 1_000;

/// Why keys could not be had: a passing failure, never the absence of a key.
#[derive(Debug, Clone, thiserror::Error)]
pub enum KeyError {
    /// The source did not answer.
    #[error("fetch data keys")]
    Unavailable(#[source] Arc<dyn Error + Send + Sync>),
    /// The source answered something else than was asked.
    #[error("fetch data keys: the answer does not fit the question")]
    Malformed,
    /// The answer came so late that a cached one would have expired.
    #[error("fetch data keys: the answer took longer than keys may be kept")]
    Late,
}

impl KeyError {
    /// Wraps what a source saw.
    pub fn unavailable(source: impl Error + Send + Sync + 'static) -> Self {
        Self::Unavailable(Arc::new(source))
    }
}

impl From<VaultError> for KeyError {
    fn from(error: VaultError) -> Self {
        Self::unavailable(error)
    }
}

/// Hands out keys: the vault itself, or the client of the key service.
pub trait KeySource: Send + Sync + 'static {
    /// The states of at most [`LARGEST_BATCH`] keys, in the order asked.
    fn data_keys<'a>(&'a self, wanted: &'a [(TenantSlug, KeyId)]) -> BoxFuture<'a, Result<Vec<KeyState>, KeyError>>;

    /// The key that seals what a member writes now.
    fn member_key<'a>(&'a self, tenant: &'a TenantSlug, member: MemberId) -> BoxFuture<'a, Result<KeyState, KeyError>>;
}

impl<S: KeySource + ?Sized> KeySource for Arc<S> {
    fn data_keys<'a>(&'a self, wanted: &'a [(TenantSlug, KeyId)]) -> BoxFuture<'a, Result<Vec<KeyState>, KeyError>> {
        (**self).data_keys(wanted)
    }

    fn member_key<'a>(&'a self, tenant: &'a TenantSlug, member: MemberId) -> BoxFuture<'a, Result<KeyState, KeyError>> {
        (**self).member_key(tenant, member)
    }
}

/// What a service opens and seals with.
pub trait KeyRing: Send + Sync + 'static {
    /// The keys to open fields with; any number, duplicates too. A key that is gone is in
    /// the answer and opens to [`Opened::Redacted`](crate::Opened::Redacted).
    fn keys<'a>(&'a self, wanted: &'a [(TenantSlug, KeyId)]) -> BoxFuture<'a, Result<Keys, KeyError>>;

    /// Seals a member's words; none if the member has no key or is erased.
    fn sealer<'a>(
        &'a self,
        tenant: &'a TenantSlug,
        member: MemberId,
    ) -> BoxFuture<'a, Result<Option<Sealer>, KeyError>>;

    /// On the event of an erasure: the member's keys are dropped and not taken again.
    fn forget_member(&self, tenant: &TenantSlug, member: MemberId);

    /// On the event of a key's destruction: it is dropped and not taken again.
    fn forget_key(&self, tenant: &TenantSlug, key: KeyId);
}

/// Makes and destroys keys: the vault, inside membership alone.
pub trait Keeper: KeySource {
    /// The member's data key, made if there is none; on disk before this returns.
    fn create_data_key<'a>(
        &'a self,
        tenant: &'a TenantSlug,
        member: MemberId,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<KeyId, VaultError>>;

    /// Destroys the member's data key for good; the first receipt again if repeated.
    fn destroy<'a>(
        &'a self,
        tenant: &'a TenantSlug,
        member: MemberId,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<Receipt, VaultError>>;

    /// The key for the tenant's unique values, made if there is none.
    fn tenant_reservation_key<'a>(
        &'a self,
        tenant: &'a TenantSlug,
    ) -> BoxFuture<'a, Result<TenantReservationKey, VaultError>>;
}

/// That a member's key is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The tenant.
    pub tenant: TenantSlug,
    /// The erased member.
    pub member: MemberId,
    /// The destroyed key; a name never used if the member had none.
    pub key: KeyId,
    /// When it was destroyed first.
    pub destroyed_at: Timestamp,
}
