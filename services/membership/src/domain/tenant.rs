//! A tenant: a hospital, a practice group, a society; its slug is never reused.

mod create;
mod resume;
mod suspend;

use kindred_eventsourcing::{Decider, Decision, Timestamp, commands, event_types};
use kindred_ids::{ProgrammeSlug, TenantSlug};

pub use create::Create;
pub use resume::Resume;
pub use suspend::Suspend;

/// The rules of a tenant.
pub struct Tenant;

/// What became true of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub enum Event {
    TenantCreated { tenant: TenantSlug, programme: ProgrammeSlug, profile: Profile, at: Timestamp },
    TenantSuspended { reason: String, at: Timestamp },
    TenantResumed { at: Timestamp },
}
event_types!(Event { TenantCreated, TenantSuspended, TenantResumed });

/// How a tenant shows itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// What it is called.
    pub name: String,
    /// Hue of its accent color, 0 to 359.
    pub hue: u32,
    /// Whether anybody may register.
    pub open_registration: bool,
}

/// Why a command is turned down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The slug is taken, for ever.
    AlreadyExists,
    /// No such tenant.
    Unknown,
}

/// What a decision needs to know.
#[derive(Debug, Clone, Default)]
pub enum State {
    /// Never created.
    #[default]
    Unknown,
    /// Open, or closed for now.
    Known {
        /// Its programme.
        programme: ProgrammeSlug,
        /// How it shows itself.
        profile: Profile,
        /// Whether nobody may act in it.
        suspended: bool,
    },
}

impl State {
    /// Whether its members may act.
    pub const fn is_active(&self) -> bool {
        matches!(self, Self::Known { suspended: false, .. })
    }
}

commands! {
    /// What may be asked of a tenant.
    pub enum Command { Create, Suspend, Resume } for State => Event, Refusal
}

impl Decider for Tenant {
    const CATEGORY: &'static str = "tenant";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        command.decide(state)
    }

    fn evolve(state: &mut State, event: &Event) {
        match (event, state) {
            (Event::TenantCreated { programme, profile, .. }, state) => {
                *state = State::Known { programme: programme.clone(), profile: profile.clone(), suspended: false };
            }
            (Event::TenantSuspended { .. }, State::Known { suspended, .. }) => *suspended = true,
            (Event::TenantResumed { .. }, State::Known { suspended, .. }) => *suspended = false,
            (Event::TenantSuspended { .. } | Event::TenantResumed { .. }, State::Unknown) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;

    fn created() -> Event {
        let profile = Profile { name: "Riverside".to_owned(), hue: 168, open_registration: false };
        let tenant = "riverside".parse().expect("a slug");
        Event::TenantCreated { tenant, programme: "north".parse().expect("a slug"), profile, at: Timestamp::default() }
    }

    #[test]
    fn suspending_twice_changes_nothing() {
        let suspend = Suspend { reason: "unpaid".to_owned(), at: Timestamp::from_millis(2) };
        let events = given::<Tenant>([created()])
            .when(suspend.clone())
            .then([Event::TenantSuspended { reason: "unpaid".to_owned(), at: Timestamp::from_millis(2) }]);
        given::<Tenant>([vec![created()], events.events].concat()).when(suspend).then_nothing();
    }

    #[test]
    fn an_unknown_tenant_is_not_resumed() {
        given::<Tenant>([]).when(Resume { at: Timestamp::default() }).then_err(Refusal::Unknown);
    }
}
