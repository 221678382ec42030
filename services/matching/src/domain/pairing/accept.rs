//! Agreeing to mentor somebody.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::{MemberId, TenantSlug};

use super::{Event, Refusal, Standing, State, place_key};

/// Whether the one who accepts may take anybody, as their own offer says at that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// They may, in this place, counted from 1.
    Free(u32),
    /// All places are taken.
    Full,
    /// They take nobody new for now.
    Paused,
    /// Their training was not confirmed.
    NotTrained,
    /// They offer nothing.
    NotEnrolled,
}

/// The mentor agrees; also after having declined.
#[derive(Debug, Clone)]
pub struct AcceptPairing {
    /// Whose place it is.
    pub tenant: TenantSlug,
    /// Who answers.
    pub by: MemberId,
    /// Whether the one who asked can still be met.
    pub reachable: bool,
    /// Whether the mentor may take anybody.
    pub readiness: Readiness,
    /// When.
    pub at: Timestamp,
}
canonical!(AcceptPairing { by } without { tenant, reachable, readiness, at });

impl AcceptPairing {
    /// Decides whether the two are paired, and takes a place with it; nothing happens if
    /// they are already.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`] for anybody but the mentor, or if the other is gone or
    /// blocked; [`Refusal::Lapsed`] if what a round asked is open no longer; what the
    /// mentor lacks; [`Refusal::PlaceTaken`] if somebody else was faster.
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let asked = state.answerable_by(self.by)?;
        if !self.reachable {
            return Err(Refusal::NotFound);
        }
        match asked.standing {
            Standing::Active { .. } => return Ok(Decision::nothing()),
            Standing::Withdrawn => return Err(Refusal::Withdrawn),
            Standing::Ended => return Err(Refusal::Ended),
            Standing::Lapsed => return Err(Refusal::Lapsed),
            // Whoever a round asked for has gone on to wait for somebody else.
            Standing::Declined if asked.round.is_some() => return Err(Refusal::Lapsed),
            Standing::Open | Standing::Declined => {}
        }
        let place = match self.readiness {
            Readiness::Free(place) => place,
            Readiness::Full => return Err(Refusal::NoFreePlace),
            Readiness::Paused => return Err(Refusal::Paused),
            Readiness::NotTrained => return Err(Refusal::NotTrained),
            Readiness::NotEnrolled => return Err(Refusal::NotEnrolled),
        };
        let (mentee, mentor) = (asked.mentee, asked.mentor);
        let decision = Decision::from(Event::PairingAccepted { mentee, mentor, place, at: self.at });
        Ok(decision.claiming(place_key(&self.tenant, mentor, place), Refusal::PlaceTaken))
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::ReservationChange;
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::Pairing;
    use crate::domain::samples::{
        LATER, NOW, member, pairing_accepted, pairing_declined, pairing_ended, pairing_lapsed, pairing_proposed,
        pairing_requested, pairing_withdrawn, tenant,
    };

    fn accept() -> AcceptPairing {
        let (tenant, by) = (tenant(), member(2));
        AcceptPairing { tenant, by, reachable: true, readiness: Readiness::Free(3), at: LATER }
    }

    #[test]
    fn the_mentor_accepts_also_after_declining_and_gives_a_place() {
        for past in [vec![pairing_requested(NOW)], vec![pairing_requested(NOW), pairing_declined()]] {
            let decision = given::<Pairing>(past).when(accept()).then([pairing_accepted(3)]);
            let (key, taken) = (place_key(&tenant(), member(2), 3), Refusal::PlaceTaken);
            assert_eq!(decision.reservations, [ReservationChange::Claim { key, taken }]);
        }
        given::<Pairing>([pairing_proposed(NOW)]).when(accept()).then([pairing_accepted(3)]);
        given::<Pairing>([pairing_requested(NOW), pairing_accepted(1)]).when(accept()).then_nothing();
    }

    #[test]
    fn nobody_else_accepts_and_nobody_accepts_a_stranger() {
        for by in [member(1), member(3)] {
            given::<Pairing>([pairing_requested(NOW)])
                .when(AcceptPairing { by, ..accept() })
                .then_err(Refusal::NotFound);
        }
        let gone = AcceptPairing { reachable: false, ..accept() };
        given::<Pairing>([pairing_requested(NOW)]).when(gone).then_err(Refusal::NotFound);
        given::<Pairing>([]).when(accept()).then_err(Refusal::NotFound);
    }

    #[test]
    fn what_is_over_is_not_accepted() {
        let withdrawn = [pairing_requested(NOW), pairing_withdrawn()];
        given::<Pairing>(withdrawn).when(accept()).then_err(Refusal::Withdrawn);
        let ended = [pairing_requested(NOW), pairing_accepted(1), pairing_ended()];
        given::<Pairing>(ended).when(accept()).then_err(Refusal::Ended);
        for over in [pairing_lapsed(), pairing_declined()] {
            given::<Pairing>([pairing_proposed(NOW), over]).when(accept()).then_err(Refusal::Lapsed);
        }
    }

    #[test]
    fn a_mentor_takes_people_only_when_trained_present_and_free() {
        for (readiness, refusal) in [
            (Readiness::Full, Refusal::NoFreePlace),
            (Readiness::Paused, Refusal::Paused),
            (Readiness::NotTrained, Refusal::NotTrained),
            (Readiness::NotEnrolled, Refusal::NotEnrolled),
        ] {
            let command = AcceptPairing { readiness, ..accept() };
            given::<Pairing>([pairing_requested(NOW)]).when(command).then_err(refusal);
        }
    }
}
