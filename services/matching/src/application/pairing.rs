//! Asking a mentor, answering, taking back, ending.

use kindred_eventsourcing::{EventStore, ExecuteError, Receipt, ReservationTail, Timestamp};
use kindred_ids::{CommandId, MemberId, PairingId, TenantSlug};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;

use super::{Application, Question, for_asker, mentor_key, pairing_key};
use crate::domain::mentor::{Capacity, MOST};
use crate::domain::pairing::{
    AcceptPairing, Command, DeclinePairing, EndPairing, Opening, Readiness, Reason, Refusal, RequestPairing,
    WithdrawPairing, pairing_id, place_key,
};
use crate::domain::{Mentor, Pairing};

impl<S: EventStore> Application<S> {
    /// Asks a mentor of the caller's tenant for help.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; `NOT_FOUND` alike for whoever cannot be asked, whatever the reason.
    #[tracing::instrument(name = "command.pairing.request", skip_all, fields(kindred.command.id = %new.command_id))]
    pub async fn request_pairing(&self, caller: &Caller, new: &Question) -> Result<(Receipt, PairingId), ApiError> {
        let member = caller.member()?;
        let (tenant, mentee, mentor) = (&member.tenant, member.member, new.to);
        let id = pairing_id(tenant, mentee, mentor);
        let key = pairing_key(tenant, id);
        let (between, readiness, note, loaded) = futures::try_join!(
            self.acquaintances.between(caller, mentor),
            self.readiness(tenant, mentor),
            self.seal_note(new.place(tenant, mentee, &key), new.note.as_deref()),
            async { Ok(self.executor.load::<Pairing>(&key).await?) },
        )?;
        let (opening, context) = (opening(between.reachable, readiness), self.context(caller, new.command_id));
        let command = Command::from(RequestPairing { mentee, mentor, note, opening, round: None, at: context.at });
        let (receipt, loaded) = self.executor.run_through::<Pairing>(&key, loaded, &command, &context).await?;
        Ok((for_asker(receipt, &loaded.state), id))
    }

    /// The mentor agrees or does not; the latter is never shown to the other.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; `NOT_FOUND` for anybody but the mentor.
    #[tracing::instrument(name = "command.pairing.answer", skip_all, fields(kindred.command.id = %command_id))]
    pub async fn answer_pairing(
        &self,
        caller: &Caller,
        command_id: CommandId,
        id: PairingId,
        accept: bool,
    ) -> Result<Receipt, ApiError> {
        if accept {
            return self.accept_pairing(caller, command_id, id).await;
        }
        let member = caller.member()?;
        let (key, context) = (pairing_key(&member.tenant, id), self.context(caller, command_id));
        let command = DeclinePairing { by: member.member, at: context.at };
        Ok(self.executor.run::<Pairing>(&key, &command.into(), &context).await?)
    }

    /// Takes a place, and another one as often as somebody else was faster.
    async fn accept_pairing(&self, caller: &Caller, command_id: CommandId, id: PairingId) -> Result<Receipt, ApiError> {
        let member = caller.member()?;
        let (tenant, by, key) = (&member.tenant, member.member, pairing_key(&member.tenant, id));
        let context = self.context(caller, command_id);
        let asked =
            self.executor.load::<Pairing>(&key).await?.state.asked().filter(|asked| asked.mentor == by).copied();
        let reachable = match asked {
            Some(asked) => self.acquaintances.between(caller, asked.mentee).await?.reachable,
            None => false,
        };
        let mut outcome = Err(ExecuteError::Refused(Refusal::PlaceTaken));
        for _ in 0..=MOST {
            let readiness = self.readiness(tenant, by).await?;
            let command = AcceptPairing { tenant: tenant.clone(), by, reachable, readiness, at: context.at };
            outcome = self.executor.run::<Pairing>(&key, &command.into(), &context).await;
            if !matches!(outcome, Err(ExecuteError::Refused(Refusal::PlaceTaken))) {
                break;
            }
        }
        Ok(outcome?)
    }

    /// The one who asked takes it back.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; `NOT_FOUND` for anybody but the one who asked.
    #[tracing::instrument(name = "command.pairing.withdraw", skip_all, fields(kindred.command.id = %command_id))]
    pub async fn withdraw_pairing(
        &self,
        caller: &Caller,
        command_id: CommandId,
        id: PairingId,
    ) -> Result<Receipt, ApiError> {
        let by = caller.member()?.member;
        self.settle_pairing(caller, command_id, id, |at| WithdrawPairing { by, at }.into()).await
    }

