//! The people of one tenant as they can be found.
//!
//! # Promises
//!
//! * A pure function of the tenant's facts and the opened profiles: neither the order in
//!   which facts about different people came nor when they came changes an answer.
//! * Only members who consent, are not suspended and were not erased are in the lists
//!   that a search reads: who stops to be so is out of them with the fact itself.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kindred_ids::{CommandId, CommunityId, MemberId, TenantSlug};
use roaring::RoaringBitmap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::catalog::{Catalog, FeatureId, Pool, Slot};
use super::fact::Fact;
use super::feature::{Feature, Kind, Kinds, Release};
use super::profile::{Field, NO_LABEL, PlainField, Profile, SealedProfile};
use super::weight::Scale;

/// Profiles that were read for a batch of facts, each by whose and by which command.
pub(crate) type Opened = HashMap<(MemberId, CommandId), Vec<PlainField>>;

/// A member as the index knows them.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) id: MemberId,
    pub(super) consents: bool,
    suspended: bool,
    /// Whether the lists hold them.
    listed: bool,
    pub(super) profile: Profile,
    /// What their released fields are about; known before they are read.
    pub(super) kinds: Kinds,
    /// Whether they have fields that they release to nobody.
    pub(super) withholds: bool,
    /// Where they are active, in order.
    pub(super) communities: Vec<CommunityId>,
}

impl Person {
    const fn eligible(&self) -> bool {
        self.consents && !self.suspended
    }

    pub(super) fn fields(&self) -> &[Field] {
        match &self.profile {
            Profile::Open(fields) => fields,
            Profile::Absent | Profile::Sealed(_) => &[],
        }
    }
}

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
    labels: Pool<Box<str>>,
    slots: HashMap<MemberId, Slot>,
    people: Vec<Option<Person>>,
    free: Vec<Slot>,
    erased: HashSet<MemberId>,
    blocks: HashMap<MemberId, Blocks>,
    pub(super) communities: HashMap<CommunityId, RoaringBitmap>,
    population: u32,
    pub(super) position: u64,
}

impl Tenant {
    pub(crate) fn new(slug: &TenantSlug, floor: u32) -> Self {
        let seed = xxh3_64_with_seed(slug.as_str().as_bytes(), u64::from_be_bytes(*b"matching"));
        Self {
            seed,
            floor,
            suspended: false,
            catalog: Catalog::default(),
            labels: Pool::default(),
            slots: HashMap::new(),
            people: Vec::new(),
            free: Vec::new(),
            erased: HashSet::new(),
            blocks: HashMap::new(),
            communities: HashMap::new(),
            population: 0,
            position: 0,
        }
    }

    /// The profiles that must be read before these facts are applied: of those who can be
    /// found after them and have not been read.
    pub(crate) fn unread(&self, facts: &[Fact]) -> Vec<(MemberId, Arc<SealedProfile>)> {
        struct Outlook {
            consents: bool,
            suspended: bool,
            erased: bool,
            unread: Option<Arc<SealedProfile>>,
        }
        let mut touched: HashMap<MemberId, Outlook> = HashMap::new();
        for fact in facts {
            let Some(member) = fact.subject() else { continue };
            let outlook = touched.entry(member).or_insert_with(|| {
                let person = self.person(member);
                Outlook {
                    consents: person.is_some_and(|person| person.consents),
                    suspended: person.is_some_and(|person| person.suspended),
                    erased: self.erased.contains(&member),
                    unread: person.and_then(|person| match &person.profile {
                        Profile::Sealed(profile) => Some(profile.clone()),
                        Profile::Absent | Profile::Open(_) => None,
                    }),
                }
            });
            match fact {
                Fact::Profile { profile, .. } => outlook.unread = Some(profile.clone()),
                Fact::Consent { given, .. } => outlook.consents = *given,
                Fact::Suspension { suspended, .. } => outlook.suspended = *suspended,
                Fact::Erased { .. } => outlook.erased = true,
                Fact::Tenant { .. } | Fact::Membership { .. } | Fact::Block { .. } => {}
            }
        }
        let unread =
            touched.into_iter().filter(|(_, outlook)| outlook.consents && !outlook.suspended && !outlook.erased);
        unread.filter_map(|(member, outlook)| Some((member, outlook.unread?))).collect()
    }

    /// Takes facts in, in log order; `opened` holds what [`Self::unread`] named.
    pub(crate) fn apply(&mut self, facts: Vec<Fact>, opened: &mut Opened, position: u64) {
        let mut touched = Vec::new();
        for fact in facts {
            touched.extend(fact.subject());
            self.take(fact);
        }
        for member in touched {
            self.settle(member, opened);
        }
        self.position = self.position.max(position);
    }

