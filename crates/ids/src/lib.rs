//! Names of everything: ids that carry their partition, slugs, subjects.
#![doc = include_str!("../README.md")]

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