    /// One of the two ends it; the place is free again.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; `NOT_FOUND` for anybody but the two.
    #[tracing::instrument(name = "command.pairing.end", skip_all, fields(kindred.command.id = %command_id))]
    pub async fn end_pairing(
        &self,
        caller: &Caller,
        command_id: CommandId,
        id: PairingId,
        reason: Reason,
    ) -> Result<Receipt, ApiError> {
        let member = caller.member()?;
        let (tenant, by) = (member.tenant.clone(), member.member);
        self.settle_pairing(caller, command_id, id, |at| EndPairing { tenant, by, reason, at }.into()).await
    }

    /// Runs a command of either side; the one who asked gets the receipt that they may see.
    async fn settle_pairing(
        &self,
        caller: &Caller,
        command_id: CommandId,
        id: PairingId,
        command: impl FnOnce(Timestamp) -> Command,
    ) -> Result<Receipt, ApiError> {
        let member = caller.member()?;
        let (key, context) = (pairing_key(&member.tenant, id), self.context(caller, command_id));
        let (command, loaded) = (command(context.at), self.executor.load::<Pairing>(&key).await?);
        let (receipt, loaded) = self.executor.run_through::<Pairing>(&key, loaded, &command, &context).await?;
        let mentee = loaded.state.asked().is_some_and(|asked| asked.mentee == member.member);
        Ok(if mentee { for_asker(receipt, &loaded.state) } else { receipt })
    }

    /// Whether a mentor may take anybody at this moment, as the log's leader says.
    pub(super) async fn readiness(&self, tenant: &TenantSlug, mentor: MemberId) -> Result<Readiness, ApiError> {
        let loaded = self.executor.load::<Mentor>(&mentor_key(tenant, mentor)).await?;
        Ok(match loaded.state.offer() {
            None => Readiness::NotEnrolled,
            Some(offer) if !offer.trained => Readiness::NotTrained,
            Some(offer) if offer.paused => Readiness::Paused,
            Some(offer) => free_place(&self.held_places(tenant, mentor).await?, offer.capacity)
                .map_or(Readiness::Full, Readiness::Free),
        })
    }

    /// Which of a mentor's places are taken, the first place first.
    async fn held_places(&self, tenant: &TenantSlug, mentor: MemberId) -> Result<Vec<bool>, ApiError> {
        let places = self.places(tenant, mentor).await?;
        Ok(places.into_iter().map(|place| place != ReservationTail::Free).collect())
    }

    /// Who holds a mentor's places, the first place first.
    pub(super) async fn places(&self, tenant: &TenantSlug, mentor: MemberId) -> Result<Vec<ReservationTail>, ApiError> {
        self.reserved(tenant, (1..=MOST).map(|place| place_key(tenant, mentor, place))).await
    }
}

/// The lowest free place, if fewer are taken than the mentor has: those count too that were
/// taken when there were more. Everybody takes the lowest, so of two who see the same one
/// only one gets it.
fn free_place(held: &[bool], capacity: Capacity) -> Option<u32> {
    let capacity = capacity.get() as usize;
    let taken = held.iter().filter(|held| **held).count();
    let free = held.iter().take(capacity).position(|held| !held)?;
    (taken < capacity).then_some(free as u32 + 1)
}

pub(super) const fn opening(reachable: bool, readiness: Readiness) -> Opening {
    match readiness {
        Readiness::NotEnrolled | Readiness::NotTrained => Opening::Closed,
        _ if !reachable => Opening::Closed,
        Readiness::Paused | Readiness::Full => Opening::Busy,
        Readiness::Free(_) => Opening::Free,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::places;

    #[test]
    fn the_lowest_place_is_given_while_fewer_are_taken_than_there_are() {
        let held = |taken: &[u32]| (1..=MOST).map(|place| taken.contains(&place)).collect::<Vec<_>>();
        for (taken, capacity, place) in [
            (&[][..], 2, Some(1)),
            (&[1], 2, Some(2)),
            (&[2], 2, Some(1)),
            (&[1, 2], 2, None),
            (&[5], 2, Some(1)),
            (&[1, 5], 2, None),
            (&[4, 5], 2, None),
        ] {
            assert_eq!(free_place(&held(taken), places(capacity)), place, "{taken:?} of {capacity}");
        }
    }

    #[test]
    fn a_mentor_who_cannot_be_asked_is_told_from_one_who_rests() {
        assert_eq!(opening(true, Readiness::Free(1)), Opening::Free);
        assert_eq!(opening(true, Readiness::Paused), Opening::Busy);
        assert_eq!(opening(true, Readiness::Full), Opening::Busy);
        for readiness in [Readiness::NotEnrolled, Readiness::NotTrained] {
            assert_eq!(opening(true, readiness), Opening::Closed);
        }
        for readiness in [Readiness::Free(1), Readiness::Full, Readiness::Paused] {
            assert_eq!(opening(false, readiness), Opening::Closed);
        }
    }
}
