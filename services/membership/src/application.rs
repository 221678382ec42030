//! Use cases: one short function per command, which checks who asks, reads the clock,
//! seals what is personal, and runs the executor.
//!
//! # Promises
//!
//! * The tenant is the caller's; a request may name one only where the caller has none.
//! * A data key is in the vault before the first event that uses it.
//! * Every refusal rests on the leader's tail.

mod blocks;
mod communities;
mod input;
mod members;
mod memberships;
pub(crate) mod refusals;
mod sign_in;
mod standing;
mod tenancy;

use std::sync::Arc;

use futures::future::BoxFuture;
use kindred_eventsourcing::{CommandContext, EventStore, Executor, Loaded, Sealed, Timestamp};
use kindred_ids::{CommandId, EntityKey, MemberId, TenantSlug};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::clock::SharedClock;
use kindred_service_kit::error::ApiError;
use kindred_vault::{Aad, Keeper, KeyRing, Sealer};

use crate::domain::{member, tenant};
pub use input::{Email, Handle, ProfileEntry};
pub use members::{Address, NewMember, certificate, profile_field_name};
pub use sign_in::{Resolved, SignInSettings, Token};
pub use standing::Standing;

/// Sends a raw sign-in link, which no log holds.
pub trait LinkSender: Send + Sync + 'static {
    /// Hands the link over; retried by whoever asks again.
    fn send<'a>(&'a self, link: SignInMail<'a>) -> BoxFuture<'a, Result<(), ApiError>>;
}

/// What a sign-in mail needs.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct SignInMail<'a> {
    pub command_id: CommandId,
    pub tenant: &'a TenantSlug,
    pub member: MemberId,
    pub token: &'a str,
    pub expires_at: Timestamp,
}

/// The use cases of membership over a log.
#[derive(Clone)]
pub struct Application<S> {
    pub(crate) executor: Executor<S>,
    pub(crate) keeper: Arc<dyn Keeper>,
    pub(crate) keys: Arc<dyn KeyRing>,
    pub(crate) clock: SharedClock,
    pub(crate) links: Arc<dyn LinkSender>,
    pub(crate) sign_in: SignInSettings,
    pub(crate) background: tokio_util::task::TaskTracker,
}

impl<S: EventStore> Application<S> {
    /// Puts the use cases together.
    pub fn new(
        executor: Executor<S>,
        keeper: Arc<dyn Keeper>,
        keys: Arc<dyn KeyRing>,
        clock: SharedClock,
        links: Arc<dyn LinkSender>,
        sign_in: SignInSettings,
    ) -> Self {
        let background = tokio_util::task::TaskTracker::new();
        Self { executor, keeper, keys, clock, links, sign_in, background }
    }

    /// Waits for sign-in mails under way; no new ones are begun.
    pub async fn drain(&self) {
        self.background.close();
        self.background.wait().await;
    }

    fn context(&self, caller: &Caller, command_id: CommandId) -> CommandContext {
        let mut context = CommandContext::new(command_id, caller.actor(), self.clock.now());
        context.trace = kindred_service_kit::telemetry::trace::traceparent();
        context
    }

    async fn tenant(&self, tenant: &TenantSlug) -> Result<Arc<Loaded<tenant::State>>, ApiError> {
        Ok(self.executor.load::<tenant::Tenant>(&tenant_key(tenant)).await?)
    }

    async fn member(&self, tenant: &TenantSlug, member: MemberId) -> Result<Arc<Loaded<member::State>>, ApiError> {
        Ok(self.executor.load::<member::Member>(&member_key(tenant, member)).await?)
    }

    /// Seals words of a member for a field of an event.
    async fn seal(
        &self,
        tenant: &TenantSlug,
        member: MemberId,
        entity: &EntityKey,
        command_id: CommandId,
        texts: &[(&str, &str)],
    ) -> Result<Vec<Sealed>, ApiError> {
        let sealer = self.sealer(tenant, member).await?;
        let aad = Aad::of(tenant, member, entity, command_id, "");
        let sealed = texts.iter().map(|(field, text)| sealer.seal(text, &aad.field(field)));
        sealed.collect::<Result<_, _>>().map_err(|error| ApiError::internal(&error))
    }

    async fn sealer(&self, tenant: &TenantSlug, member: MemberId) -> Result<Sealer, ApiError> {
        let sealer = self.keys.sealer(tenant, member).await.map_err(|error| keys_unavailable(&error))?;
        sealer.ok_or_else(|| ApiError::not_found("MEMBER_UNKNOWN", "there is no such member"))
    }
}

pub(crate) fn keys_unavailable(error: &dyn std::error::Error) -> ApiError {
    tracing::warn!(error = %error, "keys are not to be had");
    ApiError::unavailable("KEYS_UNAVAILABLE", "the keys to personal text are not to be had now")
}

pub(crate) fn tenant_key(tenant: &TenantSlug) -> EntityKey {
    EntityKey::named(tenant.clone(), "tenant", tenant.as_str())
}

pub(crate) fn member_key(tenant: &TenantSlug, member: MemberId) -> EntityKey {
    EntityKey::new(tenant.clone(), "member", member)
}
