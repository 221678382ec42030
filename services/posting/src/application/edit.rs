//! Changing a post.

use kindred_eventsourcing::{EventStore, Receipt};
use kindred_ids::{CommandId, EntityId};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;

use super::locate::Post;
use super::{Application, Draft, Place, draft, field, own_sealer};
use crate::domain::comment::{self, EditComment};
use crate::domain::thread::{self, EditThread};
use crate::domain::{Comment, Thread};

/// How somebody wants a post to stand.
#[derive(Debug)]
pub struct Change {
    /// The client's id of the command.
    pub command_id: CommandId,
    /// Which post.
    pub post: EntityId,
    text: Draft,
    title: Option<String>,
}

impl Change {
    /// Reads text and title; an empty title stays as it is.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` naming the field.
    pub fn read(command_id: CommandId, post: EntityId, text: &str, title: &str) -> Result<Self, ApiError> {
        let title = (!title.is_empty()).then(|| draft::title(title)).transpose()?;
        Ok(Self { command_id, post, text: Draft::read(text)?, title })
    }
}

impl<S: EventStore> Application<S> {
    /// Changes a post of the caller.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the caller has no standing there or did not write it, it was taken
    /// out, or the log does not answer.
    #[tracing::instrument(name = "command.post.edit", skip_all, fields(kindred.post.id = %change.post))]
    pub async fn edit_post(&self, caller: &Caller, change: &Change) -> Result<Receipt, ApiError> {
        let member = caller.member()?;
        let (tenant, by) = (&member.tenant, member.member);
        let context = self.context(caller, change.command_id);
        let work = async { futures::try_join!(self.sealer(tenant, by), self.resolve(caller, &change.text)) };
        // A lack of standing is told first, whatever else fails.
        let (found, work) = futures::join!(self.post(caller, tenant, change.post), work);
        let ((standing, post), (sealer, known)) = (found?, work?);
        let sealer = own_sealer(sealer, standing.key)?;
        match post {
            Post::Thread(key, loaded) => {
                let place = Place { tenant, entity: &key, command_id: change.command_id };
                let written = change.text.seal(&sealer, &place, &known, loaded.state.mentions())?;
                let title =
                    change.title.as_deref().map(|title| place.seal(&sealer, field::TITLE, title)).transpose()?;
                let (typed, text, mentions) = (written.typed, written.text, written.mentions);
                let command = thread::Command::from(EditThread { by, title, typed, text, mentions, at: context.at });
                Ok(self.executor.run_from::<Thread>(&key, loaded, &command, &context).await?)
            }
            Post::Comment(key, loaded) => {
                if change.title.is_some() {
                    return Err(ApiError::invalid("title", "TITLE_NOT_FOR_REPLIES", "a reply has no `title`"));
                }
                let place = Place { tenant, entity: &key, command_id: change.command_id };
                let written = change.text.seal(&sealer, &place, &known, loaded.state.mentions())?;
                let (typed, text, mentions) = (written.typed, written.text, written.mentions);
                let command = comment::Command::from(EditComment { by, typed, text, mentions, at: context.at });
                Ok(self.executor.run_from::<Comment>(&key, loaded, &command, &context).await?)
            }
        }
    }
}
