//! What a sealed field is bound to: moved anywhere else, it does not open.

use kindred_eventsourcing::{Fingerprint, KeyId, RecordedCommit};
use kindred_ids::{CommandId, EntityKey, MemberId, TenantSlug};

use crate::secret::length_prefixed;

/// The place of one sealed field. All of it is known before the decision, and again to
/// whoever reads the commit.
#[derive(Debug, Clone, Copy)]
pub struct Aad<'a> {
    /// Tenant of the owner.
    pub tenant: &'a TenantSlug,
    /// Whose words they are, and whose key seals them.
    pub member: MemberId,
    /// The entity whose event holds the field.
    pub entity: &'a EntityKey,
    /// The command that wrote it.
    pub command_id: CommandId,
    /// The field's name, unique in its event.
    pub field: &'a str,
}

impl<'a> Aad<'a> {
    /// The place of a field that `command_id` writes to `entity`.
    #[must_use]
    pub const fn of(
        tenant: &'a TenantSlug,
        member: MemberId,
        entity: &'a EntityKey,
        command_id: CommandId,
        field: &'a str,
    ) -> Self {
        Self { tenant, member, entity, command_id, field }
    }

    /// The place of a field in a commit as read from the log; none for the commit of a
    /// programme, where nobody's words are.
    #[must_use]
    pub fn of_commit(commit: &'a RecordedCommit, member: MemberId, field: &'a str) -> Option<Self> {
        let tenant = commit.key.scope().tenant()?;
        Some(Self::of(tenant, member, &commit.key, commit.meta.command_id, field))
    }

    /// The same place, another field.
    #[must_use]
    pub const fn field(mut self, field: &'a str) -> Self {
        self.field = field;
        self
    }

    /// The bytes that the cipher authenticates. Key id and fingerprint are taken in too,
    /// so that nobody can change what a decider compares.
    pub(crate) fn bytes(&self, key: KeyId, fingerprint: Fingerprint) -> Vec<u8> {
        length_prefixed(&[
            b"kindred-sealed-v1",
            self.tenant.as_str().as_bytes(),
            self.member.0.as_bytes(),
            self.entity.scope().token().as_bytes(),
            self.entity.to_string().as_bytes(),
            self.command_id.as_uuid().as_bytes(),
            self.field.as_bytes(),
            key.0.as_bytes(),
            &fingerprint.0,
        ])
    }
}
