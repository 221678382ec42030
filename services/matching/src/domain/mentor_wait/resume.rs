//! Nothing came of a proposal.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::{MemberId, RoundId};

use super::{Event, Proposed, Refusal, State};

/// The member waits on, since they first asked.
#[derive(Debug, Clone)]
pub struct ResumeWait {
    /// Who was asked.
    pub mentor: MemberId,
    /// By which round.
    pub round: RoundId,
    /// When.
    pub at: Timestamp,
}
canonical!(ResumeWait { mentor, round } without { at });

impl ResumeWait {
    /// Decides; nothing happens if that is not what is open.
    ///
    /// # Errors
    ///
    /// None.
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let Self { mentor, round, at } = *self;
        let wait = state.wait().filter(|wait| wait.proposed == Some(Proposed { mentor, round }));
        Ok(wait
            .map_or_else(Decision::nothing, |wait| Event::MentorWaitResumed { member: wait.member, mentor, at }.into()))
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::MentorWait;
    use crate::domain::samples::{LATER, NOW, member, proposed, round, wait_began, wait_resumed, wait_stopped};

    #[test]
    fn only_what_is_open_lets_them_wait_on() {
        let resume = || ResumeWait { mentor: member(2), round: round(1), at: LATER };
        given::<MentorWait>([wait_began(NOW), proposed()]).when(resume()).then([wait_resumed()]);
        for other in [ResumeWait { mentor: member(3), ..resume() }, ResumeWait { round: round(2), ..resume() }] {
            given::<MentorWait>([wait_began(NOW), proposed()]).when(other).then_nothing();
        }
        for past in [vec![], vec![wait_began(NOW)], vec![wait_began(NOW), proposed(), wait_stopped(None)]] {
            given::<MentorWait>(past).when(resume()).then_nothing();
        }
    }
}
