//! The meaning of threads' titles and texts, for finding what was asked before in other
//! words.
//!
//! # Promises
//!
//! * A vector is there only while its thread stands and its author is a member, and it is
//!   made of nothing but a title or text as it stands now.
//! * It is made once for an event and a model, and before any transaction is begun.
//! * Readiness does not wait for it: until it is built, questions are found by words.

mod meanings;
mod rows;

use std::sync::Arc;

use kindred_eventsourcing::{KeyId, RecordedCommit};
use kindred_ids::TenantSlug;
use kindred_projections::{ApplyError, Batch, Person, Projection};
use kindred_sentences::Encoder;
use sqlx::{PgConnection, query_file};

use super::asked::Asked;
use super::opened::author_keys;
use meanings::Meanings;
use rows::Rows;

/// See the module.
#[derive(Debug)]
pub struct Sentences(Meanings);

impl Sentences {
    /// Makes vectors by `encoder`.
    #[must_use]
    pub fn new(encoder: Arc<Encoder>) -> Self {
        Self(Meanings::new(encoder))
    }
}

impl Projection for Sentences {
    const NAME: &'static str = "sentences";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = "posting";
    const TABLES: &'static str = include_str!("sentences/tables.sql");
    const INDEXES: &'static str = include_str!("sentences/indexes.sql");
    const AHEAD: bool = true;
    const AWAITED: bool = false;

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "thread"
    }

    fn keys(&self, commits: &[&RecordedCommit]) -> Vec<(TenantSlug, KeyId)> {
        author_keys(commits)
    }

    async fn ahead(&self, batch: &Batch<'_>) {
        // What cannot be read is told by `apply`, which reads it again.
        if let Ok(asked) = Asked::of(batch) {
            self.0.of(&asked).await;
        }
    }

    async fn apply(&self, transaction: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        let asked = Asked::of(batch)?;
        // They were made ahead; only what was forgotten since is made again.
        let vectors = self.0.of(&asked).await;
        Rows::of(asked, &vectors, self.0.version()).write(transaction).await?;
        Ok(())
    }

    async fn redact(&self, transaction: &mut PgConnection, person: &Person) -> Result<(), sqlx::Error> {
        let (tenant, member) = (person.tenant.as_str(), person.member.as_uuid());
        query_file!("src/projections/sentences/redact.sql", tenant, member).execute(transaction).await?;
        Ok(())
    }
}
