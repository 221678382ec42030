//! Changes what a community says of itself.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Event, Profile, Refusal, State};

/// Asks for another name, purpose, policy or guidelines.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Change {
    pub profile: Profile,
    pub at: Timestamp,
}
canonical!(Change { profile } without { at });

impl Change {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        match &state.profile {
            None => Err(Refusal::Unknown),
            Some(profile) if *profile == self.profile => Ok(Decision::nothing()),
            Some(_) => Ok(Event::CommunityChanged { profile: self.profile.clone(), at: self.at }.into()),
        }
    }
}
