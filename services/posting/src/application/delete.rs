//! Taking a post out.

use kindred_eventsourcing::{EventStore, Receipt, Sealed};
use kindred_ids::{CommandId, EntityId, EntityKey, MemberId, TenantSlug};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;

use super::locate::Post;
use super::{Application, Place, draft, field};
use crate::domain::comment::{self, DeleteComment};
use crate::domain::thread::{self, DeleteThread};
use crate::domain::{Comment, Thread};

/// What somebody wants to take out.
#[derive(Debug)]
pub struct Removal {
    /// The client's id of the command.
    pub command_id: CommandId,
    /// Which post.
    pub post: EntityId,
    reason: Option<String>,
}

impl Removal {
    /// Reads the reason, which only a moderator needs.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `reason`.
    pub fn read(command_id: CommandId, post: EntityId, reason: &str) -> Result<Self, ApiError> {
        Ok(Self { command_id, post, reason: draft::reason(reason)? })
    }
}

/// A moderator's reason under the author's key, as far as there is one.
struct Reason {
    sealed: Option<Sealed>,
    author_erased: bool,
}

impl<S: EventStore> Application<S> {
    /// Takes out a post of the caller or, for moderators, of their community.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the caller has no standing there, neither wrote the post nor
    /// moderates the community, gives no reason, or the log does not answer.
    #[tracing::instrument(name = "command.post.delete", skip_all, fields(kindred.post.id = %removal.post))]
    pub async fn delete_post(&self, caller: &Caller, removal: &Removal) -> Result<Receipt, ApiError> {
        let member = caller.member()?;
        let (tenant, by) = (&member.tenant, member.member);
        let context = self.context(caller, removal.command_id);
        let (standing, post) = self.post(caller, tenant, removal.post).await?;
        let (moderates, at, author) = (standing.moderates(), context.at, post.home()?.author);
        let others = moderates && author != by;
        match post {
            Post::Thread(key, loaded) => {
                let Reason { sealed: reason, author_erased } =
                    self.seal_reason(removal, tenant, &key, author, others).await?;
                let command = thread::Command::from(DeleteThread { by, moderates, reason, author_erased, at });
                Ok(self.executor.run_from::<Thread>(&key, loaded, &command, &context).await?)
            }
            Post::Comment(key, loaded) => {
                let Reason { sealed: reason, author_erased } =
                    self.seal_reason(removal, tenant, &key, author, others).await?;
                let command = comment::Command::from(DeleteComment { by, moderates, reason, author_erased, at });
                Ok(self.executor.run_from::<Comment>(&key, loaded, &command, &context).await?)
            }
        }
    }

    async fn seal_reason(
        &self,
        removal: &Removal,
        tenant: &TenantSlug,
        entity: &EntityKey,
        author: MemberId,
        others: bool,
    ) -> Result<Reason, ApiError> {
        let text = removal.reason.as_deref().filter(|_| others);
        let Some(text) = text else { return Ok(Reason { sealed: None, author_erased: false }) };
        let Some(sealer) = self.sealer(tenant, author).await? else {
            return Ok(Reason { sealed: None, author_erased: true });
        };
        let place = Place { tenant, entity, command_id: removal.command_id };
        Ok(Reason { sealed: Some(place.seal(&sealer, field::REASON, text)?), author_erased: false })
    }
}
