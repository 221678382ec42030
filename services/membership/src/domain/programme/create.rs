//! Creates a programme.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::ProgrammeSlug;

use super::{Event, Refusal, State};

/// Asks for a programme under a new slug.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Create {
    pub programme: ProgrammeSlug,
    pub name: String,
    pub at: Timestamp,
}
canonical!(Create { programme, name } without { at });

impl Create {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        if state.name.is_some() {
            return Err(Refusal::AlreadyExists);
        }
        let Self { programme, name, at } = self.clone();
        Ok(Event::ProgrammeCreated { programme, name, at }.into())
    }
}
