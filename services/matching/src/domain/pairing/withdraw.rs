//! Taking the question back.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, Standing, State};

/// The mentee takes the question back.
#[derive(Debug, Clone)]
pub struct WithdrawPairing {
    /// Who takes it back.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
}
canonical!(WithdrawPairing { by } without { at });

impl WithdrawPairing {
    /// Decides; nothing happens if it was taken back already. A declined question is
    /// taken back like an open one.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`] for anybody but the mentee, [`Refusal::AlreadyPaired`],
    /// [`Refusal::Ended`].
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let asked = state.asked_by(self.by)?;
        match asked.standing {
            Standing::Withdrawn => Ok(Decision::nothing()),
            Standing::Active { .. } => Err(Refusal::AlreadyPaired),
            Standing::Ended => Err(Refusal::Ended),
            Standing::Lapsed => Err(Refusal::NotFound),
            Standing::Open | Standing::Declined => {
                Ok(Event::PairingWithdrawn { mentee: asked.mentee, mentor: asked.mentor, at: self.at }.into())
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

    fn withdraw() -> WithdrawPairing {
        WithdrawPairing { by: member(1), at: LATER }
    }

    #[test]
    fn a_question_is_taken_back_whether_or_not_it_was_declined() {
        given::<Pairing>([pairing_requested(NOW)]).when(withdraw()).then([pairing_withdrawn()]);
        given::<Pairing>([pairing_requested(NOW), pairing_declined()]).when(withdraw()).then([pairing_withdrawn()]);
        given::<Pairing>([pairing_requested(NOW), pairing_withdrawn()]).when(withdraw()).then_nothing();
    }

    #[test]
    fn what_a_round_asked_is_no_question_of_the_mentees() {
        for past in [vec![], vec![pairing_declined()], vec![pairing_lapsed()]] {
            let past = [pairing_proposed(NOW)].into_iter().chain(past);
            given::<Pairing>(past).when(withdraw()).then_err(Refusal::NotFound);
        }
    }

    #[test]
    fn nobody_else_takes_it_back_and_nobody_what_began() {
        let other = WithdrawPairing { by: member(2), ..withdraw() };
        given::<Pairing>([pairing_requested(NOW)]).when(other).then_err(Refusal::NotFound);
        let began = [pairing_requested(NOW), pairing_accepted(1)];
        given::<Pairing>(began.clone()).when(withdraw()).then_err(Refusal::AlreadyPaired);
        given::<Pairing>(began.into_iter().chain([pairing_ended()])).when(withdraw()).then_err(Refusal::Ended);
    }
}
