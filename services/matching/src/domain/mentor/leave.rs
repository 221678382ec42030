//! Leaving the programme.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Event, Refusal, State};

/// The mentor offers nothing any more.
#[derive(Debug, Clone)]
pub struct LeaveMentoring {
    /// When.
    pub at: Timestamp,
}
canonical!(LeaveMentoring {} without { at });

impl LeaveMentoring {
    /// Decides. Pairings go on until one of the two ends them.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotEnrolled`].
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let offer = state.enrolled()?;
        Ok(Event::MentorLeft { member: offer.member, at: self.at }.into())
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::Mentor;
    use crate::domain::samples::{LATER, enrolled, left};

    #[test]
    fn a_mentor_leaves_once() {
        given::<Mentor>([enrolled(2)]).when(LeaveMentoring { at: LATER }).then([left()]);
        given::<Mentor>([enrolled(2), left()]).when(LeaveMentoring { at: LATER }).then_err(Refusal::NotEnrolled);
    }
}
