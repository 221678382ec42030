//! What sharing a coded value is worth in a tenant, fixed as a table: so that an answer
//! does not change with everybody who comes or goes.

mod fix;

use kindred_eventsourcing::{Decider, Decision, Timestamp, commands, event_types};
use kindred_ids::{EntityKey, TenantSlug};

pub use fix::FixWeights;

/// The rules of a tenant's weights.
#[derive(Debug)]
pub struct Weights;

/// The weights of a tenant; there is one entity for each.
#[must_use]
pub fn weights_key(tenant: &TenantSlug) -> EntityKey {
    EntityKey::named(tenant.clone(), Weights::CATEGORY, tenant.as_str())
}

/// A part of a table; a table holds once its last part is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The number of the table, from 1.
    pub table: u32,
    /// Which part, from 0.
    pub part: u32,
    /// How many parts there are.
    pub parts: u32,
    /// How far membership's log had been read when the table was made.
    pub membership_position: u64,
    /// How many people could be found.
    pub population: u32,
    /// How many had to hold a value for it to be in the table.
    pub floor: u32,
    /// Values, `kind:value`, ascending over all parts.
    pub features: Vec<String>,
    /// What each is worth.
    pub weights: Vec<u16>,
    /// How many people who agreed to it the following was learned from.
    pub learned_from: u32,
    /// What some values say of others, ascending over all parts.
    pub associations: Vec<Association>,
    /// How many introductions had been answered when the table was made.
    pub answered: u32,
    /// What the weights of some kinds are multiplied with, in sixteenths.
    pub factors: Vec<(String, u16)>,
}

/// What having one value says of having others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Association {
    /// `kind:value`.
    pub feature: String,
    /// The others, `kind:value`.
    pub others: Vec<String>,
    /// Ten-thousandths of a certainty for each of the others; less than 0 where it speaks
    /// against.
    pub says: Vec<i32>,
}

/// A fact about a tenant's weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A part of a table is fixed.
    WeightsFixed {
        /// The part.
        part: Part,
        /// When.
        at: Timestamp,
    },
}
event_types!(Event { WeightsFixed });

/// A rule that says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Another part is next: somebody else fixed this one.
    #[error("another part of the weights is next")]
    OutOfTurn,
    /// Values without weights, weights without values, or no part of its table.
    #[error("a part of the weights does not hold together")]
    Malformed,
}

/// What a decision needs to know: the part that was fixed last.
#[derive(Debug, Clone, Default)]
pub struct State {
    table: u32,
    part: u32,
    parts: u32,
    membership_position: u64,
}

commands! {
    /// What may be asked of a tenant's weights.
    pub enum Command { FixWeights } for State => Event, Refusal
}

impl Decider for Weights {
    const CATEGORY: &'static str = "weights";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        command.decide(state)
    }

    fn evolve(state: &mut State, event: &Event) {
        let Event::WeightsFixed { part, .. } = event;
        *state = State {
            table: part.table,
            part: part.part,
            parts: part.parts,
            membership_position: part.membership_position,
        };
    }
}
