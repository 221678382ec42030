//! Words that stand sealed in an event: opened while whoever wrote them is there.

use kindred_eventsourcing::{KeyId, RecordedCommit, Sealed};
use kindred_ids::{EntityId, MemberId, TenantSlug};
use kindred_projections::{Aad, ApplyError, Batch, BatchEvent, Opened, Person};

/// The keys that some records of these commits need; `sealed` gives a record's sealed text.
/// What cannot be read is parked by `apply`, which reads it again.
pub(super) fn keys(
    commits: &[&RecordedCommit],
    sealed: impl Fn(&kindred_eventsourcing::Record) -> Option<Sealed>,
) -> Vec<(TenantSlug, KeyId)> {
    let records = commits.iter().flat_map(|commit| commit.records.iter().map(move |record| (commit, record)));
    let keys =
        records.filter_map(|(commit, record)| Some((commit.key.scope().tenant()?.clone(), sealed(record)?.key())));
    keys.collect()
}

/// Tenant and id of the entity that an event is of.
pub(super) fn key<'a>(event: &BatchEvent<'a>) -> Result<(&'a TenantSlug, EntityId), ApplyError> {
    let key = event.commit.key.scope().tenant().zip(event.commit.key.id());
    key.ok_or_else(|| event.poison("an entity without an id or outside any tenant"))
}

/// Whether a member was erased before this batch.
pub(super) fn is_erased(batch: &Batch<'_>, tenant: &TenantSlug, member: MemberId) -> bool {
    batch.keys.erased().contains(&Person::new(tenant.clone(), member))
}

/// The text of a field that `writer` wrote; none if it or its key is gone.
pub(super) fn open(
    batch: &Batch<'_>,
    event: &BatchEvent<'_>,
    writer: MemberId,
    field: &str,
    sealed: Option<&Sealed>,
) -> Result<Option<String>, ApplyError> {
    let place = Aad::of_commit(event.commit, writer, field).ok_or_else(|| event.poison("a text outside any tenant"))?;
    let opened = sealed.map(|sealed| batch.keys.open(sealed, &place)).transpose();
    let opened = opened.map_err(|error| event.broken_seal(&error))?;
    Ok(opened.as_ref().and_then(Opened::text).map(str::to_owned))
}
