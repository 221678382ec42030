//! Use cases: one short function per command, which asks what the two people's log says at
//! its leader, reads the clock, seals what is personal, and runs the executor.
//!
//! # Promises
//!
//! * Nobody is introduced to somebody who blocked them, withdrew, was suspended or erased
//!   before the command: both are looked up at the head of membership's log.
//! * The tenant is the caller's: an id of another tenant is not found.
//! * No answer to the one who asked depends on whether the other declined.

mod acquainted;
mod answer;
mod check_in;
mod cursor;
mod exposure;
mod find;
mod list;
mod mentor;
mod mentors;
mod note;
mod pairing;
mod pairings;
mod refusals;
mod release;
mod request;
mod round;
mod rounds;
mod wait;
mod withdraw;

use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, try_join_all};
use kindred_eventsourcing::{
    Actor, CommandContext, Decider, EventStore, Executor, Receipt, ReservationKey, ReservationTail, StoreError,
    Timestamp,
};
use kindred_ids::{CommandId, CommunityId, EntityKey, IntroductionId, MemberId, PairingId, RoundId, Scope, TenantSlug};
use kindred_service_kit::caller::{Caller, TenantRole};
use kindred_service_kit::clock::SharedClock;
use kindred_service_kit::error::{ApiError, chain};
use kindred_service_kit::telemetry::trace;
use kindred_vault::{KeyError, KeyRing};
use uuid::Uuid;

use crate::crowd::Crowd;
use crate::domain::discretion::Discreet;
use crate::domain::mentor::mentor_id;
use crate::domain::mentor_wait::mentor_wait_id;
use crate::domain::{Introduction, Mentor, MentorWait, Pairing, Round};
use crate::index::{Acquaintance, Index};
pub use check_in::NewCheckIn;
pub use cursor::Cursor;
pub use find::{People, Writing};
pub use list::{Introductions, Page, PageRequest};
pub use mentor::NewOffer;
pub use mentors::{FreeMentor, Loads, Mentors, Queue, Restraint};
pub use note::{ABOUT, NOTE};
pub use pairings::Pairings;
pub use release::Release;
pub use request::Question;
pub use rounds::{Rhythm, Rounds};

/// What matching asks of membership, in the caller's name.
pub trait Membership: Send + Sync + 'static {
    /// Whether either of two members has blocked the other, from the log's leader.
    fn are_apart<'a>(
        &'a self,
        caller: &'a Caller,
        one: MemberId,
        other: MemberId,
    ) -> BoxFuture<'a, Result<bool, ApiError>>;

    /// Whether the caller manages a community now, from the log's leader.
    fn manages<'a>(&'a self, caller: &'a Caller, community: CommunityId) -> BoxFuture<'a, Result<bool, ApiError>>;
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
    crowd: Crowd,
    log: Arc<dyn Head>,
    membership: Arc<dyn Membership>,
    patience: Duration,
}

impl Acquaintances {
    /// Looks people up in the crowd's index, once it has come to the end of membership's `log`, which
    /// may take `patience`.
    #[must_use]
    pub fn new(
        crowd: impl Into<Crowd>,
        log: Arc<dyn Head>,
        membership: Arc<dyn Membership>,
        patience: Duration,
    ) -> Self {
        let crowd = crowd.into();
        Self { index: crowd.index().clone(), crowd, log, membership, patience }
    }

    /// What stands between the caller and another member at this moment.
    async fn between(&self, caller: &Caller, other: MemberId) -> Result<Acquaintance, ApiError> {
        let member = caller.member()?;
        let (apart, ()) =
            futures::try_join!(self.membership.are_apart(caller, member.member, other), self.caught_up())?;
        let known = self.index.acquaintance(&member.tenant, member.member, other);
        Ok(Acquaintance { reachable: known.reachable && !apart, ..known })
    }

    /// Whether two members can meet at this moment, for who acts in nobody's name: blocks are
    /// in the log that the index has come to the end of.
    async fn can_meet(&self, tenant: &TenantSlug, one: MemberId, other: MemberId) -> Result<bool, ApiError> {
        self.caught_up().await?;
        Ok(self.index.acquaintance(tenant, one, other).reachable)
    }

    /// Refuses whoever neither runs the tenant nor manages `community`.
    async fn must_be_staff(&self, caller: &Caller, community: Option<CommunityId>) -> Result<(), ApiError> {
        if caller.has_role(TenantRole::Administrator) {
            return Ok(());
        }
        match community {
            Some(community) if self.membership.manages(caller, community).await? => Ok(()),
            Some(_) | None => {
                let message = "only administrators and those who manage a community may do this";
                Err(ApiError::denied("MENTOR_STAFF_ONLY", message))
            }
        }
    }

