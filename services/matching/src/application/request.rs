//! Asking to meet somebody.

use kindred_eventsourcing::{EventStore, Receipt, Sealed};
use kindred_ids::{CommandId, EntityKey, IntroductionId, MemberId, TenantSlug};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::optional_text;
use kindred_vault::Aad;

use super::{Application, NOTE, introduction_key, keys_unavailable};
use crate::domain::Introduction;
use crate::domain::introduction::{Command, Permission, RequestIntroduction, introduction_id};
use crate::index::Acquaintance;

/// Longest note, in characters.
pub const LONGEST_NOTE: usize = 500;

/// What somebody asks.
#[derive(Debug)]
pub struct NewIntroduction {
    /// The client's id of the command.
    pub command_id: CommandId,
    /// Whom they want to meet.
    pub to: MemberId,
    note: Option<String>,
}

impl NewIntroduction {
    /// Reads the note; a blank one is none.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `note` if it is too long or holds a control character.
    pub fn read(command_id: CommandId, to: MemberId, note: &str) -> Result<Self, ApiError> {
        // A form sends line ends as two characters; they mean one.
        let note = note.replace("\r\n", "\n");
        let note = optional_text("note", note.trim(), LONGEST_NOTE)?;
        Ok(Self { command_id, to, note: (!note.is_empty()).then(|| note.to_owned()) })
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
        new: &NewIntroduction,
    ) -> Result<(Receipt, IntroductionId), ApiError> {
        let member = caller.member()?;
        let (tenant, from) = (&member.tenant, member.member);
        let id = introduction_id(tenant, from, new.to);
        let key = introduction_key(tenant, id);
        let (between, note, loaded) = futures::try_join!(
            self.acquaintances.between(caller, new.to),
            self.note(tenant, from, &key, new),
            async { Ok(self.executor.load::<Introduction>(&key).await?) },
        )?;
        let context = self.context(caller, new.command_id);
        let permission = permission(between);
        let command = Command::from(RequestIntroduction { from, to: new.to, note, permission, at: context.at });
        let receipt = self.executor.run_from::<Introduction>(&key, loaded, &command, &context).await?;
        Ok((self.for_asker(&key, receipt).await?, id))
    }

    async fn note(
        &self,
        tenant: &TenantSlug,
        from: MemberId,
        key: &EntityKey,
        new: &NewIntroduction,
    ) -> Result<Option<Sealed>, ApiError> {
        let Some(note) = &new.note else { return Ok(None) };
        let sealer = self.keys.sealer(tenant, from).await.map_err(|error| keys_unavailable(&error))?;
        let sealer = sealer.ok_or_else(|| {
            ApiError::unavailable("KEYS_UNAVAILABLE", "the key to seal this note with is not to be had now")
        })?;
        let sealed = sealer.seal(note, &Aad::of(tenant, from, key, new.command_id, NOTE));
        sealed.map(Some).map_err(|error| ApiError::internal(&error))
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

    fn read(note: &str) -> Result<NewIntroduction, ApiError> {
        NewIntroduction::read(CommandId::derived(&[b"one"]), member(1), note)
    }

    #[test]
    fn a_note_has_its_bounds() {
        assert_eq!(read(" \r\n ").expect("none").note, None);
        assert_eq!(read("Hello\r\nyou ").expect("a note").note.as_deref(), Some("Hello\nyou"));
        assert!(read(&"ä".repeat(LONGEST_NOTE)).is_ok());
        for (note, reason) in
            [("ä".repeat(LONGEST_NOTE + 1), "TEXT_TOO_LONG"), ("bell \u{7}.".to_owned(), "TEXT_CONTROL_CHARACTER")]
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
