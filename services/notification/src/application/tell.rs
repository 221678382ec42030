//! Telling a member of an event: one inbox item and one delivery, each decided once.

use futures::future::try_join3;
use kindred_eventsourcing::{Actor, CommandContext, EventStore, Timestamp};
use kindred_ids::{CommandId, TenantSlug};
use kindred_service_kit::error::ApiError;
use uuid::Uuid;

use super::Application;
use crate::domain::delivery::{self, Delivery, QueueDelivery};
use crate::domain::identity::{delivery_id, delivery_key, inbox_item_id, inbox_item_key};
use crate::domain::inbox_item::{self, AddItem, InboxItem};
use crate::domain::notice::{Channel, Notice, Suppression};

/// Who acts where a reaction does.
const ACTOR: &str = "notification";

/// The event behind a notice.
#[derive(Debug, Clone)]
pub struct Cause {
    /// The command that the reaction makes of it; the same for each read of the event.
    pub command_id: CommandId,
    /// The event.
    pub event: Uuid,
    /// What it belongs to.
    pub correlation: Uuid,
    /// When it happened.
    pub at: Timestamp,
    /// The trace that it belongs to.
    pub trace: Option<String>,
}

impl<S: EventStore> Application<S> {
    /// Tells a member, on every channel that they want; where they are not told, that is
    /// recorded instead. The same event again finds all decided and changes nothing.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the log or the block list does not answer.
    #[tracing::instrument(name = "reaction.notice.tell", skip_all, fields(kindred.event.id = %cause.event))]
    pub async fn tell(&self, tenant: &TenantSlug, notice: &Notice, cause: &Cause) -> Result<(), ApiError> {
        let wants = |channel| self.wants(tenant, notice.member, notice.kind, channel);
        let (blocked, inbox, email) =
            try_join3(self.is_blocked(tenant, notice), wants(Channel::Inbox), wants(Channel::Email)).await?;
        let suppression = |wanted: bool| match (blocked, wanted) {
            (true, _) => Some(Suppression::Blocked),
            (false, false) => Some(Suppression::TurnedOff),
            (false, true) => None,
        };
        for channel in notice.channels() {
            match channel {
                Channel::Inbox => self.add_item(tenant, notice, cause, suppression(inbox)).await?,
                Channel::Email => self.queue_delivery(tenant, notice, cause, suppression(email)).await?,
            }
        }
        Ok(())
    }

    async fn is_blocked(&self, tenant: &TenantSlug, notice: &Notice) -> Result<bool, ApiError> {
        if !notice.kind.is_from_a_peer() {
            return Ok(false);
        }
        self.blocks.either_blocked(tenant, notice.member, notice.actor).await
    }

    async fn add_item(
        &self,
        tenant: &TenantSlug,
        notice: &Notice,
        cause: &Cause,
        suppression: Option<Suppression>,
    ) -> Result<(), ApiError> {
        let key = inbox_item_key(tenant, inbox_item_id(tenant, notice.source, notice.member));
        let command = AddItem { notice: notice.clone(), suppression, at: cause.at };
        self.executor.run::<InboxItem>(&key, &inbox_item::Command::Add(command), &self.caused(cause)).await?;
        Ok(())
    }

    async fn queue_delivery(
        &self,
        tenant: &TenantSlug,
        notice: &Notice,
        cause: &Cause,
        suppression: Option<Suppression>,
    ) -> Result<(), ApiError> {
        let Notice { member, kind, source, .. } = *notice;
        let channel = Channel::Email;
        let key = delivery_key(tenant, delivery_id(tenant, source, member, channel));
        let item = inbox_item_id(tenant, source, member);
        let command = QueueDelivery { member, kind, channel, item, source, suppression, at: cause.at };
        self.executor.run::<Delivery>(&key, &delivery::Command::Queue(command), &self.caused(cause)).await?;
        Ok(())
    }

    fn caused(&self, cause: &Cause) -> CommandContext {
        let context = CommandContext::new(cause.command_id, Actor(ACTOR.to_owned()), self.clock.now());
        CommandContext { trace: cause.trace.clone(), ..context.caused_by(cause.event, cause.correlation) }
    }
}
