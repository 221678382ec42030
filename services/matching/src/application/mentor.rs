//! A member's offer to mentor others, and the word of staff that they are trained.

use kindred_eventsourcing::{EventStore, Receipt, Timestamp};
use kindred_ids::{CommandId, CommunityId, MemberId};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::bounded_text;

use super::note::{self, ABOUT, Place};
use super::{Application, mentor_key};
use crate::domain::Mentor;
use crate::domain::mentor::{
    Capacity, ChangeCapacity, Command, ConfirmTraining, EnrolMentor, LeaveMentoring, MOST, PauseMentoring, Refusal,
};

/// What somebody offers.
#[derive(Debug)]
pub struct NewOffer {
    command_id: CommandId,
    about: String,
    capacity: Capacity,
}

impl NewOffer {
    /// Reads what they can help with, and how many at once.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `about` or `capacity`.
    pub fn read(command_id: CommandId, about: &str, capacity: u32) -> Result<Self, ApiError> {
        let about = note::plain(about);
        bounded_text(ABOUT, &about, note::LONGEST)?;
        Ok(Self { command_id, about, capacity: self::capacity(capacity)? })
    }
}

fn capacity(places: u32) -> Result<Capacity, ApiError> {
    Capacity::try_new(places).ok_or_else(|| {
        ApiError::invalid("capacity", "CAPACITY_OUT_OF_RANGE", format!("`capacity` must be 1 to {MOST}"))
    })
}

impl<S: EventStore> Application<S> {
    /// The caller offers to mentor, or words the offer anew.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    #[tracing::instrument(name = "command.mentor.enrol", skip_all, fields(kindred.command.id = %new.command_id))]
    pub async fn enrol_mentor(&self, caller: &Caller, new: &NewOffer) -> Result<Receipt, ApiError> {
        let own = caller.member()?;
        let (tenant, member, key) = (&own.tenant, own.member, mentor_key(&own.tenant, own.member));
        let place = Place { tenant, writer: member, key: &key, command_id: new.command_id, field: ABOUT };
        let (about, context) = (self.seal(place, &new.about).await?, self.context(caller, new.command_id));
        let command = EnrolMentor { member, about, capacity: new.capacity, at: context.at };
        Ok(self.executor.run::<Mentor>(&key, &command.into(), &context).await?)
    }

    /// The caller takes this many at once from now on.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; `INVALID_ARGUMENT` on `capacity`.
    #[tracing::instrument(name = "command.mentor.change_capacity", skip_all, fields(kindred.command.id = %command_id))]
    pub async fn change_capacity(
        &self,
        caller: &Caller,
        command_id: CommandId,
        places: u32,
    ) -> Result<Receipt, ApiError> {
        let capacity = capacity(places)?;
        self.change_offer(caller, command_id, |at| ChangeCapacity { capacity, at }.into()).await
    }

    /// The caller takes nobody new, or takes people again.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    #[tracing::instrument(name = "command.mentor.pause", skip_all, fields(kindred.command.id = %command_id))]
    pub async fn pause_mentoring(
        &self,
        caller: &Caller,
        command_id: CommandId,
        paused: bool,
    ) -> Result<Receipt, ApiError> {
        self.change_offer(caller, command_id, |at| PauseMentoring { paused, at }.into()).await
    }

    /// The caller offers nothing any more.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    #[tracing::instrument(name = "command.mentor.leave", skip_all, fields(kindred.command.id = %command_id))]
    pub async fn leave_mentoring(&self, caller: &Caller, command_id: CommandId) -> Result<Receipt, ApiError> {
        self.change_offer(caller, command_id, |at| LeaveMentoring { at }.into()).await
    }

    /// An administrator, or a manager of a community that the mentor belongs to, says that
    /// the mentor is trained.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; `PERMISSION_DENIED` for anybody else.
    #[tracing::instrument(name = "command.mentor.confirm_training", skip_all, fields(kindred.command.id = %command_id))]
    pub async fn confirm_training(
        &self,
        caller: &Caller,
        command_id: CommandId,
        mentor: MemberId,
        community: Option<CommunityId>,
    ) -> Result<Receipt, ApiError> {
        let member = caller.member()?;
        self.acquaintances.must_be_staff(caller, community).await?;
        if let Some(community) = community
            && !self.acquaintances.is_inside(&member.tenant, community, mentor).await?
        {
            return Err(Refusal::NotEnrolled.into());
        }
        let (key, context) = (mentor_key(&member.tenant, mentor), self.context(caller, command_id));
        let command = Command::from(ConfirmTraining { by: member.member, at: context.at });
        Ok(self.executor.run::<Mentor>(&key, &command, &context).await?)
    }

    async fn change_offer(
        &self,
        caller: &Caller,
        command_id: CommandId,
        command: impl FnOnce(Timestamp) -> Command,
    ) -> Result<Receipt, ApiError> {
        let own = caller.member()?;
        let (key, context) = (mentor_key(&own.tenant, own.member), self.context(caller, command_id));
        Ok(self.executor.run::<Mentor>(&key, &command(context.at), &context).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_has_its_bounds() {
        let read = |about: &str, capacity| NewOffer::read(CommandId::derived(&[b"one"]), about, capacity);
        assert_eq!(read(" Diet\r\nand sleep ", 3).expect("an offer").about, "Diet\nand sleep");
        for (about, capacity, field) in [(" ", 3, "about"), ("Diet", 0, "capacity"), ("Diet", 21, "capacity")] {
            assert_eq!(read(about, capacity).expect_err("refused").field(), Some(field));
        }
    }
}