    /// Lets nobody be found of whom facts are still to be taken in.
    pub(crate) fn withhold(&mut self, facts: &[Fact]) {
        for fact in facts {
            match fact {
                Fact::Block { member, blocked, stands: true } => self.block(*member, *blocked),
                Fact::Tenant { suspended: true } => self.suspended = true,
                Fact::Erased { member } => self.forget(*member),
                other => {
                    if let Some(slot) = other.subject().and_then(|member| self.slot(member)) {
                        self.unlist(slot);
                    }
                }
            }
        }
    }

    fn take(&mut self, fact: Fact) {
        match fact {
            Fact::Tenant { suspended } => self.suspended = suspended,
            Fact::Profile { member, profile } => {
                let Some(slot) = self.slot_or_new(member) else { return };
                self.unlist(slot);
                self.drop_fields(slot);
                let person = self.person_mut(slot);
                person.kinds = profile.fields.iter().map(|field| field.kind).collect();
                person.withholds = profile.withholds;
                person.profile = Profile::Sealed(profile);
            }
            Fact::Consent { member, given } => {
                let Some(slot) = self.slot_or_new(member) else { return };
                self.unlist(slot);
                self.person_mut(slot).consents = given;
            }
            Fact::Suspension { member, suspended } => {
                let Some(slot) = self.slot_or_new(member) else { return };
                self.unlist(slot);
                self.person_mut(slot).suspended = suspended;
            }
            Fact::Erased { member } => self.forget(member),
            Fact::Membership { community, member, active } => self.join(community, member, active),
            Fact::Block { member, blocked, stands: true } => self.block(member, blocked),
            Fact::Block { member, blocked, stands: false } => self.unblock(member, blocked),
        }
    }

    /// Puts a member into the lists if they can be found now.
    fn settle(&mut self, member: MemberId, opened: &mut Opened) {
        let Some(slot) = self.slot(member) else { return };
        if self.person_at(slot).listed || !self.person_at(slot).eligible() {
            return;
        }
        if let Profile::Sealed(profile) = &self.person_at(slot).profile {
            if let Some(plain) = opened.remove(&(member, profile.command_id)) {
                let fields = plain.into_iter().filter_map(|field| self.field(field)).collect();
                self.person_mut(slot).profile = Profile::Open(fields);
            }
        }
        for (feature, release) in self.held(slot) {
            self.catalog.post(feature, slot, release);
        }
        self.person_mut(slot).listed = true;
        self.population += 1;
    }

    fn unlist(&mut self, slot: Slot) {
        if !self.person_at(slot).listed {
            return;
        }
        for (feature, release) in self.held(slot) {
            self.catalog.unpost(feature, slot, release);
        }
        self.person_mut(slot).listed = false;
        self.population -= 1;
    }

    /// Forgets everything about a member but that they are not to be taken in again.
    pub(crate) fn forget(&mut self, member: MemberId) {
        self.erased.insert(member);
        if let Some(blocks) = self.blocks.remove(&member) {
            for other in blocks.made.iter().chain(&blocks.met) {
                if let Some(theirs) = self.blocks.get_mut(other) {
                    theirs.made.remove(&member);
                    theirs.met.remove(&member);
                }
            }
        }
        let Some(slot) = self.slots.get(&member).copied() else { return };
        self.unlist(slot);
        self.drop_fields(slot);
        for community in std::mem::take(&mut self.person_mut(slot).communities) {
            self.leave(community, slot);
        }
        self.slots.remove(&member);
        self.people[slot as usize] = None;
        self.free.push(slot);
    }

    fn drop_fields(&mut self, slot: Slot) {
        if let Profile::Open(fields) = std::mem::take(&mut self.person_mut(slot).profile) {
            for field in fields {
                self.catalog.release(field.feature);
                self.labels.release(field.label);
            }
        }
    }

    /// A field with its value and label by number.
    fn field(&mut self, plain: PlainField) -> Option<Field> {
        let feature = Feature::of(plain.kind, &plain.value)?;
        let written = match plain.kind {
            Kind::Condition => plain.label.trim(),
            Kind::Interest | Kind::Role | Kind::Area => plain.value.trim(),
            Kind::Language | Kind::Year => "",
        };
        let says_it_all = written.is_empty() || written == &*feature.value;
        let label = if says_it_all { NO_LABEL } else { self.labels.hold(written.into()) };
        Some(Field { feature: self.catalog.hold(&feature), release: plain.release, label })
    }

