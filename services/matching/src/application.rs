//! Use cases: one short function per command, which asks what the two people's log says at
//! its leader, reads the clock, seals what is personal, and runs the executor.
//!
//! # Promises
//!
//! * Nobody is introduced to somebody who blocked them, withdrew, was suspended or erased
//!   before the command: both are looked up at the head of membership's log.
//! * The tenant is the caller's: an id of another tenant is not found.
//! * No answer to the one who asked depends on whether the other declined.

mod answer;
mod cursor;
mod find;
mod list;
mod refusals;
mod request;
mod withdraw;

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use kindred_eventsourcing::{CommandContext, Decider, EventStore, Executor, Receipt, StoreError};
use kindred_ids::{CommandId, EntityKey, IntroductionId, MemberId, TenantSlug};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::clock::SharedClock;
use kindred_service_kit::error::{ApiError, chain};
use kindred_service_kit::telemetry::trace;
use kindred_vault::{KeyError, KeyRing};

use crate::domain::Introduction;
use crate::index::{Acquaintance, Index};
pub use cursor::Cursor;
pub use find::People;
pub use list::{Introductions, PageRequest};
pub use request::NewIntroduction;

/// The name of the sealed note, part of what its seal is bound to; frozen once released.
pub const NOTE: &str = "note";

/// What matching asks of membership, in the caller's name.
pub trait Blocks: Send + Sync + 'static {
    /// Whether either of two members has blocked the other, from the log's leader.
    fn are_apart<'a>(
        &'a self,
        caller: &'a Caller,
        one: MemberId,
        other: MemberId,
    ) -> BoxFuture<'a, Result<bool, ApiError>>;
}

/// Where membership's log ends now, as its leader knows it.
pub trait Head: Send + Sync + 'static {
    /// The last sequence.
    fn head(&self) -> BoxFuture<'_, Result<u64, StoreError>>;
}

impl<S: EventStore> Head for S {
    fn head(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(EventStore::head(self))
    }
}

/// What matching knows of people: its index, and whom it asks to be sure.
#[derive(Clone)]
pub struct Acquaintances {
    index: Index,
    membership: Arc<dyn Head>,
    blocks: Arc<dyn Blocks>,
    patience: Duration,
}

impl Acquaintances {
    /// Looks people up in `index`, once it has come to the end of `membership`'s log, which
    /// may take `patience`.
    #[must_use]
    pub fn new(index: Index, membership: Arc<dyn Head>, blocks: Arc<dyn Blocks>, patience: Duration) -> Self {
        Self { index, membership, blocks, patience }
    }

    /// What stands between the caller and another member at this moment.
    async fn between(&self, caller: &Caller, other: MemberId) -> Result<Acquaintance, ApiError> {
        let member = caller.member()?;
        let (apart, ()) = futures::try_join!(self.blocks.are_apart(caller, member.member, other), self.caught_up())?;
        let known = self.index.acquaintance(&member.tenant, member.member, other);
        Ok(Acquaintance { reachable: known.reachable && !apart, ..known })
    }

    /// Waits until the index has come to where the log ends now.
    async fn caught_up(&self) -> Result<(), ApiError> {
        let head = self.membership.head().await?;
        if self.index.reached(head, self.patience).await {
            return Ok(());
        }
        let message = "matching has not come to the end of membership's log yet; ask again";
        Err(ApiError::unavailable("INDEX_BEHIND", message).with_retry_after(Duration::from_millis(500)))
    }
}

/// The commands of matching over a log.
#[derive(Clone)]
pub struct Application<S> {
    executor: Executor<S>,
    keys: Arc<dyn KeyRing>,
    acquaintances: Acquaintances,
    clock: SharedClock,
}

impl<S: EventStore> Application<S> {
    /// Puts the use cases together.
    pub fn new(
        executor: Executor<S>,
        keys: Arc<dyn KeyRing>,
        acquaintances: Acquaintances,
        clock: SharedClock,
    ) -> Self {
        Self { executor, keys, acquaintances, clock }
    }

    fn context(&self, caller: &Caller, command_id: CommandId) -> CommandContext {
        let mut context = CommandContext::new(command_id, caller.actor(), self.clock.now());
        context.trace = trace::traceparent();
        context
    }

    /// A receipt as the one who asked may see it: its version does not count a decline.
    async fn for_asker(&self, key: &EntityKey, receipt: Receipt) -> Result<Receipt, ApiError> {
        let loaded = self.executor.load::<Introduction>(key).await?;
        Ok(Receipt { version: loaded.state.version_for_asker(receipt.version), ..receipt })
    }
}

fn introduction_key(tenant: &TenantSlug, id: IntroductionId) -> EntityKey {
    EntityKey::new(tenant.clone(), Introduction::CATEGORY, id)
}

fn keys_unavailable(error: &KeyError) -> ApiError {
    tracing::warn!(chain = %chain(error), "data keys are not to be had");
    ApiError::unavailable("KEYS_UNAVAILABLE", "the keys to personal text are not to be had now")
}
