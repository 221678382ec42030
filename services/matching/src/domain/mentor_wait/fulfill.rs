//! Somebody mentors whoever waited.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, State};

/// A mentor said yes to the member, whether a round asked or they did.
#[derive(Debug, Clone)]
pub struct FulfillWait {
    /// Who mentors them.
    pub mentor: MemberId,
    /// When they said so.
    pub at: Timestamp,
}
canonical!(FulfillWait { mentor, at });

impl FulfillWait {
    /// Decides; nothing happens if they do not wait, or began to only after that: an old
    /// yes may be read again.
    ///
    /// # Errors
    ///
    /// None.
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let wait = state.wait().filter(|wait| wait.since <= self.at);
        Ok(wait.map_or_else(Decision::nothing, |wait| {
            let open = wait.proposed.filter(|proposed| proposed.mentor != self.mentor);
            Event::MentorWaitFulfilled { member: wait.member, open, at: self.at }.into()
        }))
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::MentorWait;
    use crate::domain::samples::{LATER, NOW, member, open_proposal, proposed, wait_began, wait_fulfilled};

    fn fulfill(mentor: u32, at: Timestamp) -> FulfillWait {
        FulfillWait { mentor: member(mentor), at }
    }

    #[test]
    fn a_yes_ends_the_wait_and_says_what_else_is_open() {
        given::<MentorWait>([wait_began(NOW)]).when(fulfill(2, LATER)).then([wait_fulfilled(None)]);
        given::<MentorWait>([wait_began(NOW), proposed()]).when(fulfill(2, LATER)).then([wait_fulfilled(None)]);
        let open = Some(open_proposal());
        given::<MentorWait>([wait_began(NOW), proposed()]).when(fulfill(3, LATER)).then([wait_fulfilled(open)]);
    }

    #[test]
    fn an_old_yes_ends_no_later_wait() {
        given::<MentorWait>([wait_began(LATER)]).when(fulfill(2, NOW)).then_nothing();
        given::<MentorWait>([]).when(fulfill(2, NOW)).then_nothing();
    }
}
