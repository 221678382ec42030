//! A pairing: one member, the mentee, asks a mentor for help, or a round does in their name.
//! There is one entity for each ordered pair of members, as of introductions.

mod accept;
mod decline;
mod end;
mod event;
mod lapse;
mod place;
mod refusal;
mod request;
mod withdraw;

use kindred_eventsourcing::{Decider, Decision, Timestamp, commands};
use kindred_ids::{EntityId, MemberId, PairingId, RoundId, TenantSlug};

pub use accept::{AcceptPairing, Readiness};
pub use decline::DeclinePairing;
pub use end::{EndPairing, Reason};
pub use event::Event;
pub use lapse::LapseProposal;
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
    /// A round had asked, and it is open no longer.
    Lapsed,
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
    /// Which round asked in the mentee's name; none if they asked themselves.
    pub round: Option<RoundId>,
    /// How it stands.
    pub standing: Standing,
}

impl Asked {
    /// Whether a member may know of it. What a round asks in the mentee's name is theirs to
    /// know once the mentor said yes: a no, or silence, would be told otherwise.
    #[must_use]
    pub fn is_known_to(&self, member: MemberId) -> bool {
        let began = matches!(self.standing, Standing::Active { .. } | Standing::Ended);
        member == self.mentor || member == self.mentee && (self.round.is_none() || began)
    }

    /// Whether the mentor's answer is open to what this round asked.
    #[must_use]
    pub fn is_open_by(&self, round: RoundId) -> bool {
        self.round == Some(round) && self.standing == Standing::Open
    }

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
        self.asked().filter(|asked| asked.mentee == member && asked.is_known_to(member)).ok_or(Refusal::NotFound)
    }
}

impl Discreet for State {
    fn versions(&self) -> &Versions {
        &self.versions
    }
}

commands! {
    /// What may be asked of a pairing.
    pub enum Command { RequestPairing, AcceptPairing, DeclinePairing, WithdrawPairing, EndPairing, LapseProposal }
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
        state.versions.advance(match event {
            Event::PairingRequested { round, .. } => round.is_some(),
            Event::PairingDeclined { .. } | Event::PairingLapsed { .. } => true,
            Event::PairingAccepted { .. } | Event::PairingWithdrawn { .. } | Event::PairingEnded { .. } => false,
        });
        if let Event::PairingRequested { mentee, mentor, round, at, .. } = event {
            let (mentee, mentor, round) = (*mentee, *mentor, *round);
            state.asked = Some(Asked { mentee, mentor, at: *at, round, standing: Standing::Open });
        }
        let Some(asked) = &mut state.asked else { return };
        asked.standing = match event {
            Event::PairingRequested { .. } => Standing::Open,
            Event::PairingAccepted { place, .. } => Standing::Active { place: *place },
            Event::PairingDeclined { .. } => Standing::Declined,
            Event::PairingWithdrawn { .. } => Standing::Withdrawn,
            Event::PairingEnded { .. } => Standing::Ended,
            Event::PairingLapsed { .. } => Standing::Lapsed,
        };
    }
}

#[cfg(test)]
mod tests;
