//! Small worlds: what people did, in order, and the index that it makes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::Arc;

use kindred_ids::{CommandId, CommunityId, MemberId, TenantSlug, ThreadId, derive_root_id};
use kindred_ranking::Merging;

use crate::domain::weights::Part;
use crate::index::fact::Fact;
use crate::index::feature::{Kind, Release};
use crate::index::graph::Wish;
use crate::index::profile::{PlainField, SealedProfile};
use crate::index::purpose::Purpose;
use crate::index::snapshot::{Chunk, Plan, sealing_command};
use crate::index::tenant::{Opened, Tenant};
use crate::index::{Draft, Holding};

/// How many people there are; few, so that they have much to do with each other.
pub const PEOPLE: u32 = 8;
/// How many communities there are.
pub const COMMUNITIES: u32 = 3;
/// How many threads there are.
pub const THREADS: u32 = 5;
/// The cohort floor of these worlds.
const FLOOR: u32 = 3;

pub fn tenant() -> TenantSlug {
    "riverside".parse().expect("a slug")
}

pub fn member(person: u32) -> MemberId {
    crate::domain::samples::member(person)
}

pub fn community(place: u32) -> CommunityId {
    let command = CommandId::derived(&[&place.to_be_bytes()]);
    CommunityId(derive_root_id("riverside", "anonymous", command, "community", 0))
}

pub fn thread(place: u32) -> ThreadId {
    let command = CommandId::derived(&[b"thread", &place.to_be_bytes()]);
    ThreadId(derive_root_id("riverside", "anonymous", command, "thread", 0))
}

/// One field; released to nobody where `release` is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub kind: Kind,
    pub value: String,
    pub release: Option<Release>,
}

impl Said {
    pub fn new(kind: Kind, value: &str, release: Option<Release>) -> Self {
        Self { kind, value: value.to_owned(), release }
    }
}

/// What somebody does.
#[derive(Debug, Clone)]
pub enum Step {
    Profile(u32, Vec<Said>),
    Consent(u32, bool),
    /// To inference.
    Infer(u32, bool),
    /// To that what one wrote is compared.
    Compare(u32, bool),
    Suspend(u32, bool),
    Erase(u32),
    Join(u32, u32, bool),
    Block(u32, u32, bool),
    /// Somebody writes in a thread, which stands in the community that its number gives.
    Speak(u32, u32),
    /// A post of theirs is taken out of a thread.
    Unsay(u32, u32),
    /// A thread is taken out whole.
    Close(u32),
    /// How one's wish to meet another stands from now on.
    Wish(u32, u32, Wish),
    /// Matching's log has come to a day.
    Day(u32),
}

impl Step {
    /// Whether membership's log tells it, of which some is taken in again after a start from a
    /// snapshot; posting's and matching's own are taken in once.
    pub(crate) const fn is_of_membership(&self) -> bool {
        !matches!(self, Self::Speak(..) | Self::Unsay(..) | Self::Close(_) | Self::Wish(..) | Self::Day(_))
    }

    /// What must stay in order: steps of one entity, and all that posting's and matching's
    /// logs tell.
    pub(super) fn entity(&self) -> (u8, u32, u32) {
        match self {
            Self::Profile(person, _) | Self::Suspend(person, _) | Self::Erase(person) => (0, *person, 0),
            Self::Consent(person, _) | Self::Infer(person, _) | Self::Compare(person, _) => (1, *person, 0),
            Self::Join(person, place, _) => (2, *person, *place),
            Self::Block(person, other, _) => (3, *person, *other),
            Self::Speak(..) | Self::Unsay(..) | Self::Close(_) => (4, 0, 0),
            Self::Wish(..) | Self::Day(_) => (5, 0, 0),
        }
    }
}

/// A person as the steps left them.
#[derive(Debug, Clone, Default)]
pub struct Person {
    pub said: Vec<Said>,
    pub consents: bool,
    pub suspended: bool,
    pub erased: bool,
    pub communities: BTreeSet<u32>,
    pub blocked: BTreeSet<u32>,
    /// How many posts of theirs stand in each thread.
    pub spoken: BTreeMap<u32, u32>,
    pub asked: BTreeMap<u32, Wish>,
}

/// What the steps made true.
pub struct World {
    pub people: Vec<Person>,
    pub floor: u32,
    /// How often each person was asked on the newest day.
    pub asks: BTreeMap<u32, u32>,
    day: u32,
    closed: BTreeSet<u32>,
    steps: Vec<Step>,
}

impl World {
    pub fn of(steps: &[Step]) -> Self {
        Self::with_floor(steps, FLOOR)
    }

    pub fn with_floor(steps: &[Step], floor: u32) -> Self {
        let people = vec![Person::default(); 32];
        let (asks, closed) = (BTreeMap::new(), BTreeSet::new());
        let mut world = Self { people, floor, asks, day: 0, closed, steps: Vec::new() };
        steps.iter().for_each(|step| world.apply(step));
        world
    }

