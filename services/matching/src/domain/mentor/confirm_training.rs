//! Confirming that a mentor is trained.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, State};

/// Somebody of the staff says that the mentor is trained.
#[derive(Debug, Clone)]
pub struct ConfirmTraining {
    /// Who says so.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
}
canonical!(ConfirmTraining { by } without { at });

impl ConfirmTraining {
    /// Decides; nothing happens if it was confirmed already.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotEnrolled`], [`Refusal::OwnTraining`].
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let offer = state.enrolled()?;
        if offer.member == self.by {
            return Err(Refusal::OwnTraining);
        }
        if offer.trained {
            return Ok(Decision::nothing());
        }
        Ok(Event::MentorTrained { member: offer.member, by: self.by, at: self.at }.into())
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::Mentor;
    use crate::domain::samples::{LATER, enrolled, member, trained};

    #[test]
    fn somebody_else_confirms_the_training_once() {
        let confirm = |by| ConfirmTraining { by: member(by), at: LATER };
        given::<Mentor>([enrolled(2)]).when(confirm(9)).then([trained()]);
        given::<Mentor>([enrolled(2), trained()]).when(confirm(9)).then_nothing();
        given::<Mentor>([enrolled(2)]).when(confirm(2)).then_err(Refusal::OwnTraining);
        given::<Mentor>([]).when(confirm(9)).then_err(Refusal::NotEnrolled);
    }
}
