//! Weights are fixed in matching's own log when it is time.
//!
//! # Promises
//!
//! * Of several replicas that find it is time, one fixes the table.
//! * A table that was left half fixed is given up, and never holds.

use kindred_eventsourcing::{Actor, CommandContext, EventStore, ExecuteError, Executor};
use kindred_ids::{CommandId, TenantSlug};
use kindred_service_kit::clock::SharedClock;
use kindred_service_kit::error::chain;

use super::Index;
use crate::domain::Weights;
use crate::domain::weights::{FixWeights, Part, Refusal, weights_key};

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