    pub fn apply(&mut self, step: &Step) {
        self.steps.push(step.clone());
        match step {
            Step::Profile(person, said) => self.people[*person as usize].said.clone_from(said),
            Step::Consent(person, given) => self.people[*person as usize].consents = *given,
            // Without a fixed table, or a likeness, it changes no answer.
            Step::Infer(..) | Step::Compare(..) => {}
            Step::Suspend(person, suspended) => self.people[*person as usize].suspended = *suspended,
            Step::Erase(person) => self.people[*person as usize].erased = true,
            Step::Join(person, place, true) => drop(self.people[*person as usize].communities.insert(*place)),
            Step::Join(person, place, false) => drop(self.people[*person as usize].communities.remove(place)),
            Step::Block(person, other, true) => drop(self.people[*person as usize].blocked.insert(*other)),
            Step::Block(person, other, false) => drop(self.people[*person as usize].blocked.remove(other)),
            Step::Speak(_, thread) if self.closed.contains(thread) => {}
            Step::Speak(person, thread) => *self.people[*person as usize].spoken.entry(*thread).or_default() += 1,
            Step::Unsay(person, thread) => {
                let spoken = &mut self.people[*person as usize].spoken;
                spoken.entry(*thread).and_modify(|posts| *posts -= 1);
                spoken.retain(|_, posts| *posts > 0);
            }
            Step::Close(thread) => {
                self.closed.insert(*thread);
                for person in &mut self.people {
                    person.spoken.remove(thread);
                }
            }
            Step::Wish(from, to, wish) => {
                self.people[*from as usize].asked.insert(*to, *wish);
                *self.asks.entry(*to).or_default() += u32::from(*wish == Wish::Open);
            }
            Step::Day(day) if *day > self.day => {
                self.day = *day;
                self.asks.clear();
            }
            Step::Day(_) => {}
        }
    }

    /// Every field that anybody has.
    pub fn everything_said(&self) -> Vec<Said> {
        self.people.iter().flat_map(|person| person.said.iter().cloned()).collect()
    }

    /// Adds a field to a person's profile.
    pub fn say(&mut self, person: u32, said: Said) {
        let mut all = self.people[person as usize].said.clone();
        all.push(said);
        self.apply(&Step::Profile(person, all));
    }

    pub(crate) fn index(&self) -> Indexed {
        indexed_with(&self.steps, &[self.steps.len().max(1)], self.floor)
    }
}

/// An index fed with batches of these sizes, again and again.
pub(crate) fn indexed(steps: &[Step], sizes: &[usize]) -> Indexed {
    indexed_with(steps, sizes, FLOOR)
}

fn indexed_with(steps: &[Step], sizes: &[usize], floor: u32) -> Indexed {
    indexed_into(Tenant::new(&tenant(), floor), steps, sizes)
}

/// What a replica holds of a tenant that is split.
pub(crate) fn indexed_of(holding: &Holding, steps: &[Step], sizes: &[usize]) -> Indexed {
    indexed_into(Tenant::of_parts(&tenant(), FLOOR, &holding.parts(&tenant())), steps, sizes)
}

fn indexed_into(tenant: Tenant, steps: &[Step], sizes: &[usize]) -> Indexed {
    let mut index = Indexed { tenant, plain: BTreeMap::new(), taken: 0, merging: Vec::new() };
    let mut left = steps;
    for size in sizes.iter().cycle() {
        if left.is_empty() {
            break;
        }
        let (batch, rest) = left.split_at((*size).min(left.len()));
        index.take(batch);
        left = rest;
    }
    index
}

/// An index, and what its people wrote, which a feed would open from the log.
pub(crate) struct Indexed {
    tenant: Tenant,
    plain: BTreeMap<CommandId, Vec<PlainField>>,
    taken: u64,
    merging: Vec<(usize, Merging)>,
}

impl Deref for Indexed {
    type Target = Tenant;
    fn deref(&self) -> &Tenant {
        &self.tenant
    }
}

impl Indexed {
    /// Fixes the weights as a log would, if it is time; whether it was.
    pub(crate) fn weigh(&mut self) -> bool {
        let table = self.table();
        let due = !table.is_empty();
        table.into_iter().for_each(|part| self.tenant.fix(part));
        due
    }

    /// The table that the log is told, if it is time for one.
    pub(crate) fn table(&self) -> Vec<Part> {
        self.tenant.weights_to_fix().map(Draft::parts).unwrap_or_default()
    }

    /// With the weights of a table.
    pub(crate) fn with_table(mut self, table: &[Part]) -> Self {
        table.iter().for_each(|part| self.tenant.fix(part.clone()));
        self
    }

