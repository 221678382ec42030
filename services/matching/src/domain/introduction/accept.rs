//! Agreeing to an introduction.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, Standing, State};

/// The one who was asked agrees; also after having declined.
#[derive(Debug, Clone)]
pub struct AcceptIntroduction {
    /// Who answers.
    pub by: MemberId,
    /// Whether the one who asked can still be met.
    pub reachable: bool,
    /// When.
    pub at: Timestamp,
}
canonical!(AcceptIntroduction { by } without { reachable, at });

impl AcceptIntroduction {
    /// Decides whether the two are introduced; nothing happens if they are already.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`] for anybody but the one who was asked, or if the other is
    /// gone or blocked; [`Refusal::Withdrawn`].
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let standing = state.answerable_by(self.by)?;
        if !self.reachable {
            return Err(Refusal::NotFound);
        }
        let asked = state.asked().ok_or(Refusal::NotFound)?;
        match standing {
            Standing::Accepted => Ok(Decision::nothing()),
            Standing::Withdrawn => Err(Refusal::Withdrawn),
            Standing::Open | Standing::Declined => {
                Ok(Event::IntroductionAccepted { from: asked.from, to: asked.to, at: self.at }.into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::Introduction;
    use crate::domain::samples::{LATER, NOW, accepted, declined, member, requested, withdrawn};

    fn accept() -> AcceptIntroduction {
        AcceptIntroduction { by: member(2), reachable: true, at: LATER }
    }

    #[test]
    fn the_one_who_was_asked_accepts_also_after_declining() {
        given::<Introduction>([requested(NOW)]).when(accept()).then([accepted()]);
        given::<Introduction>([requested(NOW), declined()]).when(accept()).then([accepted()]);
        given::<Introduction>([requested(NOW), accepted()]).when(accept()).then_nothing();
    }

    #[test]
    fn nobody_else_accepts_and_nobody_accepts_a_stranger() {
        for by in [member(1), member(3)] {
            let other = AcceptIntroduction { by, ..accept() };
            given::<Introduction>([requested(NOW)]).when(other).then_err(Refusal::NotFound);
        }
        let gone = AcceptIntroduction { reachable: false, ..accept() };
        given::<Introduction>([requested(NOW)]).when(gone).then_err(Refusal::NotFound);
        given::<Introduction>([]).when(accept()).then_err(Refusal::NotFound);
    }

    #[test]
    fn what_was_taken_back_is_not_accepted() {
        given::<Introduction>([requested(NOW), withdrawn()]).when(accept()).then_err(Refusal::Withdrawn);
    }
}
