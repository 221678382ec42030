//! Where the entities of this context live: ids that follow from what they are about.

use kindred_eventsourcing::Decider;
use kindred_ids::{DeliveryId, EntityId, EntityKey, InboxItemId, MemberId, PreferenceId, TenantSlug};
use uuid::Uuid;

use super::delivery::Delivery;
use super::inbox_item::InboxItem;
use super::notice::{Channel, Kind};
use super::preference::Preference;

/// The one inbox item that tells `member` of `event`.
#[must_use]
pub fn inbox_item_id(tenant: &TenantSlug, event: Uuid, member: MemberId) -> InboxItemId {
    let parts: [&[u8]; 2] = [event.as_bytes(), member.0.as_bytes()];
    InboxItemId(EntityId::keyed(tenant.as_str(), InboxItem::CATEGORY, &parts, member.0))
}

/// The one delivery that carries `event` to `member` by `channel`.
#[must_use]
pub fn delivery_id(tenant: &TenantSlug, event: Uuid, member: MemberId, channel: Channel) -> DeliveryId {
    let parts: [&[u8]; 3] = [event.as_bytes(), member.0.as_bytes(), channel.as_str().as_bytes()];
    DeliveryId(EntityId::keyed(tenant.as_str(), Delivery::CATEGORY, &parts, member.0))
}

/// The one preference of `member` for `kind` on `channel`.
#[must_use]
pub fn preference_id(tenant: &TenantSlug, member: MemberId, kind: Kind, channel: Channel) -> PreferenceId {
    let parts: [&[u8]; 3] = [member.0.as_bytes(), kind.as_str().as_bytes(), channel.as_str().as_bytes()];
    PreferenceId(EntityId::keyed(tenant.as_str(), Preference::CATEGORY, &parts, member.0))
}

/// Where an inbox item stands in the log.
#[must_use]
pub fn inbox_item_key(tenant: &TenantSlug, id: InboxItemId) -> EntityKey {
    EntityKey::new(tenant.clone(), InboxItem::CATEGORY, id)
}

/// Where a delivery stands in the log.
#[must_use]
pub fn delivery_key(tenant: &TenantSlug, id: DeliveryId) -> EntityKey {
    EntityKey::new(tenant.clone(), Delivery::CATEGORY, id)
}

/// Where a preference stands in the log.
#[must_use]
pub fn preference_key(tenant: &TenantSlug, member: MemberId, kind: Kind, channel: Channel) -> EntityKey {
    EntityKey::new(tenant.clone(), Preference::CATEGORY, preference_id(tenant, member, kind, channel))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{event, member, tenant};

    #[test]
    fn an_event_a_person_and_a_channel_give_one_id_in_the_partition_of_the_person() {
        let (tenant, ann) = (tenant("riverside"), member(1));
        let id = delivery_id(&tenant, event(1), ann, Channel::Email);
        assert_eq!(id, delivery_id(&tenant, event(1), ann, Channel::Email));
        assert_eq!(id.0.partition(), ann.0.partition());
        for other in [
            delivery_id(&tenant, event(2), ann, Channel::Email),
            delivery_id(&tenant, event(1), member(2), Channel::Email),
            delivery_id(&tenant, event(1), ann, Channel::Inbox),
            delivery_id(&crate::testing::tenant("lakeside"), event(1), ann, Channel::Email),
        ] {
            assert_ne!(id, other);
        }
    }
}
