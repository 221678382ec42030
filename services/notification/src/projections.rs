//! Read models: the inbox, the ledger of deliveries, and who has blocked whom.

mod deliveries;
mod inbox;
mod notice_blocks;

use kindred_eventsourcing::Contract;
use kindred_ids::{EntityId, MemberId, TenantSlug};
use kindred_projections::{ApplyError, Batch, BatchEvent, Person};

pub use deliveries::Deliveries;
pub use inbox::{CHANGED, Inbox};
pub use notice_blocks::NoticeBlocks;

/// An event of one of this context's entities: whose, which, what.
type Read<'a, D> = (&'a TenantSlug, EntityId, <D as kindred_eventsourcing::Decider>::Event);

/// Reads an event of entity `D`; one outside any tenant belongs to nobody here.
fn read<'a, D: Contract>(event: &BatchEvent<'a>) -> Result<Read<'a, D>, ApplyError> {
    let tenant = event.commit.key.scope().tenant().ok_or_else(|| event.poison("outside any tenant"))?;
    let id = event.commit.key.id().ok_or_else(|| event.poison("an entity without an id"))?;
    let what = D::decode(event.record).map_err(|error| event.undecodable(&error))?;
    Ok((tenant, id, what))
}

fn is_erased(batch: &Batch<'_>, tenant: &TenantSlug, member: MemberId) -> bool {
    batch.keys.erased().contains(&Person::new(tenant.clone(), member))
}
