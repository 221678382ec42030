//! Who can be found by whom, in memory: a pure function of membership's log.
//!
//! # Promises
//!
//! * Nothing is read of a profile before its owner consents, and nothing ever of what
//!   they release to nobody.
//! * Who withdraws, blocks, is suspended or erased is gone from the first answer at or
//!   after that position of the log.
//! * An answer stands at one position: a batch of the log is taken in whole or not at all.
//! * Of a tenant that another replica holds nothing is kept.

pub mod admit;
pub(crate) mod ask;
mod bytes;
mod catalog;
pub(crate) mod expansion;
pub(crate) mod fact;
mod feature;
pub mod feed;
mod follow;
mod graph;
mod icd;
pub(crate) mod inquiry;
mod kind;
pub mod listen;
mod logs;
mod members;
mod own;
mod parts;
mod people;
pub(crate) mod profile;
pub(crate) mod purpose;
mod question;
mod reason;
mod resume;
mod search;
pub(crate) mod snapshot;
pub(crate) mod suggest;
mod table;
mod talk;
pub(crate) mod tenant;
pub mod weighing;
mod words;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use kindred_ids::{CommunityId, MemberId, TenantSlug};
use tokio::sync::{Mutex, watch};

pub use feature::{Feature, Kind, Release};
pub use kindred_ranking::weight::Scale;
pub use logs::LogName;
pub(crate) use logs::{LogPositions, earliest};
pub use parts::Holding;
pub use profile::PlainField;
use purpose::Purpose;
pub(crate) use reason::Told;
pub use reason::{About, Reason};
pub(crate) use resume::{Held, TenantPosition};
pub(crate) use search::LOOKED_AT;
pub use search::{Alike, Match, Writers};
pub use suggest::{CommunitySuggestion, ThreadSuggestion};
pub(crate) use table::Draft;
use tenant::Tenant;
use words::Advice;
pub use words::{Hint, Language};

/// The best matches of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The best first.
    pub matches: Vec<Match>,
    /// What would give better ones.
    pub advice: Vec<Hint>,
    /// The position of membership's log that the answer rests on.
    pub position: u64,
}

/// What the index knows of two people who might meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acquaintance {
    /// The first agreed to be matched.
    pub one_consents: bool,
    /// The second agreed to be matched.
    pub other_consents: bool,
    /// Neither is suspended, gone or unknown, and no block keeps them apart.
    pub reachable: bool,
}

/// The tenants that the index holds; clones share them.
#[derive(Clone)]
pub struct Index(Arc<Inner>);

struct Inner {
    floor: u32,
    holding: Holding,
    tenants: RwLock<HashMap<TenantSlug, Arc<RwLock<Tenant>>>>,
    /// Everything up to here of each log is in.
    positions: [watch::Sender<u64>; 3],
    /// Held by whoever takes in what posting's or matching's own log tells.
    hearing: Mutex<()>,
}

impl Index {
    /// An empty index of every tenant. A value that fewer than `floor` people of a tenant
    /// release is neither used nor named.
    #[must_use]
    pub fn new(floor: u32) -> Self {
        Self::of(floor, Holding::all())
    }

    /// An empty index of what one of several replicas holds.
    #[must_use]
    pub fn of(floor: u32, holding: impl Into<Holding>) -> Self {
        let (positions, holding) = ([0; 3].map(watch::Sender::new), holding.into());
        let hearing = Mutex::default();
        Self(Arc::new(Inner { floor, holding, tenants: RwLock::default(), positions, hearing }))
    }

    /// The best matches of a member, and what would give better ones.
    #[must_use]
    pub fn find(&self, tenant: &TenantSlug, viewer: MemberId, limit: usize) -> Found {
        self.found(tenant, viewer, |tenant| tenant.search(viewer, limit))
    }

    fn found(&self, tenant: &TenantSlug, viewer: MemberId, search: impl Fn(&Tenant) -> Vec<Match>) -> Found {
        let (found, position) = self.asked(tenant, |tenant| Some((search(tenant), advice(tenant, viewer))));
        let (matches, advice) = found.unwrap_or_else(|| (Vec::new(), no_profile()));
        Found { matches, advice, position }
    }

    /// The communities that suit a member best, and the position that this rests on.
    #[must_use]
    pub fn communities_for(
        &self,
        tenant: &TenantSlug,
        viewer: MemberId,
        limit: usize,
    ) -> (Vec<CommunitySuggestion>, u64) {
        self.asked(tenant, |tenant| tenant.communities_for(viewer, limit))
    }

    /// The threads that suit a member best, and the position that this rests on.
    #[must_use]
    pub fn threads_for(
        &self,
        tenant: &TenantSlug,
        viewer: MemberId,
        only: Option<CommunityId>,
        limit: usize,
    ) -> (Vec<ThreadSuggestion>, u64) {
        self.asked(tenant, |tenant| tenant.threads_for(viewer, only, limit))
    }

    /// What a tenant answers, and the position of membership's log that it rests on.
    fn asked<T: Default>(&self, tenant: &TenantSlug, ask: impl Fn(&Tenant) -> T) -> (T, u64) {
        // Read first: what is found rests on this position or a later one.
        let position = self.position();
        let answer = self.look(tenant, |tenant| (ask(tenant), tenant.position_in(LogName::Membership).max(position)));
        answer.unwrap_or_else(|| (T::default(), position))
    }

