//! Opens a session.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, State};

/// Asks that a secret stand for a member until it expires.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Open {
    pub member: MemberId,
    pub secret_hash: [u8; 32],
    pub authenticated_at: Timestamp,
    pub expires_at: Timestamp,
}
canonical!(Open { member, secret_hash } without { authenticated_at, expires_at });

impl Open {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        if !matches!(state, State::Unknown) {
            return Err(Refusal::AlreadyOpen);
        }
        let Self { member, secret_hash, authenticated_at, expires_at } = self.clone();
        Ok(Event::SessionOpened { member, secret_hash, authenticated_at, expires_at }.into())
    }
}
