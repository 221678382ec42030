//! Use cases: one short function per command, which asks for the caller's standing, reads
//! the clock, seals what is personal, and runs the executor.
//!
//! # Promises
//!
//! * Nothing is written or read for anybody but an active member of the community, as
//!   membership's leader says at that moment.
//! * A conversation is read and written by its two members alone, as long as both may act;
//!   for everybody else, staff too, there is none.
//! * The tenant is the caller's: an id of another tenant is not found.
//! * Entities that an answer rests on are read at the leader, all at once.

mod comment;
mod comparison;
mod conversation;
mod cursor;
mod delete;
mod draft;
mod edit;
mod fusion;
mod locate;
mod meaning;
mod mention;
mod message;
mod opening;
mod page;
pub mod queries;
mod question;
mod react;
mod refusals;
mod standing;
mod thread;

use std::sync::Arc;

use kindred_eventsourcing::{CommandContext, EventStore, Executor, KeyId, Sealed};
use kindred_ids::{CommandId, CommunityId, EntityKey, MemberId, TenantSlug};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::clock::SharedClock;
use kindred_service_kit::error::{ApiError, chain};
use kindred_service_kit::telemetry::trace;
use kindred_vault::{Aad, KeyError, KeyRing, Sealer};

pub use comment::NewReply;
pub use comparison::Comparison;
pub use cursor::Cursor;
pub use delete::Removal;
pub use draft::Draft;
pub use edit::Change;
use locate::Places;
pub use meaning::Meanings;
pub use message::NewMessage;
pub use opening::opening;
pub use page::{Page, PageRequest};
pub use queries::Queries;
pub use question::Question;
pub use standing::{Acquaintances, CommunityRole, Membership, Standing};
pub use thread::NewThread;

/// Names of the sealed fields, part of what their seal is bound to; frozen once released.
pub mod field {
    /// A thread's title.
    pub const TITLE: &str = "title";
    /// A post's or message's text.
    pub const TEXT: &str = "text";
    /// A moderator's reason for taking a post out.
    pub const REASON: &str = "reason";
}

/// The commands of posting over a log.
#[derive(Clone)]
pub struct Application<S> {
    executor: Executor<S>,
    keys: Arc<dyn KeyRing>,
    membership: Arc<dyn Membership>,
    acquaintances: Arc<dyn Acquaintances>,
    clock: SharedClock,
    places: Places,
}

impl<S: EventStore> Application<S> {
    /// Puts the use cases together; `remembered` posts keep their place in memory.
    pub fn new(
        executor: Executor<S>,
        keys: Arc<dyn KeyRing>,
        membership: Arc<dyn Membership>,
        acquaintances: Arc<dyn Acquaintances>,
        clock: SharedClock,
        remembered: u64,
    ) -> Self {
        Self { executor, keys, membership, acquaintances, clock, places: Places::new(remembered) }
    }

    fn context(&self, caller: &Caller, command_id: CommandId) -> CommandContext {
        let mut context = CommandContext::new(command_id, caller.actor(), self.clock.now());
        context.trace = trace::traceparent();
        context
    }

    /// The caller's standing, and whatever else the answer rests on, at the same time. A
    /// lack of standing is told first.
    async fn with_standing<T>(
        &self,
        caller: &Caller,
        community: CommunityId,
        work: impl Future<Output = Result<T, ApiError>> + Send,
    ) -> Result<(Standing, T), ApiError> {
        let (standing, work) = futures::join!(self.membership.standing(caller, community), work);
        Ok((standing?, work?))
    }

    /// The key of the caller, who may act at all, and whatever else the answer rests on, at
    /// the same time. A lack of standing is told first.
    async fn with_presence<T>(
        &self,
        caller: &Caller,
        work: impl Future<Output = Result<T, ApiError>> + Send,
    ) -> Result<(KeyId, T), ApiError> {
        let (key, work) = futures::join!(self.membership.presence(caller, caller.member()?.member), work);
        Ok((key?, work?))
    }

    /// Seals the words of a member; none if they were erased.
    async fn sealer(&self, tenant: &TenantSlug, member: MemberId) -> Result<Option<Sealer>, ApiError> {
        self.keys.sealer(tenant, member).await.map_err(|error| keys_unavailable(&error))
    }
}

/// The author's own sealer, if it goes with the standing that was asked at the same time.
fn own_sealer(sealer: Option<Sealer>, own: KeyId) -> Result<Sealer, ApiError> {
    sealer
        .filter(|sealer| sealer.key().id() == own)
        .ok_or_else(|| ApiError::unavailable("KEYS_UNAVAILABLE", "the key to seal this text with is not to be had now"))
}

/// Where a caller's words are sealed for.
struct Place<'a> {
    tenant: &'a TenantSlug,
    entity: &'a EntityKey,
    command_id: CommandId,
}

impl Place<'_> {
    fn seal(&self, sealer: &Sealer, field: &str, text: &str) -> Result<Sealed, ApiError> {
        let aad = Aad::of(self.tenant, sealer.key().member(), self.entity, self.command_id, field);
        sealer.seal(text, &aad).map_err(|error| ApiError::internal(&error))
    }
}

fn keys_unavailable(error: &KeyError) -> ApiError {
    tracing::warn!(chain = %chain(error), "data keys are not to be had");
    ApiError::unavailable("KEYS_UNAVAILABLE", "the keys to personal text are not to be had now")
}
