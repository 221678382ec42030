//! How facts change who can be found: whoever a fact is about leaves the lists with it,
//! and comes back once all facts of the batch are in, if they can be found then.

use std::collections::HashMap;
use std::sync::Arc;

use kindred_ids::{CommunityId, MemberId};
use kindred_ranking::Slot;

use super::{Opened, Tenant, list};
use crate::index::LogName;
use crate::index::fact::Fact;
use crate::index::feature::{Feature, Kind};
use crate::index::people::Place;
use crate::index::profile::{Field, NO_LABEL, PlainField, SealedProfile};
use crate::index::purpose::{Purpose, Purposes};

/// How somebody will stand after a batch.
struct Outlook {
    agreed: Purposes,
    suspended: bool,
    erased: bool,
    unread: Option<Arc<SealedProfile>>,
}

impl Tenant {
    /// The profiles that must be read before these facts are applied: of those who can be
    /// found after them and have not been read.
    pub(crate) fn unread(&self, facts: &[Fact]) -> Vec<(MemberId, Arc<SealedProfile>)> {
        let mut touched: HashMap<MemberId, Outlook> = HashMap::new();
        for fact in facts {
            let Some(member) = fact.subject() else { continue };
            let outlook = touched.entry(member).or_insert_with(|| {
                let person = self.person(member);
                Outlook {
                    agreed: person.map(|person| person.agreed).unwrap_or_default(),
                    suspended: person.is_some_and(|person| person.suspended),
                    erased: self.erased.contains(&member),
                    unread: person.and_then(|person| person.sealed()).map(Arc::new),
                }
            });
            match fact {
                Fact::Profile { profile, .. } => outlook.unread = Some(profile.clone()),
                Fact::Consent { purpose, given, .. } => outlook.agreed.set(*purpose, *given),
                Fact::Suspension { suspended, .. } => outlook.suspended = *suspended,
                Fact::Erased { .. } => outlook.erased = true,
                Fact::Tenant { .. }
                | Fact::Membership { .. }
                | Fact::Block { .. }
                | Fact::Spoke { .. }
                | Fact::Unsaid { .. }
                | Fact::ThreadGone { .. }
                | Fact::Wrote { .. }
                | Fact::Weights { .. }
                | Fact::Day { .. }
                | Fact::Wish { .. } => {}
            }
        }
        let unread = touched.into_iter().filter(|(member, outlook)| {
            outlook.agreed.contains(Purpose::Matching) && !outlook.suspended && !outlook.erased && self.is_own(*member)
        });
        unread.filter_map(|(member, outlook)| Some((member, outlook.unread?))).collect()
    }

    /// Takes facts of membership's log in, in its order; `opened` holds what
    /// [`Self::unread`] named.
    pub(crate) fn apply(&mut self, facts: Vec<Fact>, opened: &mut Opened, position: u64) {
        self.withheld.clear();
        self.observe(facts, opened);
        self.come_to(LogName::Membership, position);
    }

    /// Takes facts of posting's or matching's own log in, in its order.
    pub(crate) fn hear(&mut self, log: LogName, facts: Vec<Fact>, position: u64) {
        self.observe(facts, &mut Opened::new());
        self.come_to(log, position);
    }

    fn come_to(&mut self, log: LogName, position: u64) {
        let known = &mut self.positions[log as usize];
        *known = position.max(*known);
    }

    fn observe(&mut self, facts: Vec<Fact>, opened: &mut Opened) {
        self.taken += facts.len() as u64;
        let mut touched = Vec::new();
        for fact in facts {
            touched.extend(fact.subject());
            touched.extend(self.take(fact, opened));
        }
        for member in touched {
            self.settle(member, opened);
        }
    }

    /// Lets nobody be found of whom facts are still to be taken in.
    pub(crate) fn withhold(&mut self, facts: &[Fact]) {
        for fact in facts {
            match fact {
                Fact::Block { member, blocked, stands: true } => self.block(*member, *blocked),
                Fact::Tenant { suspended: true } => self.suspended = true,
                Fact::Erased { member } => self.forget(*member),
                other => {
                    let Some(member) = other.subject() else { continue };
                    self.withheld.insert(member);
                    if let Some(slot) = self.slot(member) {
                        self.unlist(slot);
                    }
                }
            }
        }
    }

    /// Takes one fact in; whom beside its subject that took out of the lists.
    fn take(&mut self, fact: Fact, opened: &mut Opened) -> Vec<MemberId> {
        match fact {
            Fact::Tenant { suspended } => self.suspended = suspended,
            Fact::Profile { member, profile } => {
                let Some(slot) = self.slot_or_new(member) else { return Vec::new() };
                self.unlist(slot);
                self.drop_fields(slot);
                let kinds = profile.fields.iter().map(|field| field.kind).collect();
                self.people.set_about(slot, kinds, profile.withholds);
                if !self.is_own(member) {
                    return Vec::new();
                }
                // Opened is what is read of those who consent when all facts are in.
                match opened.remove(&(member, profile.command_id)) {
                    Some(plain) => self.read(slot, plain),
                    None => self.people.set_sealed(slot, &profile),
                }
            }
            Fact::Consent { member, purpose, given } => {
                let Some(slot) = self.slot_or_new(member) else { return Vec::new() };
                self.unlist(slot);
                self.people.set_agreed(slot, purpose, given);
            }
            Fact::Suspension { member, suspended } => {
                let Some(slot) = self.slot_or_new(member) else { return Vec::new() };
                self.unlist(slot);
                self.people.set_suspended(slot, suspended);
            }
            Fact::Erased { member } => {
                self.erasures += 1;
                self.forget(member);
            }
            Fact::Membership { community, member, active } => self.join(community, member, active),
            Fact::Block { member, blocked, stands: true } => self.block(member, blocked),
            Fact::Block { member, blocked, stands: false } => self.unblock(member, blocked),
            Fact::Spoke { member, thread, community } => self.speak(member, thread, community),
            Fact::Unsaid { member, thread } => self.unsay(member, thread),
            Fact::ThreadGone { thread } => return self.close(thread),
            Fact::Wrote { from, to } => {
                if !self.erased.contains(&from) && !self.erased.contains(&to) {
                    self.graph.write(from, to);
                }
            }
            Fact::Weights { part } => self.fix(part),
            Fact::Day { day } => self.graph.begin_day(day),
            Fact::Wish { from, to, wish } => self.wish(from, to, wish),
        }
        Vec::new()
    }

