//! Saying how a pairing goes.

use kindred_eventsourcing::{Decider as _, EventStore, Receipt};
use kindred_ids::{CheckInId, CommandId, EntityKey, PairingId, derive_owned_id};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;

use super::note::{self, NOTE, Place};
use super::{Application, pairing_key};
use crate::domain::check_in::{Mood, WriteCheckIn};
use crate::domain::{CheckIn, Pairing};

/// What somebody says of a pairing.
#[derive(Debug)]
pub struct NewCheckIn {
    command_id: CommandId,
    pairing: PairingId,
    mood: Mood,
    note: Option<String>,
}

impl NewCheckIn {
    /// Reads the note; a blank one is none.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `note` if it is too long or holds a control character.
    pub fn read(command_id: CommandId, pairing: PairingId, mood: Mood, note: &str) -> Result<Self, ApiError> {
        Ok(Self { command_id, pairing, mood, note: note::read(note)? })
    }
}

impl<S: EventStore> Application<S> {
    /// One of the two says how it goes, for the other to read.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; `NOT_FOUND` for anybody but the two.
    #[tracing::instrument(name = "command.pairing.check_in", skip_all, fields(kindred.command.id = %new.command_id))]
    pub async fn check_in(&self, caller: &Caller, new: &NewCheckIn) -> Result<Receipt, ApiError> {
        let member = caller.member()?;
        let (tenant, by) = (&member.tenant, member.member);
        let context = self.context(caller, new.command_id);
        let (command_id, pairing) = (new.command_id, new.pairing);
        let id = derive_owned_id(tenant.as_str(), &context.actor.0, command_id, CheckIn::CATEGORY, 0, pairing.0);
        let key = EntityKey::new(tenant.clone(), CheckIn::CATEGORY, CheckInId(id));
        let between = self.executor.load::<Pairing>(&pairing_key(tenant, pairing)).await?.state.asked().copied();
        let reachable = match between.and_then(|between| between.other_than(by)) {
            Some(other) => self.acquaintances.between(caller, other).await?.reachable,
            None => false,
        };
        let place = Place { tenant, writer: by, key: &key, command_id, field: NOTE };
        let note = self.seal_note(place, new.note.as_deref()).await?;
        let command = WriteCheckIn { pairing, by, mood: new.mood, note, between, reachable, at: context.at };
        Ok(self.executor.run::<CheckIn>(&key, &command, &context).await?)
    }
}
