//! Asking to meet somebody.

use kindred_eventsourcing::{Decision, ReservationKey, Sealed, Timestamp, canonical};
use kindred_ids::{EntityId, MemberId, TenantSlug};

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
    /// Whose tenant it is in.
    pub tenant: TenantSlug,
    /// Which of the day's questions of theirs this is, counted from 1; none if they asked
    /// as often as one may.
    pub turn: Option<u32>,
    /// When.
    pub at: Timestamp,
}
canonical!(RequestIntroduction { from, to, note } without { permission, tenant, turn, at });

/// What one of the questions that a member may put in a day is called among reservations;
/// frozen once released.
const TURN: &str = "introduction_turn";

/// The name of one of the questions, counted from 1, that a member may put on the day of
/// `at`, by UTC. It is a hash of an id that stands in the log anyway, so it needs no secret.
#[must_use]
pub fn turn_key(tenant: &TenantSlug, from: MemberId, at: Timestamp, turn: u32) -> ReservationKey {
    const DAY: i64 = 24 * 3_600 * 1_000;
    let day = at.millis().div_euclid(DAY);
    let parts: [&[u8]; 3] = [from.0.as_bytes(), &day.to_be_bytes(), &turn.to_be_bytes()];
    ReservationKey { kind: TURN, digest: *EntityId::keyed(tenant.as_str(), TURN, &parts, from.0).as_bytes() }
}

impl RequestIntroduction {
    /// Decides whether the question is put, and takes one of the day's questions with it.
    ///
    /// # Errors
    ///
    /// [`Refusal::AlreadyAsked`] alike while it is open and after a decline;
    /// [`Refusal::TooManyToday`]; [`Refusal::TurnTaken`] if another question of theirs was
    /// faster.
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
        let turn = self.turn.ok_or(Refusal::TooManyToday)?;
        let Self { from, to, note, tenant, at, .. } = self.clone();
        let key = turn_key(&tenant, from, at, turn);
        Ok(Decision::from(Event::IntroductionRequested { from, to, note, at }).claiming(key, Refusal::TurnTaken))
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;
    use kindred_eventsourcing::{RequestHash, ReservationChange};

    use super::*;
    use crate::domain::Introduction;
    use crate::domain::introduction::Command;
    use crate::domain::samples::{NOW, accepted, ask, declined, member, requested, sealed, tenant, withdrawn};

    #[test]
    fn asking_puts_the_question_once() {
        given::<Introduction>([]).when(ask()).then([requested(NOW)]);
        given::<Introduction>([requested(NOW)]).when(ask()).then_err(Refusal::AlreadyAsked);
    }

    #[test]
    fn a_question_takes_one_of_the_day() {
        let decision = given::<Introduction>([]).when(ask()).then([requested(NOW)]);
        let key = turn_key(&tenant(), member(1), NOW, 1);
        assert_eq!(decision.reservations, [ReservationChange::Claim { key, taken: Refusal::TurnTaken }]);
        let none_left = RequestIntroduction { turn: None, ..ask() };
        given::<Introduction>([]).when(none_left.clone()).then_err(Refusal::TooManyToday);
        given::<Introduction>([requested(NOW)]).when(none_left).then_err(Refusal::AlreadyAsked);
    }

    #[test]
    fn each_day_member_and_question_has_a_name_of_its_own() {
        let key = |from: u32, at: i64, turn: u32| turn_key(&tenant(), member(from), Timestamp::from_millis(at), turn);
        let day = 24 * 3_600 * 1_000;
        assert_eq!(key(1, 0, 1), key(1, day - 1, 1));
        for other in [key(2, 0, 1), key(1, day, 1), key(1, 0, 2), key(1, -1, 1)] {
            assert_ne!(key(1, 0, 1), other);
        }
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
