//! Declining to mentor somebody.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, Standing, State};

/// The mentor does not take them; the other never learns of it.
#[derive(Debug, Clone)]
pub struct DeclinePairing {
    /// Who answers.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
}
canonical!(DeclinePairing { by } without { at });

impl DeclinePairing {
    /// Decides; nothing happens if it was declined already.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`] for anybody but the mentor, [`Refusal::AlreadyPaired`],
    /// [`Refusal::Withdrawn`], [`Refusal::Ended`], [`Refusal::Lapsed`].
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let asked = state.answerable_by(self.by)?;
        match asked.standing {
            Standing::Declined => Ok(Decision::nothing()),
            Standing::Active { .. } => Err(Refusal::AlreadyPaired),
            Standing::Withdrawn => Err(Refusal::Withdrawn),
            Standing::Ended => Err(Refusal::Ended),
            Standing::Lapsed => Err(Refusal::Lapsed),
            Standing::Open => {
                Ok(Event::PairingDeclined { mentee: asked.mentee, mentor: asked.mentor, at: self.at }.into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::Pairing;
    use crate::domain::samples::{
        LATER, NOW, member, pairing_accepted, pairing_declined, pairing_ended, pairing_lapsed, pairing_proposed,
        pairing_requested, pairing_withdrawn,
    };

    fn decline() -> DeclinePairing {
        DeclinePairing { by: member(2), at: LATER }
    }

    #[test]
    fn the_mentor_declines_once_and_nobody_else_does() {
        given::<Pairing>([pairing_requested(NOW)]).when(decline()).then([pairing_declined()]);
        given::<Pairing>([pairing_requested(NOW), pairing_declined()]).when(decline()).then_nothing();
        let other = DeclinePairing { by: member(1), ..decline() };
        given::<Pairing>([pairing_requested(NOW)]).when(other).then_err(Refusal::NotFound);
    }

    #[test]
    fn what_is_settled_is_not_declined() {
        given::<Pairing>([pairing_proposed(NOW), pairing_lapsed()]).when(decline()).then_err(Refusal::Lapsed);
        for (past, refusal) in [
            (vec![pairing_accepted(1)], Refusal::AlreadyPaired),
            (vec![pairing_withdrawn()], Refusal::Withdrawn),
            (vec![pairing_accepted(1), pairing_ended()], Refusal::Ended),
        ] {
            let past = [pairing_requested(NOW)].into_iter().chain(past);
            given::<Pairing>(past).when(decline()).then_err(refusal);
        }
    }
}
