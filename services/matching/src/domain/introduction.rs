//! An introduction: one member asks to meet another. There is one entity for each ordered
//! pair of members, so that at most one question of a pair is open.

mod accept;
mod decline;
mod event;
mod refusal;
mod request;
mod withdraw;

use kindred_eventsourcing::{Decider, Decision, Timestamp, commands};
use kindred_ids::{EntityId, IntroductionId, MemberId, TenantSlug};

pub use accept::AcceptIntroduction;
pub use decline::DeclineIntroduction;
pub use event::Event;
pub use refusal::Refusal;
pub use request::{ASK_AGAIN_AFTER_SECONDS, Permission, RequestIntroduction, turn_key};
pub use withdraw::WithdrawIntroduction;

use super::discretion::{Discreet, Versions};

/// The rules of introductions.
#[derive(Debug)]
pub struct Introduction;

/// The introduction by which `from` asks to meet `to`; ordered by the one who asks.
#[must_use]
pub fn introduction_id(tenant: &TenantSlug, from: MemberId, to: MemberId) -> IntroductionId {
    let parts: [&[u8]; 2] = [from.0.as_bytes(), to.0.as_bytes()];
    IntroductionId(EntityId::keyed(tenant.as_str(), Introduction::CATEGORY, &parts, from.0))
}

/// How an introduction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Asked, not answered.
    Open,
    /// The other said yes.
    Accepted,
    /// The other said no, which is between them and this platform.
    Declined,
    /// Whoever asked took it back.
    Withdrawn,
}

/// Who asked whom, and how it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Who asked.
    pub from: MemberId,
    /// Who was asked.
    pub to: MemberId,
    /// When it was last asked.
    pub at: Timestamp,
    /// How it stands.
    pub standing: Standing,
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

    /// The introduction as the one who was asked may answer it.
    fn answerable_by(&self, member: MemberId) -> Result<Standing, Refusal> {
        self.asked.filter(|asked| asked.to == member).map(|asked| asked.standing).ok_or(Refusal::NotFound)
    }
}

impl Discreet for State {
    fn versions(&self) -> &Versions {
        &self.versions
    }
}

commands! {
    /// What may be asked of an introduction.
    pub enum Command { RequestIntroduction, AcceptIntroduction, DeclineIntroduction, WithdrawIntroduction }
    for State => Event, Refusal
}

impl Decider for Introduction {
    const CATEGORY: &'static str = "introduction";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        command.decide(state)
    }

    fn evolve(state: &mut State, event: &Event) {
        state.versions.advance(matches!(event, Event::IntroductionDeclined { .. }));
        let standing = match event {
            Event::IntroductionRequested { from, to, at, .. } => {
                state.asked = Some(Asked { from: *from, to: *to, at: *at, standing: Standing::Open });
                return;
            }
            Event::IntroductionAccepted { .. } => Standing::Accepted,
            Event::IntroductionDeclined { .. } => Standing::Declined,
            Event::IntroductionWithdrawn { .. } => Standing::Withdrawn,
        };
        if let Some(asked) = &mut state.asked {
            asked.standing = standing;
        }
    }
}

#[cfg(test)]
mod tests;
