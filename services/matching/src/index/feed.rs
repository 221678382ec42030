//! Feeds the index from membership's log, from its first commit to its tail.
//!
//! # Promises
//!
//! * The keys of a batch are asked for at once, before any of it takes effect. While they
//!   are not to be had, whoever the batch is about is not found.
//! * An event that matters and cannot be read ends the feed: serving on without it could
//!   show somebody who withdrew.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use kindred_eventsourcing::{Batch, EventStore, KeyId, LogReader, StoreError};
use kindred_ids::TenantSlug;
use kindred_service_kit::error::chain;
use kindred_vault::{KeyError, KeyRing};
use tokio_util::sync::CancellationToken;

use super::Index;
use super::fact::{Fact, facts};
use super::tenant::Opened;

/// How many commits are taken in at once.
const BATCH: usize = 2_000;
/// How long the reader waits for a first commit.
const WAIT: Duration = Duration::from_millis(500);
/// How long it waits before it asks again for what was not to be had.
const AGAIN: Duration = Duration::from_millis(200);

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
        let Some(head) = self.persist(&stop, || self.store.head()).await? else { return Ok(()) };
        let Some(mut reader) = self.open(&stop).await? else { return Ok(()) };
        ready(self.index.position() >= head);
        loop {
            let batch = tokio::select! {
                batch = reader.next(BATCH, WAIT) => batch,
                () = stop.cancelled() => return Ok(()),
            };
            match batch {
                Ok(batch) => {
                    if !self.take(batch, &stop).await? {
                        return Ok(());
                    }
                    ready(self.index.position() >= head);
                }
                Err(error @ StoreError::Unavailable { .. }) => {
                    tracing::warn!(chain = %chain(&error), "membership's log does not answer, matches may be late");
                    rest(&stop).await;
                    let Some(again) = self.open(&stop).await? else { return Ok(()) };
                    reader = again;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn open(&self, stop: &CancellationToken) -> Result<Option<S::Reader>, StoreError> {
        self.persist(stop, || self.store.reader(self.index.position(), None)).await
    }

    /// Asks the log until it answers; none if told to stop.
    async fn persist<T, F: Future<Output = Result<T, StoreError>>>(
        &self,
        stop: &CancellationToken,
        ask: impl Fn() -> F,
    ) -> Result<Option<T>, StoreError> {
        loop {
            match ask().await {
                Ok(answer) => return Ok(Some(answer)),
                Err(StoreError::Unavailable { .. }) if !stop.is_cancelled() => rest(stop).await,
                Err(StoreError::Unavailable { .. }) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes a batch in; false if told to stop before that.
    async fn take(&self, batch: Batch, stop: &CancellationToken) -> Result<bool, StoreError> {
        let mut tenants: HashMap<TenantSlug, Vec<Fact>> = HashMap::new();
        for commit in &batch.commits {
            let Some(tenant) = commit.key.scope().tenant() else { continue };
            let facts = facts(commit).map_err(|source| StoreError::Unreadable { sequence: commit.sequence, source })?;
            if !facts.is_empty() {
                tenants.entry(tenant.clone()).or_default().extend(facts);
            }
        }
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
        for (slug, facts) in tenants {
            let opened = opened.entry(slug.clone()).or_default();
            let tenant = self.index.tenant_or_new(&slug);
            tenant.write().unwrap_or_else(PoisonError::into_inner).apply(facts, opened, batch.position);
        }
        self.index.advance(batch.position);
        Ok(true)
    }

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
            self.index.tenant_or_new(slug).write().unwrap_or_else(PoisonError::into_inner).withhold(facts);
        }
    }
}

async fn rest(stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(AGAIN) => {}
        () = stop.cancelled() => {}
    }
}