    /// The same people as a snapshot of this moment gives them back.
    pub(crate) fn restarted(&self) -> Self {
        let mut plain = self.plain.clone();
        let (plan, slug) = (self.planned(), tenant());
        let mut fresh = self.tenant.empty();
        for (number, portion) in plan.portions.iter().enumerate() {
            let mut chunk = self.tenant.kept(number, plan.portions.len(), portion);
            for member in chunk.exposed() {
                // As whoever writes it seals what was read of those who consent no more.
                let command_id = sealing_command(&slug, member, self.taken);
                plain.insert(command_id, chunk.plain(member));
                chunk.seal(member, Some(SealedProfile { command_id, fields: Box::default(), withholds: false }));
            }
            let read = Chunk::decode(&chunk.encode()).expect("what was written is read");
            assert_eq!(read.encode(), chunk.encode());
            assert!(fresh.restore(&read));
        }
        fresh.restored(plan.suspended, [self.taken; 3]);
        Self { tenant: fresh, plain, taken: self.taken, merging: Vec::new() }
    }

    /// Who goes into which chunk, and what they did.
    pub(crate) fn planned(&self) -> Plan {
        let mut plan = self.tenant.plan();
        let chunks = plan.portions.len();
        let portions = plan.portions.iter_mut().enumerate();
        portions.for_each(|(number, portion)| self.tenant.note_dealings(portion, (number, chunks)));
        plan
    }

    /// The index alone.
    pub(crate) fn into_tenant(self) -> Tenant {
        self.tenant
    }

    pub(crate) fn apply_steps(&mut self, steps: &[Step]) {
        steps.iter().for_each(|step| self.apply_step(step));
    }

    pub(crate) fn apply_step(&mut self, step: &Step) {
        self.take(std::slice::from_ref(step));
    }

    /// Begins a merge after one batch and takes its result in after the next, in turn, so
    /// that answers rest on lists in every state.
    fn turn(&mut self) {
        if self.merging.is_empty() {
            let shelves = self.tenant.shelves.iter().enumerate();
            self.merging = shelves.map(|(place, shelf)| (place, shelf.lists.merge())).collect();
        } else {
            self.merging.drain(..).for_each(|(place, merge)| self.tenant.adopt(place, merge.run()));
        }
    }

    /// Applies steps as the feed does: what must be read is asked for first.
    fn take(&mut self, steps: &[Step]) {
        let mut facts = Vec::with_capacity(steps.len());
        for step in steps {
            self.taken += 1;
            facts.push(fact(step, CommandId::derived(&[&self.taken.to_be_bytes()]), &mut self.plain));
        }
        let mut opened = Opened::new();
        for (member, profile) in self.tenant.unread(&facts) {
            opened.insert((member, profile.command_id), self.plain[&profile.command_id].clone());
        }
        self.tenant.apply(facts, &mut opened, self.taken);
        self.turn();
        assert!(opened.is_empty(), "only what is needed is read");
    }
}

fn fact(step: &Step, command_id: CommandId, plain: &mut BTreeMap<CommandId, Vec<PlainField>>) -> Fact {
    match step {
        Step::Profile(person, said) => {
            let released = said.iter().filter_map(|said| {
                let (kind, value) = (said.kind, said.value.clone());
                Some(PlainField { kind, release: said.release?, value, label: String::new() })
            });
            let released: Vec<PlainField> = released.collect();
            let withholds = released.len() < said.len();
            plain.insert(command_id, released);
            let profile = Arc::new(SealedProfile { command_id, fields: Box::default(), withholds });
            Fact::Profile { member: member(*person), profile }
        }
        Step::Consent(person, given) => {
            Fact::Consent { member: member(*person), purpose: Purpose::Matching, given: *given }
        }
        Step::Infer(person, given) => {
            Fact::Consent { member: member(*person), purpose: Purpose::Inference, given: *given }
        }
        Step::Compare(person, given) => {
            Fact::Consent { member: member(*person), purpose: Purpose::Text, given: *given }
        }
        Step::Suspend(person, suspended) => Fact::Suspension { member: member(*person), suspended: *suspended },
        Step::Erase(person) => Fact::Erased { member: member(*person) },
        Step::Join(person, place, active) => {
            Fact::Membership { community: community(*place), member: member(*person), active: *active }
        }
        Step::Block(person, other, stands) => {
            Fact::Block { member: member(*person), blocked: member(*other), stands: *stands }
        }
        Step::Speak(person, place) => {
            let community = community(*place % COMMUNITIES);
            Fact::Spoke { member: member(*person), thread: thread(*place), community }
        }
        Step::Unsay(person, place) => Fact::Unsaid { member: member(*person), thread: thread(*place) },
        Step::Close(place) => Fact::ThreadGone { thread: thread(*place) },
        Step::Wish(from, to, wish) => Fact::Wish { from: member(*from), to: member(*to), wish: *wish },
        Step::Day(day) => Fact::Day { day: i64::from(*day) },
    }
}
