//! A tenant that is split: its people lie in parts, each held by some of the replicas.
//!
//! # Promises
//!
//! * What is held here is what everybody finds who knows the layout.
//! * Of people of other parts there is nothing in the lists.

use std::collections::BTreeSet;

use kindred_ids::{MemberId, TenantSlug};
use kindred_ranking::{Lists, Merging, Repacked};
use kindred_service_kit::placement::{Layout, Share};

/// People who changed at which their lists are merged, however few people there are.
const MERGE_FROM: usize = 2_000;
/// The part of all people that may have changed before their lists are merged.
const MERGE_SHARE: usize = 16;

/// The parts of a tenant that are held here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parts {
    of: u32,
    first: u32,
    count: u32,
}

impl Parts {
    /// A tenant that is not split.
    pub(crate) const WHOLE: Self = Self { of: 1, first: 0, count: 1 };

    /// Those that one of several replicas holds: as many parts as there are replicas, each on
    /// the one of its number and on those behind it.
    fn of_share(share: Share) -> Self {
        let (of, count) = (share.placement.replicas(), share.placement.copies());
        Self { of, first: (share.replica + of + 1 - count) % of, count }
    }

    /// Into how many the tenant is split.
    pub(crate) const fn of(&self) -> u32 {
        self.of
    }

    /// Their numbers.
    pub(crate) fn held(&self) -> impl Iterator<Item = u32> + use<> {
        let Self { of, first, count } = *self;
        (0..count).map(move |place| (first + place) % of)
    }
}

/// What one of several replicas holds: tenants as a whole, and parts of those that are split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    layout: Layout,
    replica: u32,
}

impl Holding {
    /// Everything.
    #[must_use]
    pub fn all() -> Self {
        Share::ALL.into()
    }

    /// What `replica` holds of a layout.
    #[must_use]
    pub const fn of(layout: Layout, replica: u32) -> Self {
        Self { layout, replica }
    }

    /// The tenants that are not split.
    #[must_use]
    pub const fn share(&self) -> Share {
        Share { placement: self.layout.placement(), replica: self.replica }
    }

    /// The tenants that are.
    #[must_use]
    pub fn split(&self) -> &BTreeSet<TenantSlug> {
        self.layout.split()
    }

    /// Whether anything of a tenant is held.
    #[must_use]
    pub fn holds(&self, tenant: &TenantSlug) -> bool {
        self.is_split(tenant) || self.share().holds(tenant)
    }

    /// Whether a tenant is split.
    #[must_use]
    pub fn is_split(&self, tenant: &TenantSlug) -> bool {
        self.layout.splits(tenant)
    }

    /// What of a tenant is held.
    pub(crate) fn parts(&self, tenant: &TenantSlug) -> Parts {
        if self.is_split(tenant) { Parts::of_share(self.share()) } else { Parts::WHOLE }
    }

    /// In which part of a split tenant a member is.
    pub(crate) fn part_of(&self, member: MemberId) -> u32 {
        self.layout.placement().part_of(member)
    }

    /// As what a snapshot of a tenant is written down that holds what is held here.
    pub(crate) fn holder(&self, tenant: &TenantSlug) -> String {
        if self.is_split(tenant) { format!("{} of {}", self.replica, self.fleet_name()) } else { String::new() }
    }

    /// What all replicas of this number write a tenant down as, as a pattern.
    pub(crate) fn fleet(&self, tenant: &TenantSlug) -> String {
        if self.is_split(tenant) { format!("% of {}", self.fleet_name()) } else { String::new() }
    }

    fn fleet_name(&self) -> String {
        format!("{}, {} each", self.layout.placement().replicas(), self.layout.placement().copies())
    }

    /// Whether all of these parts of a tenant are held.
    pub(crate) fn holds_parts(&self, tenant: &TenantSlug, parts: &[u32]) -> bool {
        parts.iter().all(|part| self.parts(tenant).held().any(|held| held == *part))
    }

    /// The replicas that hold a part of a split tenant, this one first if it is among them.
    pub(crate) fn holders(&self, part: u32) -> Vec<u32> {
        let mut holders = self.layout.placement().holders_of_part(part);
        holders.sort_by_key(|holder| *holder != self.replica);
        holders
    }
}

impl From<Share> for Holding {
    fn from(share: Share) -> Self {
        Self::of(share.placement.into(), share.replica)
    }
}

/// About which parts something is asked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Within<'a> {
    /// All that are held.
    All,
    /// These.
    Parts(&'a [u32]),
}

impl Within<'_> {
    pub(super) fn contains(self, part: u32) -> bool {
        match self {
            Self::All => true,
            Self::Parts(parts) => parts.contains(&part),
        }
    }
}

/// The lists of one part.
#[derive(Debug)]
pub(super) struct Shelf {
    pub(super) part: u32,
    /// Who releases what how, of those who can be found.
    pub(super) lists: Lists,
    /// Whether a merge of them runs.
    pub(super) merging: bool,
    /// How many can be found.
    pub(super) population: u32,
    /// How many of them agree to inference.
    pub(super) inferring: u32,
}

impl Shelf {
    pub(super) fn of(part: u32) -> Self {
        Self { part, lists: Lists::default(), merging: false, population: 0, inferring: 0 }
    }

    /// What the lists are to be merged from, if that pays.
    pub(super) fn begin_merge(&mut self) -> Option<Merging> {
        let enough = MERGE_FROM.max(self.population as usize / MERGE_SHARE);
        if self.merging || self.lists.changed() < enough {
            return None;
        }
        self.merging = true;
        Some(self.lists.merge())
    }

    pub(super) fn adopt(&mut self, merged: Repacked) {
        self.merging = false;
        self.lists.adopt(merged);
    }
}

#[cfg(test)]
mod tests {
    use kindred_service_kit::placement::{Placement, part_of};

    use super::*;
    use crate::index::tests::world::{member, tenant};

    fn holding(replicas: u32, copies: u32, replica: u32) -> Holding {
        Holding::of(Layout::new(Placement::new(replicas, copies), [tenant()]), replica)
    }

    #[test]
    fn each_part_is_held_by_so_many_who_know_it_and_each_replica_holds_as_many() {
        for (replicas, copies) in [(2, 1), (3, 1), (3, 2), (5, 3), (4, 4)] {
            for replica in 0..replicas {
                let holding = holding(replicas, copies, replica);
                let held: BTreeSet<u32> = holding.parts(&tenant()).held().collect();
                assert_eq!(held.len(), copies as usize);
                for part in 0..replicas {
                    let holders = holding.holders(part);
                    assert_eq!(holders.iter().collect::<BTreeSet<_>>().len(), copies as usize);
                    assert_eq!(held.contains(&part), holders.contains(&replica), "{part} of {replicas}");
                    assert!(!held.contains(&part) || holders[0] == replica, "nobody else is asked for it");
                }
            }
        }
    }

    #[test]
    fn alone_nothing_is_split() {
        let alone = holding(1, 1, 0);
        assert!(!alone.is_split(&tenant()) && alone.holds(&tenant()));
        assert_eq!(alone.parts(&tenant()), Parts::WHOLE);
        let other: TenantSlug = "lakeside".parse().expect("a slug");
        assert_eq!(holding(3, 1, 0).parts(&other), Parts::WHOLE);
    }

    #[test]
    fn who_is_in_which_part_is_frozen() {
        let parts: Vec<u32> = (0..8).map(|person| part_of(member(person), 3)).collect();
        assert_eq!(parts, [0, 0, 2, 1, 2, 1, 1, 0]);
        assert_eq!(part_of(member(1), 1), 0);
    }
}
