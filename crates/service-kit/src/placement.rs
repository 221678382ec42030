//! Which replicas of a service hold a tenant, where it is not all of them.
//!
//! # Promises
//!
//! * Everybody who knows how many replicas there are finds the same ones, and asks nobody.
//! * A replica more takes tenants from the others and moves none between them; a replica
//!   less gives its own away and moves no other. (Rendezvous hashing: Thaler and Ravishankar,
//!   "Using name-based mappings to increase hit rates", IEEE/ACM ToN 1998.)
//! * Of a tenant that is split, each replica holds as many parts as any other, and each part
//!   is on as many replicas.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use kindred_ids::{MemberId, TenantSlug};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::error::ApiError;

/// How many replicas there are, numbered from 0, and on how many of them a tenant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Placement {
    replicas: u32,
    copies: u32,
}

impl Placement {
    /// One replica, which holds everything.
    pub const ALONE: Self = Self { replicas: 1, copies: 1 };

    /// Each tenant is on `copies` of `replicas`, on all if there are no more.
    #[must_use]
    pub fn new(replicas: u32, copies: u32) -> Self {
        let replicas = replicas.max(1);
        Self { replicas, copies: copies.clamp(1, replicas) }
    }

    /// How many replicas there are.
    #[must_use]
    pub const fn replicas(self) -> u32 {
        self.replicas
    }

    /// On how many of them a tenant is.
    #[must_use]
    pub const fn copies(self) -> u32 {
        self.copies
    }

    /// The replicas that hold a tenant, whom to ask first before the others.
    #[must_use]
    pub fn holders(self, tenant: &TenantSlug) -> Vec<u32> {
        let mut drawn: Vec<(u64, u32)> = (0..self.replicas).map(|replica| (draw(tenant, replica), replica)).collect();
        drawn.sort_unstable_by_key(|drawn| Reverse(*drawn));
        drawn.truncate(self.copies as usize);
        drawn.into_iter().map(|(_, replica)| replica).collect()
    }

    /// Whether a replica holds a tenant.
    #[must_use]
    pub fn holds(self, replica: u32, tenant: &TenantSlug) -> bool {
        if replica >= self.replicas || self.copies == self.replicas {
            return replica < self.replicas;
        }
        let own = (draw(tenant, replica), replica);
        let before = (0..self.replicas).filter(|other| (draw(tenant, *other), *other) > own).count();
        before < self.copies as usize
    }

    /// The part of a split tenant in which a member is: there are as many as replicas.
    #[must_use]
    pub fn part_of(self, member: MemberId) -> u32 {
        part_of(member, self.replicas)
    }

    /// The replicas that hold a part of a split tenant: the one of its number and those behind
    /// it.
    #[must_use]
    pub fn holders_of_part(self, part: u32) -> Vec<u32> {
        (0..self.copies).map(|behind| (part + behind) % self.replicas).collect()
    }
}

/// Of so many parts in which a member is. Frozen, or a rolling update would have two opinions.
#[must_use]
pub fn part_of(member: MemberId, parts: u32) -> u32 {
    if parts <= 1 {
        return 0;
    }
    let draw = xxh3_64_with_seed(member.0.as_bytes(), u64::from_be_bytes(*b"in parts"));
    (draw % u64::from(parts)) as u32
}

/// A placement, and the tenants that are not on some replicas as a whole: their people are
/// split among all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    placement: Placement,
    split: Arc<BTreeSet<TenantSlug>>,
}

impl From<Placement> for Layout {
    fn from(placement: Placement) -> Self {
        Self::new(placement, [])
    }
}

impl Layout {
    /// Tenants by `placement`, those in `split` in parts; one replica holds them whole.
    #[must_use]
    pub fn new(placement: Placement, split: impl IntoIterator<Item = TenantSlug>) -> Self {
        let split = if placement.replicas > 1 { split.into_iter().collect() } else { BTreeSet::new() };
        Self { placement, split: Arc::new(split) }
    }

    /// Where tenants are that are not split.
    #[must_use]
    pub const fn placement(&self) -> Placement {
        self.placement
    }

    /// The tenants that are.
    #[must_use]
    pub fn split(&self) -> &BTreeSet<TenantSlug> {
        &self.split
    }

    /// Whether a tenant is.
    #[must_use]
    pub fn splits(&self, tenant: &TenantSlug) -> bool {
        self.split.contains(tenant)
    }

    /// Whom to ask in a tenant, first to last: of a split one those who hold what the member
    /// says who asks, and one more, as every replica answers what takes no part.
    #[must_use]
    pub fn holders(&self, tenant: &TenantSlug, member: Option<MemberId>) -> Vec<u32> {
        match member.filter(|_| self.splits(tenant)) {
            Some(member) => {
                let Placement { replicas, copies } = self.placement;
                let part = self.placement.part_of(member);
                (0..replicas.min(copies + 1)).map(|behind| (part + behind) % replicas).collect()
            }
            None => self.placement.holders(tenant),
        }
    }
}

