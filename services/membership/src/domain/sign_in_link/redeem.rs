//! Takes a sign-in link.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Event, Refusal, State};

/// Shows the link's secret.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Redeem {
    pub secret_hash: [u8; 32],
    pub at: Timestamp,
}
canonical!(Redeem { secret_hash } without { at });

impl Redeem {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        match state {
            State::Unknown => Err(Refusal::Invalid),
            State::Redeemed { .. } => Err(Refusal::AlreadyUsed),
            // Hashes of a 256-bit secret: their comparison need not hide its timing.
            State::Issued { secret_hash, .. } if *secret_hash != self.secret_hash => Err(Refusal::Invalid),
            State::Issued { expires_at, .. } if *expires_at <= self.at => Err(Refusal::Expired),
            State::Issued { .. } => Ok(Event::SignInLinkRedeemed { at: self.at }.into()),
        }
    }
}
