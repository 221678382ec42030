//! Asking for a mentor, whoever it may be.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, State};

/// The member asks for a mentor, and agrees by it that a round asks one in their name.
#[derive(Debug, Clone)]
pub struct WaitForMentor {
    /// Who asks.
    pub member: MemberId,
    /// When.
    pub at: Timestamp,
}
canonical!(WaitForMentor { member } without { at });

impl WaitForMentor {
    /// Decides; nothing happens if they wait already, also where a mentor was proposed:
    /// they could tell otherwise.
    ///
    /// # Errors
    ///
    /// None.
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        if state.wait().is_some() {
            return Ok(Decision::nothing());
        }
        Ok(Event::MentorWaitBegan { member: self.member, at: self.at }.into())
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::MentorWait;
    use crate::domain::samples::{LATER, NOW, member, proposed, wait_began, wait_fulfilled, wait_stopped};

    fn wait(at: Timestamp) -> WaitForMentor {
        WaitForMentor { member: member(1), at }
    }

    #[test]
    fn whoever_waits_already_goes_on_since_they_first_asked() {
        given::<MentorWait>([]).when(wait(NOW)).then([wait_began(NOW)]);
        given::<MentorWait>([wait_began(NOW)]).when(wait(LATER)).then_nothing();
        given::<MentorWait>([wait_began(NOW), proposed()]).when(wait(LATER)).then_nothing();
    }

    #[test]
    fn one_who_stopped_or_was_paired_waits_anew() {
        for over in [wait_stopped(None), wait_fulfilled(None)] {
            given::<MentorWait>([wait_began(NOW), over]).when(wait(LATER)).then([wait_began(LATER)]);
        }
    }
}
