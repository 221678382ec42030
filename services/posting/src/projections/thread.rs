//! Threads and replies with their words, versions and reactions.
//!
//! # Promises
//!
//! * A post's words are there only while it stands and its author is a member; what was
//!   taken out leaves no word behind, in no version.
//! * Each member's reaction to a post counts once.
//! * Rows do not depend on how events were cut into batches.

mod folded;
mod post;
mod posts;
mod reactions;
mod versions;

use kindred_eventsourcing::{KeyId, RecordedCommit};
use kindred_ids::TenantSlug;
use kindred_projections::{ApplyError, Batch, BulkRows, Person, Projection};
use sqlx::{PgConnection, query_file};

use super::opened::author_keys;
use folded::{Folded, Way};

/// See the module.
#[derive(Debug)]
pub struct ThreadProjection;

impl Projection for ThreadProjection {
    const NAME: &'static str = "thread";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = "posting";
    const TABLES: &'static str = include_str!("thread/tables.sql");
    const INDEXES: &'static str = include_str!("thread/indexes.sql");
    const FOLDS: bool = true;

    fn wants(&self, commit: &RecordedCommit) -> bool {
        matches!(commit.key.category(), "thread" | "comment" | "reaction")
    }

    fn keys(&self, commits: &[&RecordedCommit]) -> Vec<(TenantSlug, KeyId)> {
        author_keys(commits)
    }

    async fn apply(&self, transaction: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        Folded::of(batch)?.rows(Way::Insert).write(transaction).await?;
        Ok(())
    }

    async fn bulk(&self, transaction: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        Folded::of(batch)?.rows(Way::Copy).write(transaction).await?;
        Ok(())
    }

    fn fold(&self, batch: &Batch<'_>) -> Result<Option<Box<dyn BulkRows>>, ApplyError> {
        Ok(Some(Box::new(Folded::of(batch)?.rows(Way::Copy))))
    }

    async fn redact(&self, transaction: &mut PgConnection, person: &Person) -> Result<(), sqlx::Error> {
        let (tenant, member) = (person.tenant.as_str(), person.member.as_uuid());
        query_file!("src/projections/thread/redact_versions.sql", tenant, member).execute(&mut *transaction).await?;
        query_file!("src/projections/thread/redact.sql", tenant, member).execute(transaction).await?;
        Ok(())
    }
}
