//! Asking a mentor for help.

use kindred_eventsourcing::{Decision, Sealed, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, Standing, State};
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

/// Asks `mentor` for help.
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
    /// When.
    pub at: Timestamp,
}
canonical!(RequestPairing { mentee, mentor, note } without { opening, at });

impl RequestPairing {
    /// Decides whether the question is put.
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
        if let Some(asked) = state.asked() {
            let soon = self.at < asked.at.plus_seconds(ASK_AGAIN_AFTER_SECONDS);
            match asked.standing {
                Standing::Active { .. } => return Err(Refusal::AlreadyPaired),
                Standing::Open | Standing::Declined => return Err(Refusal::AlreadyAsked),
                Standing::Withdrawn | Standing::Ended if soon => return Err(Refusal::AlreadyAsked),
                Standing::Withdrawn | Standing::Ended => {}
            }
        }
        if self.opening == Opening::Busy {
            return Err(Refusal::MentorBusy);
        }
        let Self { mentee, mentor, note, at, .. } = self.clone();
        Ok(Event::PairingRequested { mentee, mentor, note, at }.into())
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
        NOW, ask_mentor, member, pairing_accepted, pairing_declined, pairing_ended, pairing_requested,
        pairing_withdrawn, sealed,
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
