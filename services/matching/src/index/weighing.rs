//! Weights are fixed in matching's own log when it is time.
//!
//! # Promises
//!
//! * Of several replicas that find it is time, one fixes the table.
//! * A table that was left half fixed is given up, and never holds.

use std::sync::PoisonError;

use kindred_eventsourcing::{Actor, CommandContext, EventStore, ExecuteError, Executor};
use kindred_ids::{CommandId, TenantSlug};
use kindred_service_kit::clock::SharedClock;
use kindred_service_kit::error::chain;

use super::table::Draft;
use super::{Feature, Held, Index, Scale};
use crate::crowd::Crowd;
use crate::domain::Weights;
use crate::domain::weights::{FixWeights, Part, Refusal, weights_key};

impl Index {
    /// What tables of weights are made of that it is time to fix, by tenant.
    #[must_use]
    pub(crate) fn weights_to_fix(&self) -> Vec<(TenantSlug, Draft)> {
        let whole = self.held().into_iter().filter(|held| !self.holding().is_split(&held.slug));
        let due = whole.filter_map(|Held { slug, tenant }| {
            let draft = tenant.read().unwrap_or_else(PoisonError::into_inner).weights_to_fix()?;
            Some((slug, draft))
        });
        due.collect()
    }

    pub(crate) fn weights_are_due(&self, slug: &TenantSlug, scale: Scale, inferring: u32) -> bool {
        self.look(slug, |tenant| tenant.weights_are_due(scale, inferring)).unwrap_or_default()
    }

    pub(crate) fn draft(
        &self,
        slug: &TenantSlug,
        scale: Scale,
        inferring: u32,
        coded: Vec<(Feature, u32)>,
    ) -> Option<Draft> {
        self.look(slug, |tenant| tenant.draft(scale, inferring, coded.into_iter()))
    }
}

/// Fixes weights.
pub struct Weighing<S> {
    crowd: Crowd,
    executor: Executor<S>,
    clock: SharedClock,
}

impl<S: EventStore> Weighing<S> {
    /// Fixes the weights of the tenants of a crowd.
    pub fn new(crowd: impl Into<Crowd>, executor: Executor<S>, clock: SharedClock) -> Self {
        Self { crowd: crowd.into(), executor, clock }
    }

    /// Fixes every table that it is time for; the last sequence that holds one, none if
    /// there was nothing to fix. What fails is told to whoever operates, and is tried again
    /// by the next call.
    pub async fn fix_due(&self) -> Option<u64> {
        let mut last = None;
        let mut due = self.crowd.index().weights_to_fix();
        for tenant in self.crowd.index().holding().split() {
            match self.crowd.weights_to_fix(tenant).await {
                Ok(draft) => due.extend(draft.map(|draft| (tenant.clone(), draft))),
                Err(error) => {
                    tracing::warn!(kindred.tenant.id = %tenant, chain = %chain(&error), "weights are not counted, `{tenant}`");
                }
            }
        }
        for (tenant, draft) in due {
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
