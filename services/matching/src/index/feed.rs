//! Feeds the index from membership's log, from its first commit to its tail.
//!
//! # Promises
//!
//! * The keys of a batch are asked for at once, before any of it takes effect. While they
//!   are not to be had, whoever the batch is about is not found.
//! * An event that matters and cannot be read ends the feed: serving on without it could
//!   show somebody who withdrew.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use kindred_eventsourcing::{Batch, EventStore, KeyId, StoreError};
use kindred_ids::TenantSlug;
use kindred_service_kit::error::chain;
use kindred_vault::{KeyError, KeyRing};
use tokio_util::sync::CancellationToken;

use super::fact::{Fact, facts};
use super::follow::{Take, follow, rest};
use super::logs::by_tenant;
use super::tenant::{Opened, Tenant};
use super::{Index, LogName};

/// Reads a log into an index.
pub struct Feed<S> {
    index: Index,
    store: S,
    keys: Arc<dyn KeyRing>,
}

impl<S: EventStore> Feed<S> {
    /// Reads membership's log, `store`, into `index`; profiles are opened with `keys`.
    pub fn new(index: Index, store: S, keys: Arc<dyn KeyRing>) -> Self {
        Self { index, store, keys }
    }

    /// Feeds until told to stop. `ready` is told once the index has come to where the log
    /// ended at the start.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the log is damaged or an event that matters cannot be read.
    pub async fn run(self, ready: impl Fn(bool), stop: CancellationToken) -> Result<(), StoreError> {
        follow(&self.store, &self, ready, &stop).await
    }
}

impl<S: EventStore> Take for Feed<S> {
    fn position(&self) -> u64 {
        self.index.position()
    }

    async fn take(&self, batch: Batch, stop: &CancellationToken) -> Result<bool, StoreError> {
        let tenants = by_tenant(&self.index, LogName::Membership, &batch, facts)?;
        let mut withheld = false;
        let mut opened = loop {
            match self.opened(&tenants).await {
                Ok(opened) => break opened,
                Err(error) => {
                    tracing::warn!(chain = %chain(&error), "keys are not to be had, profiles are read later");
                    if !std::mem::replace(&mut withheld, true) {
                        self.withhold(&tenants);
                    }
                    if stop.is_cancelled() {
                        return Ok(false);
                    }
                    rest(stop).await;
                }
            }
        };
        let mut changed = Vec::with_capacity(tenants.len());
        for (slug, facts) in tenants {
            let opened = opened.entry(slug.clone()).or_default();
            self.index.change(&slug, |tenant| tenant.apply(facts, opened, batch.position));
            changed.push(self.index.tenant_or_new(&slug));
        }
        self.index.advance(LogName::Membership, batch.position);
        for tenant in changed {
            merge(tenant).await;
        }
        Ok(true)
    }
}

impl<S: EventStore> Feed<S> {
    /// Reads every profile that the facts make findable.
    async fn opened(&self, tenants: &HashMap<TenantSlug, Vec<Fact>>) -> Result<HashMap<TenantSlug, Opened>, KeyError> {
        let mut unread = Vec::new();
        for (slug, facts) in tenants {
            let tenant = self.index.tenant_or_new(slug);
            let tenant = tenant.read().unwrap_or_else(PoisonError::into_inner);
            unread.extend(tenant.unread(facts).into_iter().map(|(member, profile)| (slug.clone(), member, profile)));
        }
        let wanted: HashSet<(TenantSlug, KeyId)> =
            unread.iter().flat_map(|(tenant, _, profile)| profile.keys().map(|key| (tenant.clone(), key))).collect();
        let wanted: Vec<(TenantSlug, KeyId)> = wanted.into_iter().collect();
        let mut opened: HashMap<TenantSlug, Opened> = HashMap::new();
        if wanted.is_empty() && unread.is_empty() {
            return Ok(opened);
        }
        let keys = self.keys.keys(&wanted).await?;
        for (tenant, member, profile) in unread {
            let fields = profile.open(&tenant, member, &keys);
            opened.entry(tenant).or_default().insert((member, profile.command_id), fields);
        }
        Ok(opened)
    }

    fn withhold(&self, tenants: &HashMap<TenantSlug, Vec<Fact>>) {
        for (slug, facts) in tenants {
            self.index.change(slug, |tenant| tenant.withhold(facts));
        }
    }
}

/// Merges those lists of a tenant of which enough changed, beside those who search in them.
pub(super) async fn merge(tenant: Arc<RwLock<Tenant>>) {
    let merges = tenant.write().unwrap_or_else(PoisonError::into_inner).begin_merges();
    for (place, merge) in merges {
        let merged = tokio::task::spawn_blocking(move || merge.run()).await;
        let mut tenant = tenant.write().unwrap_or_else(PoisonError::into_inner);
        match merged {
            Ok(merged) => tenant.adopt(place, merged),
            // A merge that panicked changed nothing; the next one is tried after the next batch.
            Err(_panicked) => tenant.give_up_merge(place),
        }
    }
}
