//! The people of one tenant as they can be found.
//!
//! # Promises
//!
//! * A pure function of the tenant's facts and the opened profiles: neither the order in
//!   which facts about different people came nor when they came changes an answer.
//! * Only members who consent, are not suspended and were not erased are in the lists
//!   that a search reads: who stops to be so is out of them with the fact itself.
//! * Of people of parts that other replicas hold it is known that they are there, to what
//!   they agree, where they are and whom a block keeps apart; never what they say of
//!   themselves.

mod meet;
mod take;

use std::collections::{HashMap, HashSet};

use kindred_ids::{CommandId, CommunityId, MemberId, TenantSlug};
use kindred_ranking::weight::Scale;
use kindred_ranking::{ListId, Merging, Repacked, Slot};
use kindred_service_kit::placement::part_of;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::catalog::{Catalog, FeatureId, Pool};
use super::feature::Release;
use super::graph::Graph;
use super::members::Members;
use super::parts::{Parts, Shelf, Within};
use super::people::{People, Person, Place};
use super::profile::{Field, PlainField};
use super::purpose::Purpose;
use super::table::Fixed;
use super::{LogName, LogPositions};

/// The list of those who release a feature so.
pub(super) const fn list(feature: FeatureId, release: Release) -> ListId {
    feature * Release::COUNT as u32 + release as u32
}

/// Profiles that were read for a batch of facts, each by whose and by which command.
pub(crate) type Opened = HashMap<(MemberId, CommandId), Vec<PlainField>>;

/// Blocks of one member, each kept at both ends.
#[derive(Debug, Default)]
struct Blocks {
    made: HashSet<MemberId>,
    met: HashSet<MemberId>,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Tenant {
    /// Mixed into the order of equal scores, so that it differs between tenants.
    seed: u64,
    floor: u32,
    suspended: bool,
    pub(super) catalog: Catalog,
    /// Who releases what how, of those of each part who can be found.
    pub(super) shelves: Vec<Shelf>,
    /// Into how many parts the people are split.
    parts: u32,
    pub(super) labels: Pool<Box<str>>,
    pub(super) people: People,
    /// Communities by number, each as long as somebody is active in it.
    pub(super) places: Pool<CommunityId>,
    erased: HashSet<MemberId>,
    /// Of whom facts are still to be taken in.
    withheld: HashSet<MemberId>,
    blocks: HashMap<MemberId, Blocks>,
    pub(super) communities: HashMap<CommunityId, Members>,
    pub(super) graph: Graph,
    pub(super) fixed: Fixed,
    /// Everything up to here of each log is in.
    pub(super) positions: LogPositions,
    /// Facts that were taken in.
    pub(super) taken: u64,
    /// Erasures among them.
    pub(super) erasures: u64,
}

impl Tenant {
    /// All people of a tenant, of whom none is known yet.
    pub(crate) fn new(slug: &TenantSlug, floor: u32) -> Self {
        Self::of_parts(slug, floor, &Parts::WHOLE)
    }

    /// Those of some parts.
    pub(crate) fn of_parts(slug: &TenantSlug, floor: u32, parts: &Parts) -> Self {
        let seed = xxh3_64_with_seed(slug.as_str().as_bytes(), u64::from_be_bytes(*b"matching"));
        Self {
            seed,
            floor,
            suspended: false,
            catalog: Catalog::default(),
            shelves: parts.held().map(Shelf::of).collect(),
            parts: parts.of(),
            labels: Pool::default(),
            people: People::new(seed),
            places: Pool::default(),
            erased: HashSet::new(),
            withheld: HashSet::new(),
            blocks: HashMap::new(),
            communities: HashMap::new(),
            graph: Graph::default(),
            fixed: Fixed::default(),
            positions: [0; 3],
            taken: 0,
            erasures: 0,
        }
    }

    /// The same parts of a tenant of whose people none is known.
    #[cfg(test)]
    pub(crate) fn empty(&self) -> Self {
        let shelves = self.shelves.iter().map(|shelf| Shelf::of(shelf.part)).collect();
        let fresh = Self::new(&super::tests::world::tenant(), self.floor);
        Self { parts: self.parts, shelves, ..fresh }
    }

