//! Declining an introduction.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, Standing, State};

/// The one who was asked does not want to; the other never learns of it.
#[derive(Debug, Clone)]
pub struct DeclineIntroduction {
    /// Who answers.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
}
canonical!(DeclineIntroduction { by } without { at });

impl DeclineIntroduction {
    /// Decides; nothing happens if it was declined already.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`] for anybody but the one who was asked,
    /// [`Refusal::AlreadyAccepted`], [`Refusal::Withdrawn`].
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let standing = state.answerable_by(self.by)?;
        let asked = state.asked().ok_or(Refusal::NotFound)?;
        match standing {
            Standing::Declined => Ok(Decision::nothing()),
            Standing::Accepted => Err(Refusal::AlreadyAccepted),
            Standing::Withdrawn => Err(Refusal::Withdrawn),
            Standing::Open => Ok(Event::IntroductionDeclined { from: asked.from, to: asked.to, at: self.at }.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::Introduction;
    use crate::domain::samples::{LATER, NOW, accepted, declined, member, requested, withdrawn};

    fn decline() -> DeclineIntroduction {
        DeclineIntroduction { by: member(2), at: LATER }
    }

    #[test]
    fn the_one_who_was_asked_declines_once() {
        given::<Introduction>([requested(NOW)]).when(decline()).then([declined()]);
        given::<Introduction>([requested(NOW), declined()]).when(decline()).then_nothing();
    }

    #[test]
    fn nobody_else_declines() {
        let other = DeclineIntroduction { by: member(1), ..decline() };
        given::<Introduction>([requested(NOW)]).when(other).then_err(Refusal::NotFound);
        given::<Introduction>([]).when(decline()).then_err(Refusal::NotFound);
    }

    #[test]
    fn what_is_settled_is_not_declined() {
        given::<Introduction>([requested(NOW), accepted()]).when(decline()).then_err(Refusal::AlreadyAccepted);
        given::<Introduction>([requested(NOW), withdrawn()]).when(decline()).then_err(Refusal::Withdrawn);
    }
}
