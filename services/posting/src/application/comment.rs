//! Replying in a thread.

use std::sync::Arc;

use kindred_eventsourcing::{Decider, EventStore, Loaded, Receipt};
use kindred_ids::{CommandId, CommentId, ThreadId, derive_owned_id};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;

use super::locate::comment_key;
use super::{Application, Draft, Place, own_sealer};
use crate::domain::Comment;
use crate::domain::comment::{Command, PostComment, State};

/// What somebody wants to reply.
#[derive(Debug)]
pub struct NewReply {
    /// The client's id of the command.
    pub command_id: CommandId,
    /// In which thread.
    pub thread: ThreadId,
    /// To which reply; none for the thread itself.
    pub parent: Option<CommentId>,
    text: Draft,
}

impl NewReply {
    /// Reads the text.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `text`.
    pub fn read(
        command_id: CommandId,
        thread: ThreadId,
        parent: Option<CommentId>,
        text: &str,
    ) -> Result<Self, ApiError> {
        Ok(Self { command_id, thread, parent, text: Draft::read(text)? })
    }
}

impl<S: EventStore> Application<S> {
    /// Replies in a thread of a community of the caller.
    ///
    /// Once the thread's community is known here, everything that the answer rests on is
    /// asked for at once: standing, the thread, the reply that is answered, and the new
    /// reply itself.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the caller has no standing there, thread or parent are not there,
    /// or the log does not answer.
    #[tracing::instrument(name = "command.comment.post", skip_all, fields(kindred.thread.id = %new.thread))]
    pub async fn reply(&self, caller: &Caller, new: &NewReply) -> Result<(Receipt, CommentId), ApiError> {
        let member = caller.member()?;
        let (tenant, author) = (&member.tenant, member.member);
        let community = self.community_of(tenant, new.thread).await?;
        let context = self.context(caller, new.command_id);
        let actor = &context.actor.0;
        let id = derive_owned_id(tenant.as_str(), actor, new.command_id, Comment::CATEGORY, 0, community.0);
        let key = comment_key(tenant, id);
        let work = async {
            futures::try_join!(
                self.load_thread(tenant, new.thread),
                self.load_parent(caller, new.parent),
                async { Ok(self.executor.load::<Comment>(&key).await?) },
                self.sealer(tenant, author),
                self.resolve(caller, &new.text),
            )
        };
        let (standing, (thread, parent, loaded, sealer, known)) = self.with_standing(caller, community, work).await?;
        let sealer = own_sealer(sealer, standing.key)?;
        let place = Place { tenant, entity: &key, command_id: new.command_id };
        let written = new.text.seal(&sealer, &place, &known, &[])?;
        let command = Command::from(PostComment {
            thread_id: new.thread,
            parent_id: new.parent,
            author,
            typed: written.typed,
            text: written.text,
            mentions: written.mentions,
            at: context.at,
            thread: thread.state.clone(),
            parent: parent.state.clone(),
        });
        let receipt = self.executor.run_from::<Comment>(&key, loaded, &command, &context).await?;
        Ok((receipt, CommentId(id)))
    }

    async fn load_parent(&self, caller: &Caller, parent: Option<CommentId>) -> Result<Arc<Loaded<State>>, ApiError> {
        match parent {
            Some(parent) => self.load_comment(&caller.member()?.tenant, parent.0).await,
            None => Ok(Arc::default()),
        }
    }
}
