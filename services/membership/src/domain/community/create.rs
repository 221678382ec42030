//! Creates a community.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Event, Profile, Refusal, State};

/// Asks for a community.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Create {
    pub profile: Profile,
    pub at: Timestamp,
}
canonical!(Create { profile } without { at });

impl Create {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        match state.profile {
            Some(_) => Err(Refusal::AlreadyExists),
            None => Ok(Event::CommunityCreated { profile: self.profile.clone(), at: self.at }.into()),
        }
    }
}
