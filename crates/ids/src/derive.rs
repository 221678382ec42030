//! How the ids of new entities come from the command that makes them.

use ring::digest::{Context, SHA256};

use crate::{CommandId, EntityId, Partition};

/// First 16 bytes of SHA-256 over a domain and length-prefixed parts.
pub(crate) fn digest(domain: &str, parts: &[&[u8]]) -> [u8; 16] {
    let mut context = Context::new(&SHA256);
    for part in std::iter::once(domain.as_bytes()).chain(parts.iter().copied()) {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&context.finish().as_ref()[..16]);
    bytes
}

fn command_parts<'a>(
    tenant: &'a str,
    actor: &'a str,
    command: &'a [u8],
    category: &'a str,
    index: &'a [u8],
) -> [&'a [u8]; 5] {
    [tenant.as_bytes(), actor.as_bytes(), command, category.as_bytes(), index]
}

/// The id of a new entity that is its own ordering key (community, member).
///
/// Its partition comes from the tenant and its own id with the partition bits zero.
/// `actor` is the acting member's id, a service's name or `anonymous`.
#[must_use]
pub fn derive_root_id(tenant: &str, actor: &str, command: CommandId, category: &str, index: u32) -> EntityId {
    root_from(
        tenant,
        digest("entity", &command_parts(tenant, actor, command.as_uuid().as_bytes(), category, &index.to_be_bytes())),
    )
}

/// The id of a new entity that is ordered with `ordering_key` and copies its partition.
#[must_use]
pub fn derive_owned_id(
    tenant: &str,
    actor: &str,
    command: CommandId,
    category: &str,
    index: u32,
    ordering_key: EntityId,
) -> EntityId {
    let bytes =
        digest("entity", &command_parts(tenant, actor, command.as_uuid().as_bytes(), category, &index.to_be_bytes()));
    EntityId::from_derived(bytes, ordering_key.partition())
}

/// The one id of a person's membership of a community, ordered with the community.
#[must_use]
pub fn derive_membership_id(tenant: &str, person: EntityId, community: EntityId) -> EntityId {
    let bytes = digest("membership", &[tenant.as_bytes(), person.as_bytes(), community.as_bytes()]);
    EntityId::from_derived(bytes, community.partition())
}

/// The id of an event, stable over replays and restores.
#[must_use]
pub fn event_id(command: CommandId, entity: &str, index: u32) -> uuid::Uuid {
    let bytes = digest("event", &[command.as_uuid().as_bytes(), entity.as_bytes(), &index.to_be_bytes()]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn root_from(tenant: &str, bytes: [u8; 16]) -> EntityId {
    let unplaced = EntityId::from_derived(bytes, Partition::new(0).expect("zero is a partition"));
    EntityId::from_derived(bytes, Partition::of(tenant, &unplaced.hex()))
}

impl EntityId {
    /// The id of an entity keyed by other facts (a thing and a person, an event and a
    /// channel), ordered with `ordering_key`.
    #[must_use]
    pub fn keyed(tenant: &str, category: &str, parts: &[&[u8]], ordering_key: Self) -> Self {
        Self::placed(tenant, category, parts, ordering_key.partition())
    }

    /// The same, ordered with an entity that may have no id: a slug's or a digest's.
    #[must_use]
    pub fn placed(tenant: &str, category: &str, parts: &[&[u8]], partition: Partition) -> Self {
        let all: Vec<&[u8]> =
            [tenant.as_bytes(), category.as_bytes()].into_iter().chain(parts.iter().copied()).collect();
        Self::from_derived(digest("keyed", &all), partition)
    }

    /// Whether this id, as its own ordering key, is at home in `tenant`: an id of
    /// another tenant almost never carries the partition that its own hash gives here.
    #[must_use]
    pub fn is_root_of(self, tenant: &str) -> bool {
        root_from(tenant, *self.as_bytes()) == self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn command(bytes: [u8; 16]) -> CommandId {
        CommandId::derived(&[&bytes])
    }

    proptest! {
        #[test]
        fn a_root_id_carries_the_partition_of_its_own_zeroed_hex(bytes: [u8; 16], tenant in "[a-z]{2,8}") {
            let id = derive_root_id(&tenant, "anonymous", command(bytes), "member", 0);
            prop_assert!(id.is_root_of(&tenant));
            prop_assert_eq!(id.as_uuid().get_version_num(), 8);
            prop_assert_eq!(id.hex().parse::<EntityId>(), Ok(id));
        }

        #[test]
        fn an_owned_id_copies_the_partition_of_its_ordering_key(bytes: [u8; 16]) {
            let community = derive_root_id("riverside", "anonymous", command(bytes), "community", 0);
            let thread = derive_owned_id("riverside", "someone", command(bytes), "thread", 0, community);
            prop_assert_eq!(thread.partition(), community.partition());
            prop_assert_ne!(thread, community);
        }
    }

    #[test]
    fn another_index_tenant_actor_or_category_gives_another_id() {
        let id = command([7; 16]);
        let one = derive_root_id("riverside", "a", id, "member", 0);
        for other in [
            derive_root_id("riverside", "a", id, "member", 1),
            derive_root_id("lakeside", "a", id, "member", 0),
            derive_root_id("riverside", "b", id, "member", 0),
            derive_root_id("riverside", "a", id, "community", 0),
        ] {
            assert_ne!(one, other);
        }
    }
}