    /// What stands between two people of a tenant.
    #[must_use]
    pub fn acquaintance(&self, tenant: &TenantSlug, one: MemberId, other: MemberId) -> Acquaintance {
        let nothing = Acquaintance { one_consents: false, other_consents: false, reachable: false };
        let known = self.look(tenant, |tenant| Acquaintance {
            one_consents: tenant.consents(one),
            other_consents: tenant.consents(other),
            reachable: tenant.is_present(one) && tenant.is_present(other) && !tenant.are_apart(one, other),
        });
        known.unwrap_or(nothing)
    }

    /// What a member shares with each of these, where both agreed to be matched.
    #[must_use]
    pub fn shared(&self, tenant: &TenantSlug, viewer: MemberId, others: &[MemberId]) -> Vec<Match> {
        self.look(tenant, |tenant| tenant.shared(viewer, others)).unwrap_or_default()
    }

    /// What a member shares with each of these, in their order: none with whomever they
    /// cannot meet, 0 where one of the two did not agree to be matched.
    #[must_use]
    pub fn scores(&self, tenant: &TenantSlug, viewer: MemberId, others: &[MemberId]) -> Vec<Option<u32>> {
        self.look(tenant, |tenant| tenant.scores(viewer, others)).unwrap_or_else(|| vec![None; others.len()])
    }

    /// Whether a member was erased.
    #[must_use]
    pub fn is_erased(&self, tenant: &TenantSlug, member: MemberId) -> bool {
        self.look(tenant, |tenant| tenant.is_erased(member)).unwrap_or_default()
    }

    /// Every tenant that the index knows.
    #[must_use]
    pub fn tenants(&self) -> Vec<TenantSlug> {
        self.0.tenants.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    /// Whether a member is active in a community.
    #[must_use]
    pub fn is_inside(&self, tenant: &TenantSlug, community: CommunityId, member: MemberId) -> bool {
        self.look(tenant, |tenant| tenant.is_inside(community, member)).unwrap_or_default()
    }

    /// Whom a member has blocked.
    #[must_use]
    pub fn blocked_by(&self, tenant: &TenantSlug, member: MemberId) -> Vec<MemberId> {
        self.look(tenant, |tenant| tenant.blocked_by(member)).unwrap_or_default()
    }

    /// Forgets a member for good, whether or not the log has told of it yet.
    pub fn forget(&self, tenant: &TenantSlug, member: MemberId) {
        if self.0.holding.holds(tenant) {
            self.change(tenant, |tenant| tenant.forget(member));
        }
    }

    /// How many values of a tenant's people are in memory.
    #[must_use]
    pub fn values(&self, tenant: &TenantSlug) -> usize {
        self.look(tenant, Tenant::values).unwrap_or_default()
    }

    /// Everything up to this sequence of membership's log is in.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position_in(LogName::Membership)
    }

    fn position_in(&self, log: LogName) -> u64 {
        *self.0.positions[log as usize].borrow()
    }

    /// Waits until the index has come to a sequence of membership's log, at most `patience`;
    /// whether it has.
    pub async fn reached(&self, sequence: u64, patience: Duration) -> bool {
        self.reached_in(LogName::Membership, sequence, patience).await
    }

    /// The same of any log.
    pub async fn reached_in(&self, log: LogName, sequence: u64, patience: Duration) -> bool {
        let mut position = self.0.positions[log as usize].subscribe();
        let reached = position.wait_for(|position| *position >= sequence);
        matches!(tokio::time::timeout(patience, reached).await, Ok(Ok(_)))
    }

    fn advance(&self, log: LogName, position: u64) {
        self.0.positions[log as usize].send_if_modified(|known| {
            let moved = position > *known;
            *known = position.max(*known);
            moved
        });
    }

    /// What is seen in a tenant; none in one that the index does not know.
    fn look<T>(&self, slug: &TenantSlug, look: impl FnOnce(&Tenant) -> T) -> Option<T> {
        let tenant = self.tenant(slug)?;
        let tenant = tenant.read().unwrap_or_else(PoisonError::into_inner);
        Some(look(&tenant))
    }

    /// Changes a tenant, whom the index knows from then on.
    fn change(&self, slug: &TenantSlug, change: impl FnOnce(&mut Tenant)) {
        change(&mut self.tenant_or_new(slug).write().unwrap_or_else(PoisonError::into_inner));
    }

    fn tenant(&self, slug: &TenantSlug) -> Option<Arc<RwLock<Tenant>>> {
        self.0.tenants.read().unwrap_or_else(PoisonError::into_inner).get(slug).cloned()
    }

    fn tenant_or_new(&self, slug: &TenantSlug) -> Arc<RwLock<Tenant>> {
        if let Some(tenant) = self.tenant(slug) {
            return tenant;
        }
        let mut tenants = self.0.tenants.write().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Arc::new(RwLock::new(self.empty(slug)));
        tenants.entry(slug.clone()).or_insert_with(fresh).clone()
    }
}

fn advice(tenant: &Tenant, viewer: MemberId) -> Vec<Hint> {
    let advice = tenant.person(viewer).map(|person| {
        let consents = person.agreed.contains(Purpose::Matching);
        let (kinds, withholds) = (person.kinds, person.withholds);
        Advice { consents, kinds, withholds }.hints()
    });
    advice.unwrap_or_else(no_profile)
}

fn no_profile() -> Vec<Hint> {
    Advice::default().hints()
}

#[cfg(test)]
mod tests;
