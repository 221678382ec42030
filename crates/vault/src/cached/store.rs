//! What a key cache holds: keys with their end, questions under way, and what is forgotten.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use futures::future::{BoxFuture, Shared, WeakShared};
use kindred_eventsourcing::KeyId;
use kindred_ids::{MemberId, TenantSlug};
use tokio::time::Instant;

use crate::{DataKey, KeyError, KeyState};

/// What can be asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Want {
    /// A key by its name in the log.
    Key(TenantSlug, KeyId),
    /// The key that seals what a member writes now.
    Member(TenantSlug, MemberId),
}

impl Want {
    pub(super) fn key(&self) -> Option<(TenantSlug, KeyId)> {
        match self {
            Self::Key(tenant, key) => Some((tenant.clone(), *key)),
            Self::Member(..) => None,
        }
    }

    /// Whether a source may answer `state` to this.
    pub(super) fn fits(&self, state: &KeyState) -> bool {
        match (self, state) {
            (Self::Key(tenant, id), KeyState::Live(key)) => key.tenant() == tenant && key.id() == *id,
            (Self::Member(tenant, member), KeyState::Live(key)) => key.tenant() == tenant && key.member() == *member,
            (_, KeyState::Destroyed | KeyState::Unknown) => true,
        }
    }
}

/// What a question brought, by want.
pub(super) type Answer = Arc<HashMap<Want, KeyState>>;

/// A question under way, driven by whoever waits for it; it ends when nobody does.
pub(super) type Flight = Shared<BoxFuture<'static, Result<Answer, KeyError>>>;
type WeakFlight = WeakShared<BoxFuture<'static, Result<Answer, KeyError>>>;

/// How many forgotten keys and members are remembered; the source knows them all.
const REMEMBERED: usize = 100_000;

struct Entry {
    state: KeyState,
    end: (Instant, u64),
}

pub(super) struct Store {
    capacity: usize,
    entries: HashMap<Want, Entry>,
    ends: BTreeMap<(Instant, u64), Want>,
    flights: HashMap<Want, (u64, WeakFlight)>,
    forgotten: HashSet<Want>,
    forgotten_order: VecDeque<Want>,
    counter: u64,
    sweeping: bool,
}

impl Store {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            entries: HashMap::new(),
            ends: BTreeMap::new(),
            flights: HashMap::new(),
            forgotten: HashSet::new(),
            forgotten_order: VecDeque::new(),
            counter: 0,
            sweeping: false,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn get(&self, want: &Want, now: Instant) -> Option<KeyState> {
        if self.forgotten.contains(want) {
            return Some(KeyState::Destroyed);
        }
        self.entries.get(want).filter(|entry| now < entry.end.0).map(|entry| entry.state.clone())
    }

    /// `state`, unless its key or owner was forgotten since it was asked for.
    pub(super) fn unless_forgotten(&self, want: &Want, state: &KeyState) -> KeyState {
        let owner_forgotten = state.live().is_some_and(|key| self.is_forgotten(key));
        if owner_forgotten || self.forgotten.contains(want) { KeyState::Destroyed } else { state.clone() }
    }

    fn is_forgotten(&self, key: &DataKey) -> bool {
        self.forgotten.contains(&Want::Key(key.tenant().clone(), key.id()))
            || self.forgotten.contains(&Want::Member(key.tenant().clone(), key.member()))
    }

    /// Keeps an answer until `end`. An unknown key is asked for again: it tells of a
    /// vault behind its log, which an operator may be repairing.
    pub(super) fn insert(&mut self, want: &Want, state: &KeyState, end: Instant) {
        let state = self.unless_forgotten(want, state);
        if matches!(state, KeyState::Unknown) {
            return;
        }
        self.remove(want);
        while self.entries.len() >= self.capacity {
            let Some((_, oldest)) = self.ends.pop_first() else { break };
            self.entries.remove(&oldest);
        }
        self.counter += 1;
        let end = (end, self.counter);
        self.ends.insert(end, want.clone());
        self.entries.insert(want.clone(), Entry { state, end });
    }

    fn remove(&mut self, want: &Want) {
        if let Some(entry) = self.entries.remove(want) {
            self.ends.remove(&entry.end);
        }
    }

    /// Drops a key, or all keys of a member, and takes them no more.
    pub(super) fn forget(&mut self, what: Want) {
        if cfg!(feature = "sabotage-6") || !self.forgotten.insert(what.clone()) {
            return;
        }
        self.forgotten_order.push_back(what.clone());
        if self.forgotten_order.len() > REMEMBERED
            && let Some(oldest) = self.forgotten_order.pop_front()
        {
            self.forgotten.remove(&oldest);
        }
        self.remove(&what);
        let theirs = |entry: &Entry| entry.state.live().is_some_and(|key| self.is_forgotten(key));
        let dead: Vec<Want> =
            self.entries.iter().filter(|(_, entry)| theirs(entry)).map(|(want, _)| want.clone()).collect();
        for want in &dead {
            self.remove(want);
        }
    }

    pub(super) fn flight(&self, want: &Want) -> Option<(u64, Flight)> {
        let (number, flight) = self.flights.get(want)?;
        Some((*number, flight.upgrade()?))
    }

    pub(super) fn next_flight(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    pub(super) fn departed(&mut self, number: u64, wants: &[Want], flight: &Flight) {
        for want in wants {
            if let Some(weak) = flight.downgrade() {
                self.flights.insert(want.clone(), (number, weak));
            }
        }
    }

    pub(super) fn landed(&mut self, number: u64, wants: &[Want]) {
        for want in wants {
            if self.flights.get(want).is_some_and(|(latest, _)| *latest == number) {
                self.flights.remove(want);
            }
        }
    }

    /// Whether the caller has to start the sweeper.
    pub(super) fn start_sweeping(&mut self) -> bool {
        let start = !self.sweeping && !self.entries.is_empty();
        self.sweeping |= start;
        start
    }

    /// Wipes what has ended by `now`; when to come again, if anything is left.
    pub(super) fn sweep(&mut self, now: Instant) -> Option<Instant> {
        while let Some(first) = self.ends.first_entry().filter(|first| first.key().0 <= now) {
            let want = first.remove();
            self.entries.remove(&want);
        }
        self.flights.retain(|_, (_, flight)| flight.upgrade().is_some());
        let next = self.ends.first_key_value().map(|(end, _)| end.0);
        self.sweeping = next.is_some();
        next
    }
}
