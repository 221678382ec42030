//! Opening a conversation, and leaving it.

use std::sync::Arc;

use kindred_eventsourcing::{Decider, EventStore, Loaded, Receipt};
use kindred_ids::{CommandId, ConversationId, EntityKey, MemberId, TenantSlug};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::{ApiError, ErrorCode};

use super::Application;
use crate::domain::conversation::{
    Command, LeaveConversation, OpenConversation, Permission, Refusal, State, conversation_id,
};
use crate::domain::{Conversation, Pair};

fn conversation_key(tenant: &TenantSlug, id: ConversationId) -> EntityKey {
    EntityKey::new(tenant.clone(), Conversation::CATEGORY, id)
}

impl<S: EventStore> Application<S> {
    /// Opens the one conversation of the caller and another member, or finds it open.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the caller may not act, the two were not introduced, the other
    /// cannot be reached, or a log does not answer.
    #[tracing::instrument(name = "command.conversation.open", skip_all, fields(kindred.member.id = %with))]
    pub async fn open_conversation(
        &self,
        caller: &Caller,
        command_id: CommandId,
        with: MemberId,
    ) -> Result<(Receipt, ConversationId), ApiError> {
        let member = caller.member()?;
        let (tenant, by) = (&member.tenant, member.member);
        let pair = Pair::of(by, with).ok_or(Refusal::Oneself)?;
        let id = conversation_id(tenant, &pair);
        let (key, context) = (conversation_key(tenant, id), self.context(caller, command_id));
        let work = async {
            futures::try_join!(
                self.acquaintances.are_acquainted(caller, by, with),
                self.is_reachable(caller, with),
                self.load_conversation(tenant, id),
            )
        };
        let (_key, (acquainted, reachable, loaded)) = self.with_presence(caller, work).await?;
        let permission = match (acquainted, reachable) {
            (true, true) => Permission::Granted,
            (true, false) => Permission::Unreachable,
            (false, _) => Permission::NotIntroduced,
        };
        let command = Command::from(OpenConversation { by, with, permission, at: context.at });
        let receipt = self.executor.run_from::<Conversation>(&key, loaded, &command, &context).await?;
        Ok((receipt, id))
    }

    /// The caller leaves a conversation.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; `NOT_FOUND` for anybody but the two.
    #[tracing::instrument(name = "command.conversation.leave", skip_all, fields(kindred.conversation.id = %id))]
    pub async fn leave_conversation(
        &self,
        caller: &Caller,
        command_id: CommandId,
        id: ConversationId,
    ) -> Result<Receipt, ApiError> {
        let member = caller.member()?;
        let (key, context) = (conversation_key(&member.tenant, id), self.context(caller, command_id));
        let (_key, loaded) = self.with_presence(caller, self.load_conversation(&member.tenant, id)).await?;
        let command = Command::from(LeaveConversation { by: member.member, at: context.at });
        Ok(self.executor.run_from::<Conversation>(&key, loaded, &command, &context).await?)
    }

    pub(super) async fn load_conversation(
        &self,
        tenant: &TenantSlug,
        id: ConversationId,
    ) -> Result<Arc<Loaded<State>>, ApiError> {
        Ok(self.executor.load::<Conversation>(&conversation_key(tenant, id)).await?)
    }

    /// Whether the caller may write to another member: they are there, and neither has
    /// blocked the other.
    pub(super) async fn is_reachable(&self, caller: &Caller, other: MemberId) -> Result<bool, ApiError> {
        let own = caller.member()?.member;
        let (apart, there) =
            futures::join!(self.membership.are_apart(caller, own, other), self.membership.presence(caller, other));
        match (apart?, there) {
            (apart, Ok(_key)) => Ok(!apart),
            (_, Err(error)) if error.code() == ErrorCode::PermissionDenied => Ok(false),
            (_, Err(error)) => Err(error),
        }
    }
}
