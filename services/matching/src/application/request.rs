//! Asking to meet somebody.

use kindred_eventsourcing::{EventStore, ExecuteError, Receipt, ReservationTail, Timestamp};
use kindred_ids::{CommandId, EntityKey, IntroductionId, MemberId, TenantSlug};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;

use super::note::{self, NOTE, Place};
use super::{Application, for_asker, introduction_key};
use crate::domain::Introduction;
use crate::domain::introduction::{Command, Permission, Refusal, RequestIntroduction, introduction_id, turn_key};
use crate::index::Acquaintance;

/// What somebody asks.
#[derive(Debug)]
pub struct Question {
    /// The client's id of the command.
    pub command_id: CommandId,
    /// Whom they ask.
    pub to: MemberId,
    pub(super) note: Option<String>,
}

impl Question {
    /// Reads the note; a blank one is none.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `note` if it is too long or holds a control character.
    pub fn read(command_id: CommandId, to: MemberId, note: &str) -> Result<Self, ApiError> {
        Ok(Self { command_id, to, note: note::read(note)? })
    }

    /// Where its note is to stand.
    pub(super) fn place<'a>(&self, tenant: &'a TenantSlug, writer: MemberId, key: &'a EntityKey) -> Place<'a> {
        Place { tenant, writer, key, command_id: self.command_id, field: NOTE }
    }
}

impl<S: EventStore> Application<S> {
    /// Asks to meet another member of the caller's tenant.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; `NOT_FOUND` alike for whoever cannot be met, whatever the reason.
    #[tracing::instrument(name = "command.introduction.request", skip_all, fields(kindred.command.id = %new.command_id))]
    pub async fn request_introduction(
        &self,
        caller: &Caller,
        new: &Question,
    ) -> Result<(Receipt, IntroductionId), ApiError> {
        let member = caller.member()?;
        let (tenant, from) = (&member.tenant, member.member);
        let id = introduction_id(tenant, from, new.to);
        let key = introduction_key(tenant, id);
        let (between, note, loaded) = futures::try_join!(
            self.acquaintances.between(caller, new.to),
            self.seal_note(new.place(tenant, from, &key), new.note.as_deref()),
            async { Ok(self.executor.load::<Introduction>(&key).await?) },
        )?;
        let (context, permission) = (self.context(caller, new.command_id), permission(between));
        let mut outcome = Err(ExecuteError::Refused(Refusal::TurnTaken));
        for _ in 0..self.limits.introductions_a_day {
            let (note, tenant, at) = (note.clone(), tenant.clone(), context.at);
            let turn = self.free_turn(&tenant, from, at).await?;
            let command = RequestIntroduction { from, to: new.to, note, permission, tenant, turn, at };
            let command = Command::from(command);
            outcome = self.executor.run_through::<Introduction>(&key, loaded.clone(), &command, &context).await;
            if !matches!(outcome, Err(ExecuteError::Refused(Refusal::TurnTaken))) {
                break;
            }
        }
        let (receipt, loaded) = outcome?;
        Ok((for_asker(receipt, &loaded.state), id))
    }

    /// The first question of the day that a member has not put yet; none if they put all.
    async fn free_turn(&self, tenant: &TenantSlug, from: MemberId, at: Timestamp) -> Result<Option<u32>, ApiError> {
        let turns = 1..=self.limits.introductions_a_day;
        let turns = self.reserved(tenant, turns.map(|turn| turn_key(tenant, from, at, turn))).await?;
        Ok(turns.iter().position(|turn| *turn == ReservationTail::Free).map(|free| free as u32 + 1))
    }
}

const fn permission(between: Acquaintance) -> Permission {
    match between {
        Acquaintance { one_consents: false, .. } => Permission::OwnConsentMissing,
        Acquaintance { other_consents: true, reachable: true, .. } => Permission::Granted,
        Acquaintance { .. } => Permission::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::member;

    fn read(note: &str) -> Result<Question, ApiError> {
        Question::read(CommandId::derived(&[b"one"]), member(1), note)
    }

    #[test]
    fn a_note_has_its_bounds() {
        assert_eq!(read(" \r\n ").expect("none").note, None);
        assert_eq!(read("Hello\r\nyou ").expect("a note").note.as_deref(), Some("Hello\nyou"));
        assert!(read(&"ä".repeat(note::LONGEST)).is_ok());
        for (note, reason) in
            [("ä".repeat(note::LONGEST + 1), "TEXT_TOO_LONG"), ("bell \u{7}.".to_owned(), "TEXT_CONTROL_CHARACTER")]
        {
            let error = read(&note).expect_err("refused");
            assert_eq!((error.field(), error.reason()), (Some("note"), reason));
        }
    }

    #[test]
    fn only_whoever_can_be_met_is_asked() {
        let all = Acquaintance { one_consents: true, other_consents: true, reachable: true };
        assert_eq!(permission(all), Permission::Granted);
        assert_eq!(permission(Acquaintance { one_consents: false, ..all }), Permission::OwnConsentMissing);
        assert_eq!(permission(Acquaintance { other_consents: false, ..all }), Permission::Refused);
        assert_eq!(permission(Acquaintance { reachable: false, ..all }), Permission::Refused);
    }
}
