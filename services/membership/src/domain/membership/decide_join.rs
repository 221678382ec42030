//! Admits or turns down somebody who waits.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Event, Pair, Refusal, Standing, State};

/// Answers a request to join.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct DecideJoin {
    pub pair: Pair,
    pub admit: bool,
    pub by: String,
    pub at: Timestamp,
}
canonical!(DecideJoin { pair, admit, by } without { at });

impl DecideJoin {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let Self { pair, admit, by, at } = self.clone();
        match (state.standing, admit) {
            (Standing::Pending, true) => Ok(Event::MemberJoined { pair, admitted_by: by, at }.into()),
            (Standing::Pending, false) => Ok(Event::JoinDeclined { pair, declined_by: by, at }.into()),
            (Standing::Active, true) | (Standing::Declined, false) => Ok(Decision::nothing()),
            // Somebody who was turned down can be admitted later.
            (Standing::Declined, true) => Ok(Event::MemberJoined { pair, admitted_by: by, at }.into()),
            _ => Err(Refusal::NotPending),
        }
    }
}
