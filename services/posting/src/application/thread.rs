//! Starting a thread.

use std::collections::HashMap;

use kindred_eventsourcing::{Decider, EventStore, Receipt};
use kindred_ids::{CommandId, CommunityId, ThreadId, derive_owned_id};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;

use super::refusals::community_unknown;
use super::{Application, Draft, Place, draft, field, own_sealer};
use crate::domain::Thread;
use crate::domain::thread::{Command, StartThread};

/// What somebody wants to start.
#[derive(Debug)]
pub struct NewThread {
    /// The client's id of the command.
    pub command_id: CommandId,
    /// Where.
    pub community: CommunityId,
    title: String,
    text: Draft,
}

impl NewThread {
    /// Reads title and text.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` naming the field.
    pub fn read(command_id: CommandId, community: CommunityId, title: &str, text: &str) -> Result<Self, ApiError> {
        Ok(Self { command_id, community, title: draft::title(title)?, text: Draft::read(text)? })
    }
}

impl<S: EventStore> Application<S> {
    /// Starts a thread in a community of the caller.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the caller has no standing there, or the log does not answer.
    #[tracing::instrument(name = "command.thread.start", skip_all, fields(kindred.community.id = %new.community))]
    pub async fn start_thread(&self, caller: &Caller, new: &NewThread) -> Result<(Receipt, ThreadId), ApiError> {
        let member = caller.member()?;
        let (tenant, author) = (&member.tenant, member.member);
        if !new.community.0.is_root_of(tenant.as_str()) {
            return Err(community_unknown());
        }
        let context = self.context(caller, new.command_id);
        let id =
            derive_owned_id(tenant.as_str(), &context.actor.0, new.command_id, Thread::CATEGORY, 0, new.community.0);
        let key = super::locate::thread_key(tenant, id);
        let work = async {
            futures::try_join!(
                async { Ok(self.executor.load::<Thread>(&key).await?) },
                self.sealer(tenant, author),
                self.resolve(caller, &new.text),
            )
        };
        let (standing, (loaded, sealer, known)) = self.with_standing(caller, new.community, work).await?;
        let sealer = own_sealer(sealer, standing.key)?;
        let place = Place { tenant, entity: &key, command_id: new.command_id };
        let written = new.text.seal(&sealer, &place, &known, &[])?;
        let command = Command::from(StartThread {
            thread: ThreadId(id),
            community: new.community,
            author,
            title: place.seal(&sealer, field::TITLE, &new.title)?,
            typed: written.typed,
            text: written.text,
            mentions: written.mentions,
            at: context.at,
        });
        let receipt = self.executor.run_from::<Thread>(&key, loaded, &command, &context).await?;
        Ok((receipt, ThreadId(id)))
    }

    /// The members behind the handles of a text; asks only if there are any.
    pub(super) async fn resolve(
        &self,
        caller: &Caller,
        text: &Draft,
    ) -> Result<HashMap<String, kindred_ids::MemberId>, ApiError> {
        let handles = text.handles();
        if handles.is_empty() {
            return Ok(HashMap::new());
        }
        self.membership.resolve(caller, handles).await
    }
}
