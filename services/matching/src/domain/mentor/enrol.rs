//! Offering to mentor.

use kindred_eventsourcing::{Decision, Sealed, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Capacity, Event, Refusal, State};

/// A member offers to help others; also to word the offer anew.
#[derive(Debug, Clone)]
pub struct EnrolMentor {
    /// Who.
    pub member: MemberId,
    /// What they can help with, under their key.
    pub about: Sealed,
    /// How many at once.
    pub capacity: Capacity,
    /// When.
    pub at: Timestamp,
}
canonical!(EnrolMentor { member, about, capacity } without { at });

impl EnrolMentor {
    /// Always accepted; nothing happens if the same is offered already.
    #[expect(clippy::unnecessary_wraps, reason = "every command decides in one shape")]
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let same = |offer: &super::Offer| offer.about == self.about && offer.capacity == self.capacity;
        if state.offer().is_some_and(same) {
            return Ok(Decision::nothing());
        }
        let Self { member, about, capacity, at } = self.clone();
        Ok(Event::MentorEnrolled { member, about, capacity, at }.into())
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::Decider as _;
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::Mentor;
    use crate::domain::samples::{LATER, enrolled, left, member, places, sealed, trained};

    fn enrol(text: u8) -> EnrolMentor {
        EnrolMentor { member: member(2), about: sealed(2, text), capacity: places(2), at: LATER }
    }

    fn worded(text: u8) -> Event {
        Event::MentorEnrolled { member: member(2), about: sealed(2, text), capacity: places(2), at: LATER }
    }

    #[test]
    fn a_member_offers_once_and_may_word_it_anew() {
        given::<Mentor>([]).when(enrol(1)).then([worded(1)]);
        given::<Mentor>([enrolled(2)]).when(enrol(1)).then_nothing();
        given::<Mentor>([enrolled(2)]).when(enrol(5)).then([worded(5)]);
    }

    #[test]
    fn an_offer_worded_anew_keeps_its_training_and_one_after_leaving_does_not() {
        let state = |events: &[Event]| {
            let mut state = State::default();
            events.iter().for_each(|event| Mentor::evolve(&mut state, event));
            state.offer().is_some_and(|offer| offer.trained)
        };
        assert!(state(&[enrolled(2), trained(), worded(5)]));
        assert!(!state(&[enrolled(2), trained(), left(), worded(5)]));
    }
}
