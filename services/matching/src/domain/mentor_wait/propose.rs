//! A round finds a mentor for whoever waits.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::{MemberId, RoundId};

use super::{Event, Proposed, Refusal, State};

/// A round asks a mentor in the member's name.
#[derive(Debug, Clone)]
pub struct ProposeMentor {
    /// Whom it asks.
    pub mentor: MemberId,
    /// Which round.
    pub round: RoundId,
    /// When.
    pub at: Timestamp,
}
canonical!(ProposeMentor { mentor, round } without { at });

impl ProposeMentor {
    /// Decides; nothing happens if it is what is open.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotWaiting`] if they wait no longer, or for another one's answer.
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let Self { mentor, round, at } = *self;
        if state.is_proposed(Proposed { mentor, round }) {
            return Ok(Decision::nothing());
        }
        let wait = state.wait().filter(|wait| wait.proposed.is_none()).ok_or(Refusal::NotWaiting)?;
        Ok(Event::MentorProposed { member: wait.member, mentor, round, at }.into())
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::MentorWait;
    use crate::domain::samples::{LATER, NOW, member, proposed, round, wait_began, wait_resumed, wait_stopped};

    fn propose(mentor: u32) -> ProposeMentor {
        ProposeMentor { mentor: member(mentor), round: round(1), at: LATER }
    }

    #[test]
    fn whoever_waits_is_proposed_one_mentor_at_a_time() {
        given::<MentorWait>([wait_began(NOW)]).when(propose(2)).then([proposed()]);
        given::<MentorWait>([wait_began(NOW), proposed()]).when(propose(2)).then_nothing();
        given::<MentorWait>([wait_began(NOW), proposed()]).when(propose(3)).then_err(Refusal::NotWaiting);
        given::<MentorWait>([wait_began(NOW), proposed(), wait_resumed()]).when(propose(2)).then([proposed()]);
    }

    #[test]
    fn nobody_is_proposed_a_mentor_who_waits_no_longer() {
        for past in [vec![], vec![wait_began(NOW), wait_stopped(None)]] {
            given::<MentorWait>(past).when(propose(2)).then_err(Refusal::NotWaiting);
        }
    }
}
