//! The logs that the index reads.

use std::collections::HashMap;

use kindred_eventsourcing::{Batch, DecodeError, RecordedCommit, StoreError};
use kindred_ids::TenantSlug;

use super::Index;
use super::fact::Fact;

/// A log that the index reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogName {
    /// Who is there, what they release, and to what they agree.
    Membership,
    /// Who speaks where.
    Posting,
    /// Weights, and who asked to meet whom.
    Matching,
}

impl LogName {
    /// All of them, each at the place of its number.
    pub(crate) const ALL: [Self; 3] = [Self::Membership, Self::Posting, Self::Matching];

    /// The context whose log it is.
    pub(crate) const fn context(self) -> &'static str {
        match self {
            Self::Membership => "membership",
            Self::Posting => "posting",
            Self::Matching => "matching",
        }
    }
}

/// A position of each log, in the order of [`LogName::ALL`].
pub(crate) type LogPositions = [u64; 3];

/// Of each log the earlier position.
pub(crate) fn earliest(one: LogPositions, other: LogPositions) -> LogPositions {
    std::array::from_fn(|log| one[log].min(other[log]))
}

/// Of each log the later position.
pub(super) fn latest(one: LogPositions, other: LogPositions) -> LogPositions {
    std::array::from_fn(|log| one[log].max(other[log]))
}

/// What each commit of a batch tells, by the tenant that it is of, of those that are held.
/// What a tenant has from a snapshot is left out.
pub(super) fn by_tenant(
    index: &Index,
    log: LogName,
    batch: &Batch,
    facts: impl Fn(&RecordedCommit) -> Result<Vec<Fact>, DecodeError>,
) -> Result<HashMap<TenantSlug, Vec<Fact>>, StoreError> {
    let mut tenants: HashMap<TenantSlug, Vec<Fact>> = HashMap::new();
    for commit in &batch.commits {
        let Some(tenant) = commit.key.scope().tenant().filter(|tenant| index.holding().holds(tenant)) else { continue };
        let stands_at = index.look(tenant, |tenant| tenant.position_in(log));
        if stands_at.is_some_and(|position| position >= commit.sequence) {
            continue;
        }
        let unreadable = |source| StoreError::Unreadable { sequence: commit.sequence, source };
        let facts = facts(commit).map_err(unreadable)?;
        if !facts.is_empty() {
            tenants.entry(tenant.clone()).or_default().extend(facts);
        }
    }
    Ok(tenants)
}
