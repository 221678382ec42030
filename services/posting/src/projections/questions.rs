//! The words of threads by the thread, for finding what was asked before.
//!
//! # Promises
//!
//! * A thread's words are there only while it stands and its author is a member; they are
//!   those of its title and text as they stand now, and of nothing else.
//! * Rows do not depend on how events were cut into batches.

use kindred_eventsourcing::{KeyId, RecordedCommit};
use kindred_ids::TenantSlug;
use kindred_projections::{ApplyError, Batch, Person, Projection};
use sqlx::{PgConnection, query_file};
use uuid::Uuid;

use super::asked::Asked;
use super::opened::author_keys;

/// See the module.
#[derive(Debug)]
pub struct Questions;

impl Projection for Questions {
    const NAME: &'static str = "questions";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = "posting";
    const TABLES: &'static str = include_str!("questions/tables.sql");
    const INDEXES: &'static str = include_str!("questions/indexes.sql");

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "thread"
    }

    fn keys(&self, commits: &[&RecordedCommit]) -> Vec<(TenantSlug, KeyId)> {
        author_keys(commits)
    }

    async fn apply(&self, transaction: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        Said::of(Asked::of(batch)?).write(transaction).await?;
        Ok(())
    }

    async fn redact(&self, transaction: &mut PgConnection, person: &Person) -> Result<(), sqlx::Error> {
        let (tenant, member) = (person.tenant.as_str(), person.member.as_uuid());
        query_file!("src/projections/questions/redact.sql", tenant, member).execute(transaction).await?;
        Ok(())
    }
}

/// Titles and texts that a batch touched, column by column.
#[derive(Default)]
struct Said {
    tenants: Vec<String>,
    threads: Vec<Uuid>,
    titled: Vec<bool>,
    communities: Vec<Uuid>,
    authors: Vec<Uuid>,
    words: Vec<Option<String>>,
}

impl Said {
    fn of(asked: Asked) -> Self {
        let mut said = Self::default();
        for ((tenant, thread, titled), words) in asked.0 {
            said.tenants.push(tenant);
            said.threads.push(thread);
            said.titled.push(titled);
            said.communities.push(words.community);
            said.authors.push(words.author);
            said.words.push(words.words);
        }
        said
    }

    async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.threads.is_empty() {
            return Ok(());
        }
        query_file!("src/projections/questions/forgotten.sql", &self.tenants, &self.threads, &self.titled)
            .execute(&mut *transaction)
            .await?;
        query_file!(
            "src/projections/questions/said.sql",
            &self.tenants,
            &self.threads,
            &self.titled,
            &self.communities,
            &self.authors,
            &self.words as &[Option<String>]
        )
        .execute(transaction)
        .await?;
        Ok(())
    }
}
