//! A sign-in link: works once, for a short time. The log holds the hash of its secret only.

mod issue;
mod redeem;

use kindred_eventsourcing::{Decider, Decision, Timestamp, commands, event_types};
use kindred_ids::MemberId;

pub use issue::Issue;
pub use redeem::Redeem;

/// The rules of a sign-in link.
pub struct SignInLink;

/// What became true of a sign-in link.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub enum Event {
    SignInLinkIssued { member: MemberId, secret_hash: [u8; 32], expires_at: Timestamp, at: Timestamp },
    SignInLinkRedeemed { at: Timestamp },
}
event_types!(Event { SignInLinkIssued, SignInLinkRedeemed });

/// Why a command is turned down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Issued already.
    AlreadyIssued,
    /// No such link, or not its secret: the two are not told apart.
    Invalid,
    /// Used before.
    AlreadyUsed,
    /// Too late.
    Expired,
}

/// What a decision needs to know.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub enum State {
    #[default]
    Unknown,
    Issued {
        member: MemberId,
        secret_hash: [u8; 32],
        expires_at: Timestamp,
    },
    Redeemed {
        member: MemberId,
    },
}

commands! {
    /// What may be asked of a sign-in link.
    pub enum Command { Issue, Redeem } for State => Event, Refusal
}

impl Decider for SignInLink {
    const CATEGORY: &'static str = "sign_in_link";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        command.decide(state)
    }

    fn evolve(state: &mut State, event: &Event) {
        match (event, &state) {
            (Event::SignInLinkIssued { member, secret_hash, expires_at, .. }, _) => {
                *state = State::Issued { member: *member, secret_hash: *secret_hash, expires_at: *expires_at };
            }
            (Event::SignInLinkRedeemed { .. }, State::Issued { member, .. }) => {
                *state = State::Redeemed { member: *member };
            }
            (Event::SignInLinkRedeemed { .. }, State::Unknown | State::Redeemed { .. }) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;
    use kindred_ids::{CommandId, derive_root_id};

    use super::*;

    fn issued() -> Event {
        let id = derive_root_id("riverside", "anonymous", CommandId::derived(&[b"x"]), "member", 0);
        let (at, expires_at) = (Timestamp::default(), Timestamp::from_millis(100));
        Event::SignInLinkIssued { member: MemberId(id), secret_hash: [1; 32], expires_at, at }
    }

    fn redeem(secret: u8, at: i64) -> Redeem {
        Redeem { secret_hash: [secret; 32], at: Timestamp::from_millis(at) }
    }

    #[test]
    fn a_link_works_once_in_time_with_its_secret() {
        let redeemed = Event::SignInLinkRedeemed { at: Timestamp::from_millis(99) };
        given::<SignInLink>([issued()]).when(redeem(1, 99)).then([redeemed.clone()]);
        given::<SignInLink>([issued()]).when(redeem(1, 100)).then_err(Refusal::Expired);
        given::<SignInLink>([issued()]).when(redeem(2, 99)).then_err(Refusal::Invalid);
        given::<SignInLink>([]).when(redeem(1, 99)).then_err(Refusal::Invalid);
        given::<SignInLink>([issued(), redeemed]).when(redeem(1, 99)).then_err(Refusal::AlreadyUsed);
    }
}
