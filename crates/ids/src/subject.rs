//! Where an entity lives in the log: `es.<context>.<pp>.<tenant>.<category>.<id>`.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::{EntityId, Partition, Scope};

/// Why a text is not the subject of an entity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the subject of an entity")]
pub struct SubjectError(pub String);

/// The last token of a subject.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityName {
    /// Most entities: an id that carries its partition.
    Id(EntityId),
    /// Programmes and tenants (a slug) and reservations (32 hexadecimal digits), hashed as they stand.
    Text(Arc<str>),
}

impl fmt::Display for EntityName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(formatter),
            Self::Text(text) => formatter.write_str(text),
        }
    }
}

/// Names one entity of a context; gives its subject for ever.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityKey {
    scope: Scope,
    category: Arc<str>,
    name: EntityName,
    partition: Partition,
}

impl EntityKey {
    /// An entity with an id.
    #[must_use]
    pub fn new(scope: impl Into<Scope>, category: &str, id: impl Into<EntityId>) -> Self {
        let id = id.into();
        Self { scope: scope.into(), category: category.into(), name: EntityName::Id(id), partition: id.partition() }
    }

    /// An entity named by a slug or a digest.
    #[must_use]
    pub fn named(scope: impl Into<Scope>, category: &str, name: &str) -> Self {
        let scope = scope.into();
        let partition = Partition::of(scope.token(), name);
        Self { scope, category: category.into(), name: EntityName::Text(name.into()), partition }
    }

    /// Tenant or programme scope.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The kind of entity, as in its subject.
    #[must_use]
    pub fn category(&self) -> &str {
        &self.category
    }

    /// Id, slug or digest.
    #[must_use]
    pub const fn name(&self) -> &EntityName {
        &self.name
    }

    /// Its id, if it has one.
    #[must_use]
    pub const fn id(&self) -> Option<EntityId> {
        match &self.name {
            EntityName::Id(id) => Some(*id),
            EntityName::Text(_) => None,
        }
    }

    /// Where it is ordered.
    #[must_use]
    pub const fn partition(&self) -> Partition {
        self.partition
    }

    /// Its subject in the stream of `context`.
    #[must_use]
    pub fn subject(&self, context: &str) -> String {
        format!("es.{context}.{}.{}.{}.{}", self.partition, self.scope.token(), self.category, self.name)
    }

    /// Reads a subject back; context and key.
    ///
    /// # Errors
    ///
    /// [`SubjectError`] if a token is missing, malformed, or names a partition that the
    /// id does not have.
    pub fn parse(subject: &str) -> Result<(&str, Self), SubjectError> {
        let wrong = || SubjectError(subject.to_owned());
        let tokens: Vec<&str> = subject.split('.').collect();
        let ["es", context, partition, scope, category, name] = tokens[..] else { return Err(wrong()) };
        let scope = Scope::from_str(scope).map_err(|_| wrong())?;
        if category.is_empty() || name.is_empty() {
            return Err(wrong());
        }
        let key = match name.parse::<EntityId>() {
            Ok(id) if id.partition().to_string() == partition => Self::new(scope, category, id),
            _ => Self::named(scope, category, name),
        };
        if key.partition.to_string() != partition {
            return Err(wrong());
        }
        Ok((context, key))
    }
}

/// `<category>:<id>`, for messages and logs.
impl fmt::Display for EntityKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.category, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CommandId, TenantSlug, derive_root_id};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_subject_reads_back(seed: [u8; 16], tenant in "[a-z]{2,8}", named: bool) {
            let tenant: TenantSlug = tenant.parse().expect("a slug");
            let id = derive_root_id(tenant.as_str(), "anonymous", CommandId::derived(&[&seed]), "member", 0);
            let key = if named { EntityKey::named(tenant, "handle", &id.hex()) } else { EntityKey::new(tenant, "member", id) };
            let subject = key.subject("membership");
            let (context, read) = EntityKey::parse(&subject).expect("its own subject");
            prop_assert_eq!(context, "membership");
            prop_assert_eq!(read.subject("membership"), subject);
        }

        #[test]
        fn no_text_panics_the_parser(text in ".{0,80}") {
            let _ignored = EntityKey::parse(&text);
        }
    }
}
