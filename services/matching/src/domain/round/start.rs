//! Starting a round.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Mode, Refusal, State};

/// Asks that a round be held.
#[derive(Debug, Clone)]
pub struct StartRound {
    /// How it chooses.
    pub mode: Mode,
    /// Which member of the staff asks; none where it runs by itself.
    pub by: Option<MemberId>,
    /// When.
    pub at: Timestamp,
}
canonical!(StartRound { mode, by } without { at });

impl StartRound {
    /// Decides; nothing happens if it was started already.
    ///
    /// # Errors
    ///
    /// None.
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        if state.mode().is_some() {
            return Ok(Decision::nothing());
        }
        let Self { mode, by, at } = *self;
        Ok(Event::MentorRoundStarted { mode, by, at }.into())
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::RequestHash;
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::Round;
    use crate::domain::round::Command;
    use crate::domain::samples::{NOW, member, round_started};

    #[test]
    fn a_round_is_started_once() {
        let start = || StartRound { mode: Mode::Stable, by: Some(member(9)), at: NOW };
        given::<Round>([]).when(start()).then([round_started()]);
        given::<Round>([round_started()]).when(start()).then_nothing();
        let hash = |command: StartRound| RequestHash::of(&Command::from(command));
        assert_ne!(hash(start()), hash(StartRound { mode: Mode::Cheapest, ..start() }));
    }
}