    /// Everything that a person holds, also by holding a kind of it, each once and as far
    /// as they release it at all; with where they are and whom they ask to meet.
    pub(super) fn held(&self, slot: Slot) -> Vec<(FeatureId, Release)> {
        let person = self.person_at(slot);
        let mut held = self.with_ancestors(person.fields());
        let done = self.whereabouts(&person).into_iter().chain(self.asks(person.id));
        held.extend(done.map(|feature| (feature, Release::Tenant)));
        held.sort_unstable();
        held
    }

    /// What of others goes with what a person says of themselves and does.
    pub(super) fn sought(&self, slot: Slot) -> Vec<(FeatureId, Release)> {
        let person = self.person_at(slot);
        let said = self.counterparts(self.with_ancestors(person.fields()));
        let done = self.done(slot).into_iter();
        said.chain(done.map(|feature| (feature, Release::Tenant))).collect()
    }

    /// What of others goes with what somebody holds.
    pub(super) fn counterparts(
        &self,
        held: Vec<(FeatureId, Release)>,
    ) -> impl Iterator<Item = (FeatureId, Release)> + '_ {
        held.into_iter().filter_map(|(feature, own)| Some((self.catalog.counterpart(feature)?, own)))
    }

    /// What somebody holds who has these fields.
    pub(super) fn with_ancestors(&self, fields: impl Iterator<Item = Field>) -> Vec<(FeatureId, Release)> {
        let mut held: Vec<(FeatureId, Release)> = fields
            .flat_map(|field| self.catalog.chain(field.feature).map(move |feature| (feature, field.release)))
            .collect();
        held.sort_unstable();
        held.dedup_by_key(|(feature, _)| *feature);
        held
    }