    /// Everything that a person holds, also by holding a kind of it, each once and as far
    /// as they release it at all.
    pub(super) fn held(&self, slot: Slot) -> Vec<(FeatureId, Release)> {
        let fields = self.person_at(slot).fields();
        let mut held: Vec<(FeatureId, Release)> = fields
            .iter()
            .flat_map(|field| self.catalog.chain(field.feature).map(|feature| (feature, field.release)))
            .collect();
        held.sort_unstable();
        held.dedup_by_key(|(feature, _)| *feature);
        held
    }

    fn join(&mut self, community: CommunityId, member: MemberId, active: bool) {
        let Some(slot) = self.slot_or_new(member) else { return };
        let places = &mut self.person_mut(slot).communities;
        match (places.binary_search(&community), active) {
            (Err(place), true) => {
                places.insert(place, community);
                self.communities.entry(community).or_default().insert(slot);
            }
            (Ok(place), false) => {
                places.remove(place);
                self.leave(community, slot);
            }
            (Ok(_), true) | (Err(_), false) => {}
        }
    }

    fn leave(&mut self, community: CommunityId, slot: Slot) {
        if let Some(people) = self.communities.get_mut(&community) {
            people.remove(slot);
            if people.is_empty() {
                self.communities.remove(&community);
            }
        }
    }

    fn block(&mut self, member: MemberId, blocked: MemberId) {
        if self.erased.contains(&member) || self.erased.contains(&blocked) {
            return;
        }
        self.blocks.entry(member).or_default().made.insert(blocked);
        self.blocks.entry(blocked).or_default().met.insert(member);
    }

    fn unblock(&mut self, member: MemberId, blocked: MemberId) {
        if let Some(blocks) = self.blocks.get_mut(&member) {
            blocks.made.remove(&blocked);
        }
        if let Some(blocks) = self.blocks.get_mut(&blocked) {
            blocks.met.remove(&member);
        }
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

    /// Whether the two are kept apart by a block.
    pub(crate) fn are_apart(&self, one: MemberId, other: MemberId) -> bool {
        self.blocks.get(&one).is_some_and(|blocks| blocks.made.contains(&other) || blocks.met.contains(&other))
    }

    /// Whether a member can be met at all.
    pub(crate) fn is_present(&self, member: MemberId) -> bool {
        !self.suspended && self.person(member).is_some_and(|person| !person.suspended)
    }

    /// Whether a member agreed to be matched.
    pub(crate) fn consents(&self, member: MemberId) -> bool {
        self.person(member).is_some_and(|person| person.consents)
    }

    /// What weights rest on beside each feature's own holders.
    pub(super) const fn scale(&self) -> Scale {
        Scale { population: self.population, floor: self.floor }
    }

    pub(super) const fn seed(&self) -> u64 {
        self.seed
    }

    /// Room for everybody.
    pub(super) const fn capacity(&self) -> usize {
        self.people.len()
    }

    pub(super) fn label(&self, field: &Field) -> Option<&str> {
        self.labels.get(field.label).map(|label| &**label)
    }

    pub(super) fn slot(&self, member: MemberId) -> Option<Slot> {
        self.slots.get(&member).copied()
    }

    pub(super) fn person(&self, member: MemberId) -> Option<&Person> {
        self.slot(member).map(|slot| self.person_at(slot))
    }

    pub(super) fn person_at(&self, slot: Slot) -> &Person {
        self.people[slot as usize].as_ref().expect("a slot in use has a person")
    }

    fn person_mut(&mut self, slot: Slot) -> &mut Person {
        self.people[slot as usize].as_mut().expect("a slot in use has a person")
    }

    /// The slot of a member, a new one if need be; none for one who was erased.
    fn slot_or_new(&mut self, member: MemberId) -> Option<Slot> {
        if let Some(slot) = self.slots.get(&member) {
            return Some(*slot);
        }
        if self.erased.contains(&member) {
            return None;
        }
        let slot = self.free.pop().unwrap_or_else(|| {
            self.people.push(None);
            self.people.len() as Slot - 1
        });
        self.people[slot as usize] = Some(Person {
            id: member,
            consents: false,
            suspended: false,
            listed: false,
            profile: Profile::Absent,
            kinds: Kinds::default(),
            withholds: false,
            communities: Vec::new(),
        });
        self.slots.insert(member, slot);
        Some(slot)
    }

    /// How many values somebody holds; for tests that nothing stays behind.
    pub(crate) fn values(&self) -> usize {
        self.catalog.len()
    }
}
