//! Asking a mentor for help.

use kindred_eventsourcing::{Decision, Sealed, Timestamp, canonical};
use kindred_ids::{MemberId, RoundId};

use super::{Asked, Event, Refusal, Standing, State};
use crate::domain::introduction::ASK_AGAIN_AFTER_SECONDS;

/// Whether the mentor may be asked, as both logs say at that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// They take people and have a place.
    Free,
    /// They rest, or all places are taken.
    Busy,
    /// They cannot be asked at all.
    Closed,
}

/// Asks `mentor` for help, or lets a round ask.
#[derive(Debug, Clone)]
pub struct RequestPairing {
    /// Who asks.
    pub mentee: MemberId,
    /// Who is asked.
    pub mentor: MemberId,
    /// A few words for the mentor, under the key of the one who asks.
    pub note: Option<Sealed>,
    /// Whether the mentor may be asked.
    pub opening: Opening,
    /// Which round asks in the mentee's name; none if they ask themselves.
    pub round: Option<RoundId>,
    /// When.
    pub at: Timestamp,
}
// The ids of a round's own commands derive from it.
canonical!(RequestPairing { mentee, mentor, note } without { opening, round, at });

impl RequestPairing {
    /// Decides whether the question is put. One that a round put, and that the mentee knows
    /// nothing of, keeps them from nothing.
    ///
    /// # Errors
    ///
    /// [`Refusal::AlreadyAsked`] alike while it is open and after a decline, and for a
    /// while after the question where it was taken back or came to an end.
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        if self.mentee == self.mentor {
            return Err(Refusal::Oneself);
        }
        if self.opening == Opening::Closed {
            return Err(Refusal::MentorNotFound);
        }
        let known = |asked: &&Asked| self.round.is_some() || asked.is_known_to(self.mentee);
        if let Some(asked) = state.asked().filter(known) {
            self.must_be_over(asked)?;
        }
        if self.opening == Opening::Busy {
            return Err(Refusal::MentorBusy);
        }
        let Self { mentee, mentor, note, round, at, .. } = self.clone();
        Ok(Event::PairingRequested { mentee, mentor, note, round, at }.into())
    }

    /// Refuses while an earlier question stands in the way.
    fn must_be_over(&self, asked: &Asked) -> Result<(), Refusal> {
        let soon = self.at < asked.at.plus_seconds(ASK_AGAIN_AFTER_SECONDS);
        match asked.standing {
            Standing::Active { .. } => Err(Refusal::AlreadyPaired),
            Standing::Open | Standing::Declined => Err(Refusal::AlreadyAsked),
            Standing::Withdrawn | Standing::Ended | Standing::Lapsed if soon => Err(Refusal::AlreadyAsked),
            Standing::Withdrawn | Standing::Ended | Standing::Lapsed => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::RequestHash;
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::Pairing;
    use crate::domain::pairing::Command;
    use crate::domain::samples::{
        NOW, ask_mentor, member, pairing_accepted, pairing_declined, pairing_ended, pairing_lapsed, pairing_proposed,
        pairing_requested, pairing_withdrawn, round, sealed,
    };

    fn with(opening: Opening) -> RequestPairing {
        RequestPairing { opening, ..ask_mentor() }
    }

    #[test]
    fn asking_puts_the_question_once_and_answers_alike_after_a_decline() {
        given::<Pairing>([]).when(ask_mentor()).then([pairing_requested(NOW)]);
        for past in [vec![pairing_requested(NOW)], vec![pairing_requested(NOW), pairing_declined()]] {
            for opening in [Opening::Free, Opening::Busy] {
                given::<Pairing>(past.clone()).when(with(opening)).then_err(Refusal::AlreadyAsked);
            }
            given::<Pairing>(past).when(with(Opening::Closed)).then_err(Refusal::MentorNotFound);
        }
    }

    #[test]
    fn what_was_taken_back_or_ended_may_be_asked_again_after_a_while() {
        let again = NOW.plus_seconds(ASK_AGAIN_AFTER_SECONDS);
        for past in [
            vec![pairing_requested(NOW), pairing_withdrawn()],
            vec![pairing_requested(NOW), pairing_declined(), pairing_withdrawn()],
            vec![pairing_requested(NOW), pairing_accepted(1), pairing_ended()],
        ] {
            given::<Pairing>(past.clone()).when(ask_mentor()).then_err(Refusal::AlreadyAsked);
            let late = RequestPairing { at: again, ..ask_mentor() };
            given::<Pairing>(past).when(late).then([pairing_requested(again)]);
        }
    }

    #[test]
    fn a_round_asks_once_and_never_again_where_the_mentor_declined() {
        let proposes = |at| RequestPairing { note: None, round: Some(round(1)), at, ..ask_mentor() };
        let again = NOW.plus_seconds(ASK_AGAIN_AFTER_SECONDS);
        given::<Pairing>([]).when(proposes(NOW)).then([pairing_proposed(NOW)]);
        for past in [vec![pairing_requested(NOW)], vec![pairing_proposed(NOW)]] {
            given::<Pairing>(past.clone()).when(proposes(again)).then_err(Refusal::AlreadyAsked);
            let declined = past.into_iter().chain([pairing_declined()]);
            given::<Pairing>(declined).when(proposes(again)).then_err(Refusal::AlreadyAsked);
        }
        let lapsed = [pairing_proposed(NOW), pairing_lapsed()];
        given::<Pairing>(lapsed.clone()).when(proposes(NOW)).then_err(Refusal::AlreadyAsked);
        given::<Pairing>(lapsed).when(proposes(again)).then([pairing_proposed(again)]);
    }

    #[test]
    fn a_mentee_asks_as_if_no_round_had() {
        for past in [vec![], vec![pairing_declined()], vec![pairing_lapsed()]] {
            let past = [pairing_proposed(NOW)].into_iter().chain(past);
            given::<Pairing>(past).when(ask_mentor()).then([pairing_requested(NOW)]);
        }
        let paired = [pairing_proposed(NOW), pairing_accepted(1)];
        given::<Pairing>(paired).when(ask_mentor()).then_err(Refusal::AlreadyPaired);
    }

    #[test]
    fn nobody_asks_whoever_takes_nobody_or_themselves_or_twice() {
        given::<Pairing>([]).when(with(Opening::Busy)).then_err(Refusal::MentorBusy);
        given::<Pairing>([]).when(with(Opening::Closed)).then_err(Refusal::MentorNotFound);
        given::<Pairing>([]).when(RequestPairing { mentor: member(1), ..ask_mentor() }).then_err(Refusal::Oneself);
        let paired = [pairing_requested(NOW), pairing_accepted(1)];
        given::<Pairing>(paired).when(ask_mentor()).then_err(Refusal::AlreadyPaired);
    }

    #[test]
    fn a_resent_question_is_the_same_also_when_the_mentor_is_gone() {
        let hash = |command: RequestPairing| RequestHash::of(&Command::from(command));
        assert_eq!(hash(ask_mentor()), hash(with(Opening::Closed)));
        assert_ne!(hash(ask_mentor()), hash(RequestPairing { note: Some(sealed(1, 9)), ..ask_mentor() }));
    }
}
