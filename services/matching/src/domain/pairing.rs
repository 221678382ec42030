//! A pairing: one member, the mentee, asks a mentor for help. There is one entity for each
//! ordered pair of members, as of introductions.

mod accept;
mod decline;
mod end;
mod event;
mod place;
mod refusal;
mod request;
mod withdraw;

use kindred_eventsourcing::{Decider, Decision, Timestamp, commands};
use kindred_ids::{EntityId, MemberId, PairingId, TenantSlug};

pub use accept::{AcceptPairing, Readiness};
pub use decline::DeclinePairing;
pub use end::{EndPairing, Reason};
pub use event::Event;
pub use place::place_key;
pub use refusal::Refusal;
pub use request::{Opening, RequestPairing};
pub use withdraw::WithdrawPairing;

use super::discretion::{Discreet, Versions};

/// The rules of pairings.
#[derive(Debug)]
pub struct Pairing;

/// The pairing for which `mentee` asks `mentor`; ordered by the one who asks.
#[must_use]
pub fn pairing_id(tenant: &TenantSlug, mentee: MemberId, mentor: MemberId) -> PairingId {
    let parts: [&[u8]; 2] = [mentee.0.as_bytes(), mentor.0.as_bytes()];
    PairingId(EntityId::keyed(tenant.as_str(), Pairing::CATEGORY, &parts, mentee.0))
}

/// How a pairing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Asked, not answered.
    Open,
    /// It goes on, in this place of the mentor's.
    Active {
        /// From 1.
        place: u32,
    },
    /// The mentor said no, which is between them and this platform.
    Declined,
    /// The mentee took the question back.
    Withdrawn,
    /// One of the two ended it.
    Ended,
}

/// Who asked whom, and how it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Who asked.
    pub mentee: MemberId,
    /// Who was asked.
    pub mentor: MemberId,
    /// When it was last asked.
    pub at: Timestamp,
    /// How it stands.
    pub standing: Standing,
}

impl Asked {
    /// The other one of the two; none for anybody else.
    #[must_use]
    pub fn other_than(&self, member: MemberId) -> Option<MemberId> {
        match member {
            one if one == self.mentee => Some(self.mentor),
            one if one == self.mentor => Some(self.mentee),
            _ => None,
        }
    }
}

/// What a decision needs to know.
#[derive(Debug, Clone, Default)]
pub struct State {
    asked: Option<Asked>,
    versions: Versions,
}

impl State {
    /// Who asked whom; none if nobody did.
    #[must_use]
    pub const fn asked(&self) -> Option<&Asked> {
        self.asked.as_ref()
    }

    /// The pairing as the mentor may answer it.
    fn answerable_by(&self, member: MemberId) -> Result<&Asked, Refusal> {
        self.asked().filter(|asked| asked.mentor == member).ok_or(Refusal::NotFound)
    }

    /// The pairing as the mentee may take it back.
    fn asked_by(&self, member: MemberId) -> Result<&Asked, Refusal> {
        self.asked().filter(|asked| asked.mentee == member).ok_or(Refusal::NotFound)
    }
}

impl Discreet for State {
    fn versions(&self) -> &Versions {
        &self.versions
    }
}

commands! {
    /// What may be asked of a pairing.
    pub enum Command { RequestPairing, AcceptPairing, DeclinePairing, WithdrawPairing, EndPairing }
    for State => Event, Refusal
}

impl Decider for Pairing {
    const CATEGORY: &'static str = "pairing";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        command.decide(state)
    }

    fn evolve(state: &mut State, event: &Event) {
        state.versions.advance(matches!(event, Event::PairingDeclined { .. }));
        if let Event::PairingRequested { mentee, mentor, at, .. } = event {
            state.asked = Some(Asked { mentee: *mentee, mentor: *mentor, at: *at, standing: Standing::Open });
        }
        let Some(asked) = &mut state.asked else { return };
        asked.standing = match event {
            Event::PairingRequested { .. } => Standing::Open,
            Event::PairingAccepted { place, .. } => Standing::Active { place: *place },
            Event::PairingDeclined { .. } => Standing::Declined,
            Event::PairingWithdrawn { .. } => Standing::Withdrawn,
            Event::PairingEnded { .. } => Standing::Ended,
        };
    }
}

#[cfg(test)]
mod tests;
