//! What a member says of themselves: sealed until they consent, then as the index holds it.

use kindred_eventsourcing::{KeyId, Sealed};
use kindred_ids::{CommandId, EntityKey, MemberId, TenantSlug};
use kindred_vault::{Aad, Keys, Opened};

use super::catalog::FeatureId;
use super::feature::{Kind, Release};

/// A field that its owner releases to somebody, unread.
#[derive(Debug, Clone)]
pub(crate) struct SealedField {
    /// Its place in the event, part of what it is bound to.
    pub(crate) index: usize,
    pub(crate) kind: Kind,
    pub(crate) release: Release,
    pub(crate) content: Sealed,
}

/// A whole profile, unread. Fields that are released to nobody are not even kept.
#[derive(Debug, Clone)]
pub(crate) struct SealedProfile {
    pub(crate) command_id: CommandId,
    pub(crate) fields: Box<[SealedField]>,
    /// Whether there are fields that are released to nobody.
    pub(crate) withholds: bool,
}

impl SealedProfile {
    /// What a field is called where it is sealed.
    pub(crate) fn field_name(index: usize) -> String {
        format!("profile.{index}")
    }

    /// The keys that it takes to read it.
    pub(crate) fn keys(&self) -> impl Iterator<Item = KeyId> + '_ {
        self.fields.iter().map(|field| field.content.key())
    }

    /// Reads it. A field whose key is gone is left out; so is one that does not open,
    /// which is told to whoever operates.
    pub(crate) fn open(&self, tenant: &TenantSlug, member: MemberId, keys: &Keys) -> Vec<PlainField> {
        let entity = EntityKey::new(tenant.clone(), "member", member);
        let mut plain = Vec::with_capacity(self.fields.len());
        for field in &self.fields {
            let name = Self::field_name(field.index);
            match keys.open(&field.content, &Aad::of(tenant, member, &entity, self.command_id, &name)) {
                Ok(Opened::Text(text)) => {
                    let (value, label) = text.split_once('\n').unwrap_or((&text, ""));
                    let (value, label) = (value.to_owned(), label.to_owned());
                    plain.push(PlainField { kind: field.kind, release: field.release, value, label });
                }
                Ok(Opened::Redacted) => {}
                Err(error) => {
                    tracing::error!(kindred.member.id = %member, %error, "a profile field of `{member}` does not open");
                }
            }
        }
        plain
    }
}

/// A field as it was typed.
#[derive(Clone, PartialEq, Eq)]
pub struct PlainField {
    /// What it is about.
    pub kind: Kind,
    /// To whom it is released.
    pub release: Release,
    /// The code or text.
    pub value: String,
    /// Plain words for a code.
    pub label: String,
}

/// A field as the index holds it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) feature: FeatureId,
    pub(super) release: Release,
    /// How its owner wrote it; [`NO_LABEL`] where the value says it all.
    pub(super) label: u32,
}

/// No label of one's own.
pub(super) const NO_LABEL: u32 = u32::MAX;
