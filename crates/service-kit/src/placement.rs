//! Which replicas of a service hold a tenant, where it is not all of them.
//!
//! # Promises
//!
//! * Everybody who knows how many replicas there are finds the same ones, and asks nobody.
//! * A replica more takes tenants from the others and moves none between them; a replica
//!   less gives its own away and moves no other. (Rendezvous hashing: Thaler and Ravishankar,
//!   "Using name-based mappings to increase hit rates", IEEE/ACM ToN 1998.)

use std::cmp::Reverse;

use kindred_ids::TenantSlug;
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

    #[test]
    fn who_holds_what_is_frozen() {
        let names = ["riverside", "lakeside", "north-clinic", "thyroid"];
        let holders = names.map(|name| Placement::new(5, 2).holders(&name.parse().expect("a slug")));
        assert_eq!(holders, [[1, 4], [0, 3], [1, 4], [3, 4]]);
    }
}
