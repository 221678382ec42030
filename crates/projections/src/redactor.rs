//! The redactor: a person's erasure reaches every generation, then is confirmed.
//!
//! # Promises
//!
//! * The erasure is on record before any generation is redacted, under a lock that every
//!   applying transaction holds shared: no batch that missed it can commit after it.
//! * A generation is redacted by a program that knows its tables. One that no living
//!   process knows is dropped.
//! * Confirmation comes after every generation is done and the key cache time has passed.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use kindred_eventsourcing::RecordedCommit;
use sqlx::Row as _;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::apply::person;
use crate::error::Attempt;
use crate::generation::{self, Row, State};
use crate::reaction::Erased;
use crate::runner::{Surroundings, chain};
use crate::supervisor::Parts;
use crate::{Database, Erasure, Error, Person, ReactError, transaction};

/// The redactor's checkpoint.
pub(crate) const NAME: &str = "redactor";
/// How often it looks for work of other processes.
const LOOK: Duration = Duration::from_millis(500);

/// See the module.
#[derive(Clone)]
pub(crate) struct Redactor {
    erasure: Arc<dyn Erasure>,
    parts: Arc<Parts>,
    around: Surroundings,
    recorded: Arc<Notify>,
    changed: Arc<Notify>,
}

impl Redactor {
    pub(crate) fn new(
        erasure: Arc<dyn Erasure>,
        parts: Arc<Parts>,
        around: Surroundings,
        changed: Arc<Notify>,
    ) -> Self {
        Self { erasure, parts, around, recorded: Arc::new(Notify::new()), changed }
    }

    fn database(&self) -> &Database {
        &self.around.leases.database
    }

    /// Redacts and confirms until stopped.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(LOOK);
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => {}
                () = self.recorded.notified() => {}
            }
            if let Err(error) = self.work().await {
                tracing::warn!(error = chain(&error), "erasures are redacted later");
            }
        }
    }

    async fn record(&self, person: &Person) -> Result<(), Error> {
        let attempt = "record an erasure";
        let mut transaction = transaction::recording(self.database().projector(), "kindred").await.attempt(attempt)?;
        sqlx::query_file!("src/redactor/record.sql", person.tenant.as_str(), person.member.as_uuid())
            .execute(&mut *transaction)
            .await
            .attempt(attempt)?;
        self.erasure.redact(&mut transaction, person).await.attempt("redact what is no projection")?;
        transaction.commit().await.attempt(attempt)?;
        self.recorded.notify_one();
        Ok(())
    }

    async fn work(&self) -> Result<(), Error> {
        let attempt = "look for erasures";
        let behind = sqlx::query_file!("src/redactor/behind.sql").fetch_all(self.database().projector()).await;
        let behind = behind.attempt(attempt)?;
        let rows = if behind.is_empty() { Vec::new() } else { generation::all(self.database()).await? };
        for pending in behind {
            let is_it = |row: &&Row| row.projection == pending.projection && row.generation == pending.generation;
            if let Some(row) = rows.iter().find(is_it).filter(|row| row.state != State::Dropping) {
                self.redact_generation(row).await?;
            }
        }
        sqlx::query_file!("src/redactor/redacted.sql").execute(self.database().projector()).await.attempt(attempt)?;
        self.confirm().await
    }

    /// One person after the other; another process at the same generation waits.
    async fn redact_generation(&self, row: &Row) -> Result<(), Error> {
        let known = self.parts.builder.projections.iter().find(|known| row.is_of(&known.declaration()));
        let Some(projection) = known else { return self.drop_unknown(row).await };
        let attempt = "redact a generation";
        loop {
            let mut transaction =
                transaction::applying(self.database().projector(), &row.schema).await.attempt(attempt)?;
            let next = sqlx::query_file!("src/redactor/next.sql", row.projection, row.generation)
                .fetch_optional(&mut *transaction)
                .await
                .attempt(attempt)?;
            let Some(next) = next else { return Ok(()) };
            let has_rows = row.phase != "tables" || has_tables(&mut transaction, &row.schema).await?;
            if let Some(person) = person(&next.tenant, next.member).filter(|_| has_rows) {
                projection.0.redact(&mut transaction, &person).await.attempt(attempt)?;
            }
            sqlx::query_file!("src/redactor/through.sql", row.projection, row.generation, next.number)
                .execute(&mut *transaction)
                .await
                .attempt(attempt)?;
            sqlx::query("SET LOCAL synchronous_commit = on").execute(&mut *transaction).await.attempt(attempt)?;
            transaction.commit().await.attempt(attempt)?;
        }
    }

    /// A generation of another version: its own process redacts it, if there is one.
    async fn drop_unknown(&self, row: &Row) -> Result<(), Error> {
        let dropped = sqlx::query_file!("src/redactor/drop_unknown.sql", row.projection, row.generation)
            .execute(self.database().projector())
            .await
            .attempt("drop a generation that nobody can redact")?;
        if dropped.rows_affected() > 0 {
            let (name, generation) = (&row.projection, row.generation);
            tracing::warn!("generation {generation} of `{name}` is dropped: nobody can redact it");
            self.changed.notify_one();
        }
        Ok(())
    }

    async fn confirm(&self) -> Result<(), Error> {
        let attempt = "confirm erasures";
        let due = sqlx::query_file!("src/redactor/due.sql", self.around.settings.key_cache.as_secs_f64())
            .fetch_all(self.database().projector())
            .await
            .attempt(attempt)?;
        for row in due {
            let Some(person) = person(&row.tenant, row.member) else { continue };
            if let Err(error) = self.erasure.confirm(&person).await {
                tracing::warn!(error = chain(error.as_ref()), "an erasure is confirmed later");
                continue;
            }
            sqlx::query_file!("src/redactor/confirmed.sql", row.number)
                .execute(self.database().projector())
                .await
                .attempt(attempt)?;
        }
        Ok(())
    }
}

async fn has_tables(connection: &mut sqlx::PgConnection, schema: &str) -> Result<bool, Error> {
    let row = sqlx::query("SELECT to_regnamespace($1) IS NOT NULL")
        .bind(format!("\"{schema}\""))
        .fetch_one(connection)
        .await
        .attempt("look for the tables of a generation")?;
    row.try_get(0).attempt("look for the tables of a generation")
}

impl Erased for Redactor {
    fn name(&self) -> &'static str {
        NAME
    }

    fn context(&self) -> &'static str {
        self.erasure.context()
    }

    fn wants(&self, commit: &RecordedCommit) -> bool {
        self.erasure.erased(commit).is_some()
    }

    fn react<'a>(&'a self, commit: &'a RecordedCommit) -> BoxFuture<'a, Result<(), ReactError>> {
        Box::pin(async move {
            let Some(person) = self.erasure.erased(commit) else { return Ok(()) };
            self.record(&person).await.map_err(ReactError::transient)?;
            self.parts.builder.keys.forget_member(&person.tenant, person.member);
            self.erasure.forget(&person).await.map_err(ReactError::Transient)
        })
    }
}
