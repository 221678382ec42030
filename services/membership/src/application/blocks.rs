//! Who does not want to meet whom.

use kindred_eventsourcing::{EventStore, Receipt};
use kindred_ids::{CommandId, EntityId, EntityKey, MemberId, TenantSlug};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;

use super::Application;
use super::refusals::member_unknown;
use crate::domain::{block, member};

fn block_key(tenant: &TenantSlug, member: MemberId, blocked: MemberId) -> EntityKey {
    let parts: [&[u8]; 2] = [member.0.as_bytes(), blocked.0.as_bytes()];
    EntityKey::new(tenant.clone(), "block", EntityId::keyed(tenant.as_str(), "block", &parts, member.0))
}

impl<S: EventStore> Application<S> {
    /// The caller no longer wants to meet another member.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn block(&self, caller: &Caller, command_id: CommandId, blocked: MemberId) -> Result<Receipt, ApiError> {
        let (tenant, member) = (caller.tenant()?, caller.member()?.member);
        if self.member(&tenant, blocked).await?.state.standing == member::Standing::Unknown {
            return Err(member_unknown());
        }
        let command = block::Set { member, blocked, at: self.clock.now() };
        let (key, context) = (block_key(&tenant, member, blocked), self.context(caller, command_id));
        Ok(self.executor.run::<block::Block>(&key, &command.into(), &context).await?)
    }

    /// The caller may meet the other member again.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn unblock(
        &self,
        caller: &Caller,
        command_id: CommandId,
        blocked: MemberId,
    ) -> Result<Receipt, ApiError> {
        let (tenant, member) = (caller.tenant()?, caller.member()?.member);
        let command = block::Lift { member, blocked, at: self.clock.now() };
        let (key, context) = (block_key(&tenant, member, blocked), self.context(caller, command_id));
        Ok(self.executor.run::<block::Block>(&key, &command.into(), &context).await?)
    }

    /// Whether either of two members has blocked the other.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the log does not answer.
    pub async fn is_blocked(&self, tenant: &TenantSlug, one: MemberId, other: MemberId) -> Result<bool, ApiError> {
        let keys = (block_key(tenant, one, other), block_key(tenant, other, one));
        let (one, other) = futures::try_join!(
            self.executor.load::<block::Block>(&keys.0),
            self.executor.load::<block::Block>(&keys.1),
        )?;
        Ok(one.state.blocked || other.state.blocked)
    }
}
