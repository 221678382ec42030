//! Small worlds: what people did, in order, and the index that it makes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::Arc;

use kindred_ids::{CommandId, CommunityId, MemberId, TenantSlug, ThreadId, derive_root_id};
use kindred_ranking::Merging;
use proptest::prelude::*;
use proptest::sample::Index as Pick;

use crate::index::fact::Fact;
use crate::index::feature::{Kind, Release};
use crate::index::graph::Wish;
use crate::index::profile::{PlainField, SealedProfile};
use crate::index::purpose::Purpose;
use crate::index::snapshot::{Chunk, sealing_command};
use crate::index::tenant::{Opened, Tenant};

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
    /// Whether membership's log tells it, which is taken in again after a start from a
    /// snapshot; posting's and matching's own are taken in once.
    pub(crate) const fn is_of_membership(&self) -> bool {
        !matches!(self, Self::Speak(..) | Self::Unsay(..) | Self::Close(_) | Self::Wish(..) | Self::Day(_))
    }

    /// What must stay in order: steps of one entity, and all that posting's and matching's
    /// logs tell.
    fn entity(&self) -> (u8, u32, u32) {
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

pub fn said() -> impl Strategy<Value = Said> {
    let values = prop_oneof![
        prop::sample::select(vec!["icd10cm|E06.3", "icd10cm|E06.9", "icd10cm|E06", "icd10cm|E03.9", "icd10cm|F10.20"])
            .prop_map(|code| (Kind::Condition, code)),
        prop::sample::select(vec!["snomed|21983002", "icd10cm|E10.321", "icd10cm|E10.329"])
            .prop_map(|code| (Kind::Condition, code)),
        prop::sample::select(vec!["walking", "Walking", "chess"]).prop_map(|value| (Kind::Interest, value)),
        prop::sample::select(vec!["pt-BR", "pt", "es"]).prop_map(|value| (Kind::Language, value)),
        prop::sample::select(vec!["2019", "2020", "2021", "2025"]).prop_map(|value| (Kind::Year, value)),
        prop::sample::select(vec!["021", "Boston"]).prop_map(|value| (Kind::Area, value)),
        Just((Kind::Role, "patient")),
        prop::sample::select(vec![Kind::Offer, Kind::Want, Kind::Interest]).prop_map(|kind| (kind, "walking")),
    ];
    let releases = prop::sample::select(vec![
        None,
        Some(Release::Tenant),
        Some(Release::Matched),
        Some(Release::Matched),
        Some(Release::Community),
    ]);
    (values, releases).prop_map(|((kind, value), release)| Said::new(kind, value, release))
}

pub fn step() -> impl Strategy<Value = Step> {
    let person = || 0..PEOPLE;
    prop_oneof![
        6 => (person(), prop::collection::vec(said(), 0..7)).prop_map(|(person, said)| Step::Profile(person, said)),
        4 => (person(), prop::bool::weighted(0.8)).prop_map(|(person, given)| Step::Consent(person, given)),
        1 => (person(), any::<bool>()).prop_map(|(person, given)| Step::Infer(person, given)),
        1 => (person(), any::<bool>()).prop_map(|(person, suspended)| Step::Suspend(person, suspended)),
        1 => person().prop_map(Step::Erase),
        4 => (person(), 0..COMMUNITIES, prop::bool::weighted(0.8)).prop_map(|(person, place, joins)| Step::Join(person, place, joins)),
        1 => (person(), person(), any::<bool>()).prop_map(|(person, other, stands)| Step::Block(person, other, stands)),
        3 => (person(), 0..THREADS).prop_map(|(person, thread)| Step::Speak(person, thread)),
        1 => (person(), 0..THREADS).prop_map(|(person, thread)| Step::Unsay(person, thread)),
        1 => (0..THREADS).prop_map(Step::Close),
        3 => (person(), person(), wish()).prop_map(|(from, to, wish)| Step::Wish(from, to, wish)),
        1 => (0_u32..4).prop_map(Step::Day),
    ]
}

fn wish() -> impl Strategy<Value = Wish> {
    prop::sample::select(vec![Wish::Open, Wish::Open, Wish::Granted, Wish::Declined, Wish::Withdrawn])
}

/// Histories in which at first everybody consents.
pub fn histories() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 0..60).prop_map(|steps| {
        let consents = (0..PEOPLE).map(|person| Step::Consent(person, true));
        consents.chain(steps).collect()
    })
}

/// The same steps in another order that keeps each entity's own.
pub fn interleaved(steps: &[Step], picks: &[Pick]) -> Vec<Step> {
    let mut queues: BTreeMap<_, Vec<Step>> = BTreeMap::new();
    for step in steps.iter().rev() {
        queues.entry(step.entity()).or_default().push(step.clone());
    }
    let mut mixed = Vec::with_capacity(steps.len());
    for pick in picks.iter().cycle() {
        let keys: Vec<_> = queues.keys().copied().collect();
        if keys.is_empty() {
            break;
        }
        let key = keys[pick.index(keys.len())];
        if let Some(step) = queues.get_mut(&key).and_then(Vec::pop) {
            mixed.push(step);
        }
        queues.retain(|_, queue| !queue.is_empty());
    }
    mixed
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
    let tenant = Tenant::new(&tenant(), floor);
    let mut index = Indexed { tenant, plain: BTreeMap::new(), others: Vec::new(), taken: 0, merging: None };
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
    /// What came from posting's and matching's logs, which a start reads whole.
    others: Vec<Fact>,
    taken: u64,
    merging: Option<Merging>,
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
        let Some(draft) = self.tenant.weights_to_fix() else { return false };
        draft.parts().into_iter().for_each(|part| self.tenant.fix(part));
        true
    }

    /// The same people as a snapshot of this moment gives them back.
    pub(crate) fn restarted(&self) -> Self {
        let mut plain = self.plain.clone();
        let (plan, slug) = (self.tenant.plan(), tenant());
        let mut fresh = Tenant::new(&slug, self.tenant.scale().floor);
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
        fresh.restored(plan.suspended, self.taken);
        fresh.observe(self.others.clone(), &mut Opened::new());
        Self { tenant: fresh, plain, others: self.others.clone(), taken: self.taken, merging: None }
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
        match self.merging.take() {
            Some(merge) => self.tenant.adopt(merge.run()),
            None => self.merging = Some(self.tenant.lists.merge()),
        }
    }

    /// Applies steps as the feed does: what must be read is asked for first.
    fn take(&mut self, steps: &[Step]) {
        let mut facts = Vec::with_capacity(steps.len());
        for step in steps {
            self.taken += 1;
            facts.push(fact(step, CommandId::derived(&[&self.taken.to_be_bytes()]), &mut self.plain));
            if !step.is_of_membership() {
                self.others.extend(facts.last().cloned());
            }
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
