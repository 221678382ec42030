//! Taking nobody new for a while.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Event, Refusal, State};

/// The mentor takes nobody new, or takes people again.
#[derive(Debug, Clone)]
pub struct PauseMentoring {
    /// Whether they rest.
    pub paused: bool,
    /// When.
    pub at: Timestamp,
}
canonical!(PauseMentoring { paused } without { at });

impl PauseMentoring {
    /// Decides; nothing happens if it is so already.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotEnrolled`].
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let offer = state.enrolled()?;
        let (member, at) = (offer.member, self.at);
        match (offer.paused, self.paused) {
            (false, true) => Ok(Event::MentorPaused { member, at }.into()),
            (true, false) => Ok(Event::MentorResumed { member, at }.into()),
            (true, true) | (false, false) => Ok(Decision::nothing()),
        }
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::Mentor;
    use crate::domain::samples::{LATER, enrolled, member};

    #[test]
    fn a_mentor_rests_and_goes_on() {
        let (paused, resumed) = (
            Event::MentorPaused { member: member(2), at: LATER },
            Event::MentorResumed { member: member(2), at: LATER },
        );
        let set = |paused| PauseMentoring { paused, at: LATER };
        given::<Mentor>([enrolled(2)]).when(set(true)).then([paused.clone()]);
        given::<Mentor>([enrolled(2)]).when(set(false)).then_nothing();
        given::<Mentor>([enrolled(2), paused.clone()]).when(set(true)).then_nothing();
        given::<Mentor>([enrolled(2), paused]).when(set(false)).then([resumed]);
        given::<Mentor>([]).when(set(true)).then_err(Refusal::NotEnrolled);
    }
}
