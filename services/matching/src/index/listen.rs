//! Feeds the index from logs of which nothing has to be opened: posting's, and matching's
//! own.
//!
//! # Promises
//!
//! * No text is opened: ids and numbers are read and nothing else.
//! * An event that matters and cannot be read ends the feed.
//! * While a snapshot notes what people did, none of it changes: it stands at one position.

use kindred_eventsourcing::{Batch, DecodeError, EventStore, RecordedCommit, StoreError};
use tokio_util::sync::CancellationToken;

use super::fact::Fact;
use super::feed::merge;
use super::follow::{Take, follow};
use super::logs::by_tenant;
use super::{Index, LogName, own, talk};

/// Takes what such a log tells into an index.
pub struct Listener<S> {
    index: Index,
    store: S,
    log: LogName,
    facts: fn(&RecordedCommit) -> Result<Vec<Fact>, DecodeError>,
}

impl<S: EventStore> Listener<S> {
    /// Reads from posting's log, `store`, who spoke where.
    pub const fn to_posting(index: Index, store: S) -> Self {
        Self { index, store, log: LogName::Posting, facts: talk::facts }
    }

    /// Reads from matching's own log, `store`, what weights were fixed and who asked to meet
    /// whom.
    pub const fn to_own(index: Index, store: S) -> Self {
        Self { index, store, log: LogName::Matching, facts: own::facts }
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

impl<S: EventStore> Take for Listener<S> {
    fn position(&self) -> u64 {
        self.index.position_in(self.log)
    }

    async fn take(&self, batch: Batch, _stop: &CancellationToken) -> Result<bool, StoreError> {
        let facts = by_tenant(&self.index, self.log, &batch, self.facts)?;
        let mut changed = Vec::with_capacity(facts.len());
        let hearing = self.index.0.hearing.lock().await;
        for (slug, facts) in facts {
            self.index.change(&slug, |tenant| tenant.hear(self.log, facts, batch.position));
            changed.push(self.index.tenant_or_new(&slug));
        }
        self.index.advance(self.log, batch.position);
        drop(hearing);
        for tenant in changed {
            merge(tenant).await;
        }
        Ok(true)
    }
}
