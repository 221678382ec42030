//! Reacting to a post.

use kindred_eventsourcing::{Decider, EventStore, Receipt};
use kindred_ids::{CommandId, EntityId, EntityKey};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;

use super::Application;
use crate::domain::reaction::{ClearReaction, Command, SetReaction};
use crate::domain::{Reaction, ReactionKind};

impl<S: EventStore> Application<S> {
    /// Sets the caller's reaction to a post, or takes it back.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the caller has no standing there, the post is not there or was
    /// taken out, or the log does not answer.
    #[tracing::instrument(name = "command.reaction.set", skip_all, fields(kindred.post.id = %post))]
    pub async fn react(
        &self,
        caller: &Caller,
        command_id: CommandId,
        post: EntityId,
        reaction: Option<ReactionKind>,
    ) -> Result<Receipt, ApiError> {
        let claims = caller.member()?;
        let (tenant, member) = (&claims.tenant, claims.member);
        let context = self.context(caller, command_id);
        // A post's id carries its partition, and that is its community's.
        let id = EntityId::keyed(tenant.as_str(), Reaction::CATEGORY, &[post.as_bytes(), member.0.as_bytes()], post);
        let key = EntityKey::new(tenant.clone(), Reaction::CATEGORY, id);
        let (found, loaded) = futures::join!(self.post(caller, tenant, post), self.executor.load::<Reaction>(&key));
        let ((_standing, found), loaded) = (found?, loaded?);
        let (target, at) = (found.target(post)?, context.at);
        let command = match reaction {
            Some(reaction) => Command::from(SetReaction { target, member, reaction, at }),
            None => Command::from(ClearReaction { target, member, at }),
        };
        Ok(self.executor.run_from::<Reaction>(&key, loaded, &command, &context).await?)
    }
}
