//! Issues a sign-in link.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, State};

/// Asks that a secret may open one session for a member until it expires.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Issue {
    pub member: MemberId,
    pub secret_hash: [u8; 32],
    pub expires_at: Timestamp,
    pub at: Timestamp,
}
canonical!(Issue { member, secret_hash } without { expires_at, at });

impl Issue {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        if !matches!(state, State::Unknown) {
            return Err(Refusal::AlreadyIssued);
        }
        let Self { member, secret_hash, expires_at, at } = self.clone();
        Ok(Event::SignInLinkIssued { member, secret_hash, expires_at, at }.into())
    }
}
