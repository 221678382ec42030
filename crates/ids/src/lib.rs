//! Typed identifiers, the partition hash, tenant slugs and log subjects.
//!
//! # Promises
//!
//! * Tenant, category and id of an entity give its subject, for ever: the partition
//!   is fixed by the id and never hashed again.
//! * Every id of a new entity is derived from the command that makes it, so a retried
//!   command reaches the same entity.
//! * Nothing here reads a clock or draws randomness.

mod derive;
mod entity;
mod partition;
mod slug;
mod subject;
mod typed;

pub use derive::{derive_membership_id, derive_owned_id, derive_root_id, event_id};
pub use entity::{CommandId, EntityId, IdError};
pub use partition::{PARTITIONS, Partition};
pub use slug::{ProgrammeSlug, Scope, SlugError, TenantSlug};
pub use subject::{EntityKey, EntityName, SubjectError};
pub use typed::*;
