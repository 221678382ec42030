//! The rows of one entity's parked events, and what is written down of an act on them.

use kindred_eventsourcing::RecordedCommit;
use sqlx::{PgConnection, PgPool};

use crate::checkpoint::ConsumerId;
use crate::transaction;

/// Who acts on parked events, and why.
#[derive(Clone, Copy)]
pub(super) struct Act<'a> {
    pub actor: &'a str,
    pub reason: &'a str,
}

/// The parked events of one entity, and who acts on them.
pub(super) struct Parked<'a> {
    pub id: &'a ConsumerId,
    pub subject: &'a str,
    pub act: Act<'a>,
}

impl Parked<'_> {
    pub(super) async fn still_has(
        &self,
        connection: &mut PgConnection,
        commit: &RecordedCommit,
    ) -> Result<bool, sqlx::Error> {
        let Self { id, subject, .. } = self;
        let sequence = commit.sequence as i64;
        let row = sqlx::query_file!("src/operations/parking/still.sql", id.name, id.generation, subject, sequence)
            .fetch_optional(connection)
            .await?;
        Ok(row.is_some())
    }

    pub(super) async fn keep_reason(
        &self,
        connection: &mut PgConnection,
        commit: &RecordedCommit,
        reason: &str,
    ) -> Result<(), sqlx::Error> {
        let Self { id, subject, .. } = self;
        let sequence = commit.sequence as i64;
        sqlx::query_file!("src/operations/parking/keep_reason.sql", id.name, id.generation, subject, sequence, reason)
            .execute(connection)
            .await
            .map(drop)
    }

    pub(super) async fn unpark(&self, connection: &mut PgConnection, sequence: u64) -> Result<(), sqlx::Error> {
        let Self { id, subject, act } = self;
        sqlx::query_file!(
            "src/operations/parking/unpark.sql",
            id.name,
            id.generation,
            subject,
            sequence as i64,
            act.actor,
            act.reason
        )
        .execute(connection)
        .await
        .map(drop)
    }

    /// Of what was lawfully removed nothing is left to apply.
    pub(super) async fn forget(&self, pool: &PgPool, removed: &[u64]) -> Result<(), sqlx::Error> {
        let mut transaction = transaction::recording(pool, "kindred").await?;
        for sequence in removed {
            self.unpark(&mut transaction, *sequence).await?;
        }
        transaction.commit().await
    }
}
