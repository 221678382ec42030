//! Ending a pairing.

use kindred_eventsourcing::{Canonical, CanonicalWriter, Decision, Timestamp, canonical};
use kindred_ids::{MemberId, TenantSlug};

use super::{Event, Refusal, Standing, State, place_key};

/// Why somebody ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// What was wanted was reached.
    GoalReached,
    /// There is no time for it.
    NoTime,
    /// The two do not suit each other.
    NotAFit,
    /// Something else.
    Other,
}

impl Reason {
    /// Its name in hashes of commands; frozen once released.
    const fn as_str(self) -> &'static str {
        match self {
            Self::GoalReached => "goal_reached",
            Self::NoTime => "no_time",
            Self::NotAFit => "not_a_fit",
            Self::Other => "other",
        }
    }
}

impl Canonical for Reason {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        self.as_str().canonical(writer);
    }
}

/// One of the two ends it.
#[derive(Debug, Clone)]
pub struct EndPairing {
    /// Whose place it was.
    pub tenant: TenantSlug,
    /// Who ends it.
    pub by: MemberId,
    /// Why.
    pub reason: Reason,
    /// When.
    pub at: Timestamp,
}
canonical!(EndPairing { by, reason } without { tenant, at });

impl EndPairing {
    /// Decides, and gives the place back; nothing happens if it has ended already.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`] for anybody but the two; [`Refusal::NotActive`] alike whether
    /// the mentor declined or said nothing.
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let asked = state.asked().filter(|asked| asked.is_known_to(self.by)).ok_or(Refusal::NotFound)?;
        let (mentee, mentor) = (asked.mentee, asked.mentor);
        match asked.standing {
            Standing::Ended => Ok(Decision::nothing()),
            Standing::Open | Standing::Declined | Standing::Withdrawn | Standing::Lapsed => Err(Refusal::NotActive),
            Standing::Active { place } => {
                let Self { by, reason, at, .. } = *self;
                let decision = Decision::from(Event::PairingEnded { mentee, mentor, by, reason, at });
                Ok(decision.releasing(place_key(&self.tenant, mentor, place)))
            }
        }
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

    fn end(by: u32) -> EndPairing {
        EndPairing { tenant: tenant(), by: member(by), reason: Reason::GoalReached, at: LATER }
    }

    #[test]
    fn either_ends_it_once_and_gives_the_place_back() {
        let began = [pairing_requested(NOW), pairing_accepted(4)];
        let decision = given::<Pairing>(began.clone()).when(end(1)).then([pairing_ended()]);
        let key = place_key(&tenant(), member(2), 4);
        assert_eq!(decision.reservations, [ReservationChange::Release { key }]);
        let by = member(2);
        let (mentee, mentor, reason, at) = (member(1), member(2), Reason::GoalReached, LATER);
        let ended = Event::PairingEnded { mentee, mentor, by, reason, at };
        given::<Pairing>(began.clone()).when(end(2)).then([ended]);
        given::<Pairing>(began.clone().into_iter().chain([pairing_ended()])).when(end(2)).then_nothing();
        given::<Pairing>(began).when(end(3)).then_err(Refusal::NotFound);
    }

    #[test]
    fn what_never_began_does_not_end() {
        for past in [vec![], vec![pairing_declined()], vec![pairing_withdrawn()]] {
            let past = [pairing_requested(NOW)].into_iter().chain(past);
            given::<Pairing>(past).when(end(1)).then_err(Refusal::NotActive);
        }
        for past in [vec![], vec![pairing_declined()], vec![pairing_lapsed()]] {
            let past = [pairing_proposed(NOW)].into_iter().chain(past);
            given::<Pairing>(past).when(end(1)).then_err(Refusal::NotFound);
        }
    }
}
