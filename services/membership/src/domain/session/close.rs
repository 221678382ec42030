//! Closes a session.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Event, Refusal, State};

/// Asks that the session's secret stand for nobody any more.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Close {
    pub at: Timestamp,
}
canonical!(Close {} without { at });

impl Close {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        match state {
            State::Unknown => Err(Refusal::Unknown),
            State::Open { .. } => Ok(Event::SessionClosed { at: self.at }.into()),
            State::Closed => Ok(Decision::nothing()),
        }
    }
}
