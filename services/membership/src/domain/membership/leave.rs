//! Leaves a community.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Event, Pair, Refusal, Standing, State};

/// Asks to leave, or to take a request back; history is kept.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Leave {
    pub pair: Pair,
    pub at: Timestamp,
}
canonical!(Leave { pair } without { at });

impl Leave {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        match state.standing {
            Standing::Active | Standing::Pending | Standing::Invited => {
                Ok(Event::MemberLeft { pair: self.pair, at: self.at }.into())
            }
            Standing::Suspended => Err(Refusal::Suspended),
            Standing::Left => Ok(Decision::nothing()),
            Standing::None | Standing::Declined => Err(Refusal::NotMember),
        }
    }
}
