//! Invites somebody to a community.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Event, Pair, Refusal, Standing, State};

/// Lets a person join at once, whatever the policy.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Invite {
    pub pair: Pair,
    pub by: String,
    pub at: Timestamp,
}
canonical!(Invite { pair, by } without { at });

impl Invite {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let Self { pair, by, at } = self.clone();
        match state.standing {
            Standing::Invited => Ok(Decision::nothing()),
            Standing::Active | Standing::Suspended => Err(Refusal::AlreadyMember),
            // Who waits already wants in: the invitation admits them.
            Standing::Pending => Ok(Event::MemberJoined { pair, admitted_by: by, at }.into()),
            Standing::None | Standing::Left | Standing::Declined => {
                Ok(Event::MemberInvited { pair, invited_by: by, at }.into())
            }
        }
    }
}
