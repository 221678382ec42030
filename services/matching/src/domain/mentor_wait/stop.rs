//! Waiting no longer.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Event, Refusal, State};

/// The member waits no longer.
#[derive(Debug, Clone)]
pub struct StopWaiting {
    /// When.
    pub at: Timestamp,
}
canonical!(StopWaiting {} without { at });

impl StopWaiting {
    /// Decides; nothing happens if they do not wait.
    ///
    /// # Errors
    ///
    /// None.
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        Ok(state.wait().map_or_else(Decision::nothing, |wait| {
            Event::MentorWaitStopped { member: wait.member, open: wait.proposed, at: self.at }.into()
        }))
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::MentorWait;
    use crate::domain::samples::{LATER, NOW, open_proposal, proposed, wait_began, wait_stopped};

    #[test]
    fn a_wait_is_stopped_once_and_says_what_was_open() {
        let stop = || StopWaiting { at: LATER };
        given::<MentorWait>([wait_began(NOW)]).when(stop()).then([wait_stopped(None)]);
        let open = Some(open_proposal());
        given::<MentorWait>([wait_began(NOW), proposed()]).when(stop()).then([wait_stopped(open)]);
        given::<MentorWait>([wait_began(NOW), wait_stopped(None)]).when(stop()).then_nothing();
        given::<MentorWait>([]).when(stop()).then_nothing();
    }
}