    /// Whether a member is active in a community at this moment.
    async fn is_inside(&self, tenant: &TenantSlug, community: CommunityId, member: MemberId) -> Result<bool, ApiError> {
        self.caught_up().await?;
        Ok(self.index.is_inside(tenant, community, member))
    }

    /// Waits until the index has come to where the log ends now.
    async fn caught_up(&self) -> Result<(), ApiError> {
        let head = self.log.head().await?;
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
    limits: Limits,
    clock: SharedClock,
}

/// How often one may do something.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many people a member may ask to meet in a day, by UTC.
    pub introductions_a_day: u32,
}

impl<S: EventStore> Application<S> {
    /// Puts the use cases together.
    pub fn new(
        executor: Executor<S>,
        keys: Arc<dyn KeyRing>,
        acquaintances: Acquaintances,
        limits: Limits,
        clock: SharedClock,
    ) -> Self {
        Self { executor, keys, acquaintances, limits, clock }
    }

    /// Who holds these reservations, as the log's leader says.
    async fn reserved(
        &self,
        tenant: &TenantSlug,
        reservations: impl Iterator<Item = ReservationKey>,
    ) -> Result<Vec<ReservationTail>, ApiError> {
        let scope = Scope::from(tenant.clone());
        let keys: Vec<EntityKey> = reservations.map(|reservation| reservation.entity(&scope)).collect();
        let tails = try_join_all(keys.iter().map(|key| self.executor.store().tail(key))).await?;
        let holders = tails.iter().map(|tail| ReservationTail::read(tail.as_ref()));
        holders.collect::<Result<_, _>>().map_err(|error| ApiError::internal(&error))
    }

    fn context(&self, caller: &Caller, command_id: CommandId) -> CommandContext {
        let mut context = CommandContext::new(command_id, caller.actor(), self.clock.now());
        context.trace = trace::traceparent();
        context
    }
}

/// The event that the platform acts on.
#[derive(Debug, Clone)]
pub struct Cause {
    /// The event.
    pub event: Uuid,
    /// What it belongs to.
    pub correlation: Uuid,
    /// When it became true.
    pub at: Timestamp,
    /// The id of the first command that it leads to; others derive from it.
    pub command_id: CommandId,
}

impl Cause {
    /// A command of the platform's own. Its id is the same whenever the event is read;
    /// `parts` tell the commands of one event apart.
    fn context(&self, parts: &[&[u8]]) -> CommandContext {
        let own = self.command_id.as_uuid();
        let parts: Vec<&[u8]> = [own.as_bytes().as_slice()].into_iter().chain(parts.iter().copied()).collect();
        CommandContext::new(CommandId::derived(&parts), platform(), self.at).caused_by(self.event, self.correlation)
    }
}

/// Who acts where no member does.
fn platform() -> Actor {
    Actor("matching".to_owned())
}

/// A receipt as the one who asked may see it: its version does not count a decline.
fn for_asker(receipt: Receipt, state: &impl Discreet) -> Receipt {
    Receipt { version: state.version_for_asker(receipt.version), ..receipt }
}

fn introduction_key(tenant: &TenantSlug, id: IntroductionId) -> EntityKey {
    EntityKey::new(tenant.clone(), Introduction::CATEGORY, id)
}

fn mentor_key(tenant: &TenantSlug, member: MemberId) -> EntityKey {
    EntityKey::new(tenant.clone(), Mentor::CATEGORY, mentor_id(tenant, member))
}

fn wait_key(tenant: &TenantSlug, member: MemberId) -> EntityKey {
    EntityKey::new(tenant.clone(), MentorWait::CATEGORY, mentor_wait_id(tenant, member))
}

fn round_key(tenant: &TenantSlug, id: RoundId) -> EntityKey {
    EntityKey::new(tenant.clone(), Round::CATEGORY, id)
}

fn pairing_key(tenant: &TenantSlug, id: PairingId) -> EntityKey {
    EntityKey::new(tenant.clone(), Pairing::CATEGORY, id)
}

fn keys_unavailable(error: &KeyError) -> ApiError {
    tracing::warn!(chain = %chain(error), "data keys are not to be had");
    ApiError::unavailable("KEYS_UNAVAILABLE", "the keys to personal text are not to be had now")
}
