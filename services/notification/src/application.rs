//! Use cases: one short function per command, and the worker that sends what is due.
//!
//! # Promises
//!
//! * Whether a member wants to be told is read from the log's leader, never from a
//!   projection: a choice that was acknowledged holds for the very next event.
//! * A mail leaves only while its delivery is due at the leader and this process holds the
//!   lease; what became of it is appended before anything else is done with that delivery.

mod deliver;
mod inbox;
mod ports;
mod preferences;
mod sign_in;
mod tell;
mod worker;

use std::sync::Arc;

use kindred_eventsourcing::{CommandContext, EventStore, Executor};
use kindred_ids::CommandId;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::clock::SharedClock;
use kindred_service_kit::telemetry::trace;

use crate::mail::UnsubscribeKeys;
pub use deliver::{Courier, Outcome, SendPolicy};
pub use ports::{Addresses, Blocks, DueDelivery, Ledger, LedgerError, Post, SendingLease};
pub use sign_in::SignInLink;
pub use tell::Cause;
pub use worker::{Worker, WorkerSettings};

/// The use cases of members, and of the reactions that tell them things.
#[derive(Clone)]
pub struct Application<S> {
    executor: Executor<S>,
    clock: SharedClock,
    blocks: Arc<dyn Blocks>,
    unsubscribe: UnsubscribeKeys,
}

impl<S: EventStore> Application<S> {
    /// Puts the use cases together.
    pub fn new(
        executor: Executor<S>,
        clock: SharedClock,
        blocks: Arc<dyn Blocks>,
        unsubscribe: UnsubscribeKeys,
    ) -> Self {
        Self { executor, clock, blocks, unsubscribe }
    }

    fn context(&self, caller: &Caller, command_id: CommandId) -> CommandContext {
        let mut context = CommandContext::new(command_id, caller.actor(), self.clock.now());
        context.trace = trace::traceparent();
        context
    }
}

#[cfg(test)]
mod tests;
