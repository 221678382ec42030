//! Taking a question back.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, Standing, State};

/// Whoever asked takes it back.
#[derive(Debug, Clone)]
pub struct WithdrawIntroduction {
    /// Who takes it back.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
}
canonical!(WithdrawIntroduction { by } without { at });

impl WithdrawIntroduction {
    /// Decides; nothing happens if it was taken back already. A declined question is
    /// taken back like an open one.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`] for anybody but the one who asked, [`Refusal::AlreadyAccepted`].
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let asked = state.asked().filter(|asked| asked.from == self.by).ok_or(Refusal::NotFound)?;
        match asked.standing {
            Standing::Withdrawn => Ok(Decision::nothing()),
            Standing::Accepted => Err(Refusal::AlreadyAccepted),
            Standing::Open | Standing::Declined => {
                Ok(Event::IntroductionWithdrawn { from: asked.from, to: asked.to, at: self.at }.into())
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

    fn withdraw() -> WithdrawIntroduction {
        WithdrawIntroduction { by: member(1), at: LATER }
    }

    #[test]
    fn a_question_is_taken_back_whether_or_not_it_was_declined() {
        given::<Introduction>([requested(NOW)]).when(withdraw()).then([withdrawn()]);
        given::<Introduction>([requested(NOW), declined()]).when(withdraw()).then([withdrawn()]);
        given::<Introduction>([requested(NOW), withdrawn()]).when(withdraw()).then_nothing();
    }

    #[test]
    fn nobody_else_takes_it_back_and_nobody_an_accepted_one() {
        let other = WithdrawIntroduction { by: member(2), ..withdraw() };
        given::<Introduction>([requested(NOW)]).when(other).then_err(Refusal::NotFound);
        given::<Introduction>([]).when(withdraw()).then_err(Refusal::NotFound);
        given::<Introduction>([requested(NOW), accepted()]).when(withdraw()).then_err(Refusal::AlreadyAccepted);
    }
}