    /// Puts a member into the lists if they can be found now.
    fn settle(&mut self, member: MemberId, opened: &mut Opened) {
        let Some(slot) = self.slot(member) else { return };
        if self.person_at(slot).listed || !self.person_at(slot).eligible() || self.withheld.contains(&member) {
            return;
        }
        if let Some(command) = self.person_at(slot).sealed_by()
            && let Some(plain) = opened.remove(&(member, command))
        {
            self.read(slot, plain);
        }
        self.enlist(slot);
    }

    /// Takes in what a profile says.
    fn read(&mut self, slot: Slot, plain: Vec<PlainField>) {
        let fields: Vec<Field> = plain.into_iter().filter_map(|field| self.field(field)).collect();
        self.people.set_fields(slot, &fields);
    }

    /// Puts a member who can be found into the lists, if what they say is held here.
    pub(in crate::index) fn enlist(&mut self, slot: Slot) {
        let Some(place) = self.shelf(self.people.id(slot)) else { return };
        let held = self.held(slot).into_iter();
        let infers = u32::from(self.person_at(slot).agreed.contains(Purpose::Inference));
        let shelf = &mut self.shelves[place];
        shelf.lists.insert(slot, held.map(|(feature, release)| list(feature, release)));
        shelf.population += 1;
        shelf.inferring += infers;
        self.people.set_listed(slot, true);
    }

    pub(super) fn unlist(&mut self, slot: Slot) {
        if !self.person_at(slot).listed {
            return;
        }
        let Some(place) = self.shelf(self.people.id(slot)) else { return };
        let held = self.held(slot).into_iter();
        let infers = u32::from(self.person_at(slot).agreed.contains(Purpose::Inference));
        let shelf = &mut self.shelves[place];
        shelf.lists.remove(slot, held.map(|(feature, release)| list(feature, release)));
        shelf.population -= 1;
        shelf.inferring -= infers;
        self.people.set_listed(slot, false);
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
        if let Some(slot) = self.slot(member) {
            self.unlist(slot);
        }
        self.forget_graph(member);
        let Some(slot) = self.slot(member) else { return };
        self.drop_fields(slot);
        let places: Vec<Place> = self.person_at(slot).places().collect();
        places.into_iter().for_each(|place| self.leave(place, slot));
        self.people.remove(slot);
    }

    fn drop_fields(&mut self, slot: Slot) {
        let fields: Vec<Field> = self.person_at(slot).fields().collect();
        for field in fields {
            self.catalog.release(field.feature);
            self.labels.release(field.label);
        }
        if self.person_at(slot).has_profile() {
            self.people.clear_profile(slot);
        }
    }

    /// A field with its value and label by number.
    fn field(&mut self, plain: PlainField) -> Option<Field> {
        let feature = Feature::of(plain.kind, &plain.value)?;
        let written = match plain.kind {
            Kind::Condition => plain.label.trim(),
            Kind::Interest | Kind::Role | Kind::Area | Kind::Stage | Kind::Treatment => plain.value.trim(),
            Kind::Language | Kind::Year | Kind::AgeBand | Kind::Sex | Kind::Offer | Kind::Want => "",
            Kind::Community | Kind::Thread | Kind::Asked => return None,
        };
        let says_it_all = written.is_empty() || written == &*feature.value;
        let label = if says_it_all { NO_LABEL } else { self.labels.hold(written.into()) };
        Some(Field { feature: self.catalog.hold(&feature), release: plain.release, label })
    }

    fn join(&mut self, community: CommunityId, member: MemberId, active: bool) {
        let Some(slot) = self.slot_or_new(member) else { return };
        self.unlist(slot);
        let known = self.places.find(&community);
        let mut places: Vec<Place> = self.person_at(slot).places().collect();
        let held = known.and_then(|place| places.binary_search(&place).ok());
        match (held, active) {
            (None, true) => {
                let place = self.places.hold(community);
                places.insert(places.partition_point(|held| *held < place), place);
                self.people.set_places(slot, &places);
                self.hold_community(community, 1);
                self.communities.entry(community).or_default().insert(slot);
            }
            (Some(held), false) => {
                let place = places.remove(held);
                self.people.set_places(slot, &places);
                self.leave(place, slot);
            }
            (Some(_), true) | (None, false) => {}
        }
    }

    fn leave(&mut self, place: Place, slot: Slot) {
        let Some(community) = self.places.get(place).copied() else { return };
        self.places.release(place);
        if let Some(people) = self.communities.get_mut(&community) {
            people.remove(slot);
            if people.is_empty() {
                self.communities.remove(&community);
            }
        }
        self.release_community(community);
    }

    pub(in crate::index) fn block(&mut self, member: MemberId, blocked: MemberId) {
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
}