    /// Everybody whom the member has blocked, or who has blocked them.
    pub(super) fn kept_apart(&self, member: MemberId) -> impl Iterator<Item = MemberId> + '_ {
        let blocks = self.blocks.get(&member).into_iter();
        blocks.flat_map(|blocks| blocks.made.iter().chain(&blocks.met).copied())
    }

    /// Everybody whom the member has blocked.
    pub(crate) fn blocked_by(&self, member: MemberId) -> Vec<MemberId> {
        self.blocks.get(&member).map(|blocks| blocks.made.iter().copied().collect()).unwrap_or_default()
    }

    /// Everybody who has blocked somebody.
    pub(super) fn blockers(&self) -> impl Iterator<Item = MemberId> + '_ {
        self.blocks.iter().filter(|(_, blocks)| !blocks.made.is_empty()).map(|(member, _)| *member)
    }

    /// Everybody who was erased.
    pub(crate) fn erased(&self) -> impl Iterator<Item = MemberId> + '_ {
        self.erased.iter().copied()
    }

    /// Everything of it up to here of a log is in.
    pub(super) const fn position_in(&self, log: LogName) -> u64 {
        self.positions[log as usize]
    }

    /// Whether nobody of the tenant can be met.
    pub(super) const fn is_suspended(&self) -> bool {
        self.suspended
    }

    pub(super) const fn suspend(&mut self, suspended: bool) {
        self.suspended = suspended;
    }

    /// Whether the two are kept apart by a block.
    pub(crate) fn are_apart(&self, one: MemberId, other: MemberId) -> bool {
        self.blocks.get(&one).is_some_and(|blocks| blocks.made.contains(&other) || blocks.met.contains(&other))
    }

    /// Whether a member can be met at all.
    pub(crate) fn is_present(&self, member: MemberId) -> bool {
        !self.suspended && self.person(member).is_some_and(|person| !person.suspended)
    }

    /// The slot of a member who can be found, and so may look.
    pub(super) fn findable(&self, member: MemberId) -> Option<Slot> {
        self.slot(member).filter(|_| self.is_present(member) && self.consents(member))
    }

    /// Whether a member agreed to a purpose.
    pub(crate) fn agrees(&self, member: MemberId, purpose: Purpose) -> bool {
        self.person(member).is_some_and(|person| person.agreed.contains(purpose))
    }

    /// Whether a member was erased.
    pub(crate) fn is_erased(&self, member: MemberId) -> bool {
        self.erased.contains(&member)
    }

    /// Whether a member agreed to be matched.
    pub(crate) fn consents(&self, member: MemberId) -> bool {
        self.agrees(member, Purpose::Matching)
    }

    /// How many people who can be found release a feature at all.
    pub(super) fn holders(&self, feature: FeatureId) -> u32 {
        self.holders_in(Within::All, feature)
    }

    /// The same of some parts.
    pub(super) fn holders_in(&self, within: Within<'_>, feature: FeatureId) -> u32 {
        let length = |list| self.within(within).map(|shelf| shelf.lists.length(list)).sum::<u32>();
        Release::ALL.iter().map(|release| length(list(feature, *release))).sum()
    }

    /// The lists of some parts.
    pub(super) fn within<'a>(&'a self, within: Within<'a>) -> impl Iterator<Item = &'a Shelf> {
        self.shelves.iter().filter(move |shelf| within.contains(shelf.part))
    }

    /// In which of the lists a member is if they can be found; none where another replica
    /// holds their part.
    pub(super) fn shelf(&self, member: MemberId) -> Option<usize> {
        let part = part_of(member, self.parts);
        self.shelves.iter().position(|shelf| shelf.part == part)
    }

    /// Whether what a member says of themselves is held here.
    pub(super) fn is_own(&self, member: MemberId) -> bool {
        self.shelf(member).is_some()
    }

    /// What lists are to be merged from, by place, of those of which enough changed for that
    /// to pay; none of which a merge runs, since each takes only what changed up to it.
    pub(crate) fn begin_merges(&mut self) -> Vec<(usize, Merging)> {
        let shelves = self.shelves.iter_mut().enumerate();
        shelves.filter_map(|(place, shelf)| Some((place, shelf.begin_merge()?))).collect()
    }

    /// A merge came to nothing.
    pub(crate) fn give_up_merge(&mut self, place: usize) {
        self.shelves[place].merging = false;
    }

    /// Merges at once.
    pub(crate) fn merge(&mut self) {
        for shelf in &mut self.shelves {
            shelf.adopt(shelf.lists.merge().run());
        }
    }

    /// Takes merged lists in; no answer changes.
    pub(crate) fn adopt(&mut self, place: usize, merged: Repacked) {
        self.shelves[place].adopt(merged);
    }

    /// What weights rest on beside each feature's own holders.
    pub(super) fn scale(&self) -> Scale {
        let population = self.shelves.iter().map(|shelf| shelf.population).sum();
        Scale { population, floor: self.floor }
    }

    /// How many can be found who agree to inference.
    pub(super) fn inferring(&self) -> u32 {
        self.shelves.iter().map(|shelf| shelf.inferring).sum()
    }

    pub(super) const fn seed(&self) -> u64 {
        self.seed
    }

    /// Everybody who can be found.
    pub(super) fn listed(&self) -> impl Iterator<Item = Slot> + '_ {
        self.people.listed()
    }

    /// Room for everybody.
    pub(super) const fn capacity(&self) -> usize {
        self.people.capacity()
    }

    pub(super) fn label(&self, field: &Field) -> Option<&str> {
        self.labels.get(field.label).map(|label| &**label)
    }

    pub(super) fn slot(&self, member: MemberId) -> Option<Slot> {
        self.people.slot(member)
    }

    pub(super) fn person(&self, member: MemberId) -> Option<Person<'_>> {
        self.slot(member).map(|slot| self.person_at(slot))
    }

    pub(super) fn person_at(&self, slot: Slot) -> Person<'_> {
        self.people.at(slot)
    }

    /// Communities by their numbers, in the order of their ids.
    pub(super) fn communities(&self, places: impl Iterator<Item = Place>) -> Vec<CommunityId> {
        let mut communities: Vec<CommunityId> = places.filter_map(|place| self.places.get(place).copied()).collect();
        communities.sort_unstable();
        communities
    }

    /// Whether a member is active in a community.
    pub(crate) fn is_inside(&self, community: CommunityId, member: MemberId) -> bool {
        let (place, person) = (self.places.find(&community), self.person(member));
        place.zip(person).is_some_and(|(place, person)| person.places().any(|known| known == place))
    }

    /// The slot of a member, a new one if need be; none for one who was erased.
    fn slot_or_new(&mut self, member: MemberId) -> Option<Slot> {
        if let Some(slot) = self.slot(member) {
            return Some(slot);
        }
        (!self.erased.contains(&member)).then(|| self.people.add(member))
    }

    /// How many values somebody holds; for tests that nothing stays behind.
    pub(crate) fn values(&self) -> usize {
        self.catalog.len()
    }
}
