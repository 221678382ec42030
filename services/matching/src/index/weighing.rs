//! Weights between the index and matching's own log: fixed when it is time, and taken in
//! wherever they were fixed.
//!
//! # Promises
//!
//! * Of several replicas that find it is time, one fixes the table; the others take it in.
//! * A table that was left half fixed is given up, and never holds.

use std::sync::PoisonError;

use kindred_eventsourcing::{
    Actor, Batch, CommandContext, Contract as _, Decider as _, DecodeError, EventStore, ExecuteError, Executor, Record,
    RecordedCommit, StoreError,
};
use kindred_ids::{CommandId, TenantSlug};
use kindred_service_kit::clock::SharedClock;
use kindred_service_kit::error::chain;
use tokio_util::sync::CancellationToken;

use super::fact::Fact;
use super::follow::{Take, follow};
use super::graph::Wish;
use super::tenant::Opened;
use super::{Index, move_up};
use crate::domain::weights::{Event, FixWeights, Part, Refusal, weights_key};
use crate::domain::{Introduction, Weights, introduction};

/// Takes fixed weights, and who asked to meet whom, into an index.
pub struct WeightsFeed<S> {
    index: Index,
    store: S,
}

impl<S: EventStore> WeightsFeed<S> {
    /// Reads matching's own log, `store`, into `index`.
    pub const fn new(index: Index, store: S) -> Self {
        Self { index, store }
    }

    /// Feeds until told to stop. `ready` is told once the index has come to where the log
    /// ended at the start.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the log is damaged or weights cannot be read.
    pub async fn run(self, ready: impl Fn(bool), stop: CancellationToken) -> Result<(), StoreError> {
        follow(&self.store, &self, ready, &stop).await
    }
}

impl<S: EventStore> Take for WeightsFeed<S> {
    fn position(&self) -> u64 {
        *self.index.0.weights.borrow()
    }

    async fn take(&self, batch: Batch, _stop: &CancellationToken) -> Result<bool, StoreError> {
        for commit in batch.commits.iter().filter(|commit| commit.key.category() == Weights::CATEGORY) {
            let Some(slug) = commit.key.scope().tenant() else { continue };
            for record in &commit.records {
                let unreadable = |source| StoreError::Unreadable { sequence: commit.sequence, source };
                let Event::WeightsFixed { part, .. } = Weights::decode(record).map_err(unreadable)?;
                self.index.tenant_or_new(slug).write().unwrap_or_else(PoisonError::into_inner).fix(part);
            }
        }
        let wishes = super::by_tenant(&batch, |commit| {
            wishes(commit).map_err(|source| StoreError::Unreadable { sequence: commit.sequence, source })
        })?;
        for (slug, wishes) in wishes {
            let tenant = self.index.tenant_or_new(&slug);
            tenant.write().unwrap_or_else(PoisonError::into_inner).observe(wishes, &mut Opened::new());
        }
        move_up(&self.index.0.weights, batch.position);
        Ok(true)
    }
}

/// Who asked to meet whom, and how that stands; the notes are not opened.
fn wishes(commit: &RecordedCommit) -> Result<Vec<Fact>, DecodeError> {
    if commit.key.category() != Introduction::CATEGORY {
        return Ok(Vec::new());
    }
    let wish = |record: &Record| {
        let (from, to, wish) = match Introduction::decode(record)? {
            introduction::Event::IntroductionRequested { from, to, .. } => (from, to, Wish::Open),
            introduction::Event::IntroductionAccepted { from, to, .. } => (from, to, Wish::Granted),
            introduction::Event::IntroductionDeclined { from, to, .. } => (from, to, Wish::Declined),
            introduction::Event::IntroductionWithdrawn { from, to, .. } => (from, to, Wish::Withdrawn),
        };
        Ok(Fact::Wish { from, to, wish })
    };
    commit.records.iter().map(wish).collect()
}

/// Fixes weights.
pub struct Weighing<S> {
    index: Index,
    executor: Executor<S>,
    clock: SharedClock,
}

impl<S: EventStore> Weighing<S> {
    /// Fixes the weights of the tenants of `index`.
    pub const fn new(index: Index, executor: Executor<S>, clock: SharedClock) -> Self {
        Self { index, executor, clock }
    }

    /// Fixes every table that it is time for; the last sequence that holds one, none if
    /// there was nothing to fix. What fails is told to whoever operates, and is tried again
    /// by the next call.
    pub async fn fix_due(&self) -> Option<u64> {
        let mut last = None;
        for (tenant, draft) in self.index.weights_to_fix() {
            // Learning takes a while; whoever serves goes on meanwhile.
            let Ok(parts) = tokio::task::spawn_blocking(|| draft.parts()).await else { continue };
            match self.fix(&tenant, parts).await {
                Ok(sequence) => last = last.max(sequence),
                Err(error) => {
                    tracing::warn!(kindred.tenant.id = %tenant, chain = %chain(&error), "weights are not fixed, `{tenant}`");
                }
            }
        }
        last
    }

    async fn fix(&self, tenant: &TenantSlug, parts: Vec<Part>) -> Result<Option<u64>, ExecuteError<Refusal>> {
        let key = weights_key(tenant);
        let mut last = None;
        for part in parts {
            let command = command_id(tenant, &part);
            let context = CommandContext::new(command, Actor("matching".to_owned()), self.clock.now());
            let fix = FixWeights { part, at: context.at };
            match self.executor.run::<Weights>(&key, &fix.into(), &context).await {
                Ok(receipt) => last = Some(receipt.position.sequence),
                // Another replica was first.
                Err(ExecuteError::Refused(Refusal::OutOfTurn) | ExecuteError::CommandReused(_)) => return Ok(last),
                Err(error) => return Err(error),
            }
        }
        Ok(last)
    }
}

/// The same for every replica that finds the same table at the same position.
fn command_id(tenant: &TenantSlug, part: &Part) -> CommandId {
    let (table, position) = (part.table.to_be_bytes(), part.membership_position.to_be_bytes());
    CommandId::derived(&[b"weights", tenant.as_str().as_bytes(), &table, &part.part.to_be_bytes(), &position])
}
