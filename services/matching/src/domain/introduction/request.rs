//! Asking to meet somebody.

use kindred_eventsourcing::{Decision, Sealed, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, Standing, State};

/// How long after a question the same question may be asked again, once it was taken
/// back. It counts from the question, not from the answer, so it tells nothing of one.
pub const ASK_AGAIN_AFTER_SECONDS: i64 = 30 * 24 * 3_600;

/// Whether two people may be introduced, as membership's log says at that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Both agreed to be matched, neither blocked the other, both are there.
    Granted,
    /// The one who asks has not agreed to be matched.
    OwnConsentMissing,
    /// Anything else.
    Refused,
}

/// Asks to meet `to`.
#[derive(Debug, Clone)]
pub struct RequestIntroduction {
    /// Who asks.
    pub from: MemberId,
    /// Who is asked.
    pub to: MemberId,
    /// A few words for the other, under the key of the one who asks.
    pub note: Option<Sealed>,
    /// Whether the two may be introduced.
    pub permission: Permission,
    /// When.
    pub at: Timestamp,
}
canonical!(RequestIntroduction { from, to, note } without { permission, at });

impl RequestIntroduction {
    /// Decides whether the question is put.
    ///
    /// # Errors
    ///
    /// [`Refusal::AlreadyAsked`] alike while it is open and after a decline.
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        if self.from == self.to {
            return Err(Refusal::Oneself);
        }
        match self.permission {
            Permission::Granted => {}
            Permission::OwnConsentMissing => return Err(Refusal::OwnConsentMissing),
            Permission::Refused => return Err(Refusal::MemberNotFound),
        }
        match state.asked() {
            None => {}
            Some(asked) => match asked.standing {
                Standing::Accepted => return Err(Refusal::AlreadyAccepted),
                Standing::Open | Standing::Declined => return Err(Refusal::AlreadyAsked),
                Standing::Withdrawn if self.at < asked.at.plus_seconds(ASK_AGAIN_AFTER_SECONDS) => {
                    return Err(Refusal::AlreadyAsked);
                }
                Standing::Withdrawn => {}
            },
        }
        let Self { from, to, note, at, .. } = self.clone();
        Ok(Event::IntroductionRequested { from, to, note, at }.into())
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::RequestHash;
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::Introduction;
    use crate::domain::introduction::Command;
    use crate::domain::samples::{NOW, accepted, ask, declined, member, requested, sealed, withdrawn};

    #[test]
    fn asking_puts_the_question_once() {
        given::<Introduction>([]).when(ask()).then([requested(NOW)]);
        given::<Introduction>([requested(NOW)]).when(ask()).then_err(Refusal::AlreadyAsked);
    }

    #[test]
    fn asking_again_after_a_decline_answers_as_while_it_is_open() {
        given::<Introduction>([requested(NOW), declined()]).when(ask()).then_err(Refusal::AlreadyAsked);
    }

    #[test]
    fn a_question_taken_back_may_be_put_again_after_a_while_whatever_its_answer_was() {
        let again = NOW.plus_seconds(ASK_AGAIN_AFTER_SECONDS);
        let late = RequestIntroduction { at: again, ..ask() };
        for past in [vec![requested(NOW), withdrawn()], vec![requested(NOW), declined(), withdrawn()]] {
            given::<Introduction>(past.clone()).when(ask()).then_err(Refusal::AlreadyAsked);
            given::<Introduction>(past).when(late.clone()).then([requested(again)]);
        }
    }

    #[test]
    fn people_who_know_each_other_are_told_so() {
        given::<Introduction>([requested(NOW), accepted()]).when(ask()).then_err(Refusal::AlreadyAccepted);
    }

    #[test]
    fn nobody_asks_without_permission_or_for_themselves() {
        let refused = |permission| RequestIntroduction { permission, ..ask() };
        given::<Introduction>([]).when(refused(Permission::Refused)).then_err(Refusal::MemberNotFound);
        given::<Introduction>([]).when(refused(Permission::OwnConsentMissing)).then_err(Refusal::OwnConsentMissing);
        given::<Introduction>([]).when(RequestIntroduction { to: member(1), ..ask() }).then_err(Refusal::Oneself);
    }

    #[test]
    fn a_resent_command_is_the_same_command_also_after_a_block() {
        let hash = |command: RequestIntroduction| RequestHash::of(&Command::from(command));
        let again = RequestIntroduction { permission: Permission::Refused, at: NOW.plus_seconds(9), ..ask() };
        assert_eq!(hash(ask()), hash(again));
        assert_ne!(hash(ask()), hash(RequestIntroduction { note: Some(sealed(1, 9)), ..ask() }));
    }
}