/// What a replica draws for a tenant: the highest hold it. Frozen, or a rolling update would
/// have two opinions.
fn draw(tenant: &TenantSlug, replica: u32) -> u64 {
    xxh3_64_with_seed(tenant.as_str().as_bytes(), xxh3_64_with_seed(&replica.to_be_bytes(), 0))
}

/// The tenants that one replica holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Among whom.
    pub placement: Placement,
    /// Which of them this one is.
    pub replica: u32,
}

impl Share {
    /// Everything.
    pub const ALL: Self = Self { placement: Placement::ALONE, replica: 0 };

    /// Whether a tenant is among them.
    #[must_use]
    pub fn holds(self, tenant: &TenantSlug) -> bool {
        self.placement.holds(self.replica, tenant)
    }
}

/// The answer of a replica that was asked about a tenant which another holds.
#[must_use]
pub fn not_held() -> ApiError {
    ApiError::unavailable("NOT_HELD_HERE", "this replica does not hold the tenant; ask again")
}

#[cfg(test)]
mod tests {
    use kindred_ids::{CommandId, derive_root_id};

    use super::*;

    fn tenants() -> Vec<TenantSlug> {
        (0..3_000).map(|number| format!("tenant-{number}").parse().expect("a slug")).collect()
    }

    #[test]
    fn holders_are_so_many_different_replicas_who_know_it_themselves() {
        for (replicas, copies) in [(1, 1), (2, 1), (3, 2), (5, 2), (7, 7), (3, 9), (0, 0)] {
            let placement = Placement::new(replicas, copies);
            for tenant in tenants().iter().take(300) {
                let holders = placement.holders(tenant);
                let mut sorted = holders.clone();
                sorted.sort_unstable();
                sorted.dedup();
                assert_eq!(sorted.len(), placement.copies() as usize, "{placement:?}");
                let says_so: Vec<u32> = (0..replicas.max(1) + 2)
                    .filter(|replica| Share { placement, replica: *replica }.holds(tenant))
                    .collect();
                assert_eq!(says_so, sorted, "{placement:?}");
            }
        }
    }

    #[test]
    fn replicas_hold_about_as_many_each() {
        let placement = Placement::new(5, 2);
        let mut held = [0; 5];
        for tenant in tenants() {
            placement.holders(&tenant).into_iter().for_each(|replica| held[replica as usize] += 1);
        }
        // 1,200 each in the mean; six standard deviations are 161.
        assert!(held.iter().all(|held| (1_039..=1_361).contains(held)), "{held:?}");
    }

    #[test]
    fn a_replica_more_takes_from_the_others_and_moves_nothing_between_them() {
        let (before, after) = (Placement::new(4, 1), Placement::new(5, 1));
        let mut moved = 0;
        for tenant in tenants() {
            let (was, is) = (before.holders(&tenant), after.holders(&tenant));
            if was != is {
                assert_eq!(is, [4], "it moved to the new one");
                moved += 1;
            }
        }
        // A fifth of 3,000; six standard deviations are 131.
        assert!((469..=731).contains(&moved), "{moved}");
    }

    fn member(number: u32) -> MemberId {
        let command = CommandId::derived(&[&number.to_be_bytes()]);
        MemberId(derive_root_id("tenant-0", "anonymous", command, "member", 0))
    }

    #[test]
    fn who_asks_in_a_split_tenant_asks_those_who_hold_what_they_say() {
        let (tenants, placement) = (tenants(), Placement::new(5, 2));
        let layout = Layout::new(placement, [tenants[0].clone()]);
        assert!(layout.splits(&tenants[0]) && !layout.splits(&tenants[1]));
        let mut first = [0; 5];
        for asking in (0..1_000).map(member) {
            assert_eq!(layout.holders(&tenants[1], Some(asking)), placement.holders(&tenants[1]));
            let holders = layout.holders(&tenants[0], Some(asking));
            let part = placement.part_of(asking);
            assert_eq!(holders, [part, (part + 1) % 5, (part + 2) % 5]);
            assert_eq!(holders[..2], placement.holders_of_part(part));
            first[holders[0] as usize] += 1;
        }
        // 200 each in the mean; six standard deviations are 76.
        assert!(first.iter().all(|asked| (124..=276).contains(asked)), "{first:?}");
        assert_eq!(layout.holders(&tenants[0], None), placement.holders(&tenants[0]));
        assert!(!Layout::new(Placement::ALONE, [tenants[0].clone()]).splits(&tenants[0]));
    }

    #[test]
    fn who_holds_what_is_frozen() {
        let names = ["riverside", "lakeside", "north-clinic", "thyroid"];
        let holders = names.map(|name| Placement::new(5, 2).holders(&name.parse().expect("a slug")));
        assert_eq!(holders, [[1, 4], [0, 3], [1, 4], [3, 4]]);
    }
}
