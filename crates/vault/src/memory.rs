//! A vault without a database, for tests of what stands above one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::{BoxFuture, ready};
use kindred_eventsourcing::{KeyId, Timestamp};
use kindred_ids::{MemberId, TenantSlug};

use crate::{
    DataKey, Keeper, KeyError, KeySource, KeyState, Receipt, Secret, TenantReservationKey, VaultError, secret,
};

/// Keeps its keys in memory; clones share them.
#[derive(Debug, Clone, Default)]
pub struct MemoryVault(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    reservation: HashMap<TenantSlug, TenantReservationKey>,
    members: HashMap<(TenantSlug, MemberId), Entry>,
    owners: HashMap<(TenantSlug, KeyId), MemberId>,
}

#[derive(Debug)]
struct Entry {
    id: KeyId,
    key: Option<DataKey>,
    destroyed_at: Option<Timestamp>,
}

impl Entry {
    fn state(&self) -> KeyState {
        self.key.clone().map_or(KeyState::Destroyed, KeyState::Live)
    }
}

impl MemoryVault {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn create(&self, tenant: &TenantSlug, member: MemberId) -> Result<KeyId, VaultError> {
        let mut state = self.state();
        if let Some(entry) = state.members.get(&(tenant.clone(), member)) {
            return entry.key.as_ref().map(DataKey::id).ok_or(VaultError::Erased(member));
        }
        let id = KeyId(secret::random_uuid()?);
        let key = DataKey::new(id, tenant.clone(), member, Secret::random()?);
        state.owners.insert((tenant.clone(), id), member);
        state.members.insert((tenant.clone(), member), Entry { id, key: Some(key), destroyed_at: None });
        Ok(id)
    }

    fn destroy_now(&self, tenant: &TenantSlug, member: MemberId, at: Timestamp) -> Result<Receipt, VaultError> {
        let absent = Entry { id: KeyId(secret::random_uuid()?), key: None, destroyed_at: None };
        let mut state = self.state();
        let entry = state.members.entry((tenant.clone(), member)).or_insert(absent);
        if !cfg!(feature = "sabotage-6") {
            entry.key = None;
        }
        let destroyed_at = *entry.destroyed_at.get_or_insert(at);
        Ok(Receipt { tenant: tenant.clone(), member, key: entry.id, destroyed_at })
    }

    fn reservation_key(&self, tenant: &TenantSlug) -> Result<TenantReservationKey, VaultError> {
        let fresh = TenantReservationKey::new(Secret::random()?);
        Ok(self.state().reservation.entry(tenant.clone()).or_insert(fresh).clone())
    }
}

impl KeySource for MemoryVault {
    fn data_keys<'a>(&'a self, wanted: &'a [(TenantSlug, KeyId)]) -> BoxFuture<'a, Result<Vec<KeyState>, KeyError>> {
        let state = self.state();
        let find = |(tenant, id): &(TenantSlug, KeyId)| {
            let member = *state.owners.get(&(tenant.clone(), *id))?;
            state.members.get(&(tenant.clone(), member)).map(Entry::state)
        };
        Box::pin(ready(Ok(wanted.iter().map(|key| find(key).unwrap_or(KeyState::Unknown)).collect())))
    }

    fn member_key<'a>(&'a self, tenant: &'a TenantSlug, member: MemberId) -> BoxFuture<'a, Result<KeyState, KeyError>> {
        let state = self.state().members.get(&(tenant.clone(), member)).map_or(KeyState::Unknown, Entry::state);
        Box::pin(ready(Ok(state)))
    }
}

impl Keeper for MemoryVault {
    fn create_data_key<'a>(
        &'a self,
        tenant: &'a TenantSlug,
        member: MemberId,
        _at: Timestamp,
    ) -> BoxFuture<'a, Result<KeyId, VaultError>> {
        Box::pin(ready(self.create(tenant, member)))
    }

    fn destroy<'a>(
        &'a self,
        tenant: &'a TenantSlug,
        member: MemberId,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<Receipt, VaultError>> {
        Box::pin(ready(self.destroy_now(tenant, member, at)))
    }

    fn tenant_reservation_key<'a>(
        &'a self,
        tenant: &'a TenantSlug,
    ) -> BoxFuture<'a, Result<TenantReservationKey, VaultError>> {
        Box::pin(ready(self.reservation_key(tenant)))
    }
}
