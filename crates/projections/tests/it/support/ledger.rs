//! A read model whose rows tell whether an event took effect once, twice or never.

use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use kindred_eventsourcing::RecordedCommit;
use kindred_projections::{ApplyError, Batch, Person, Projection};
use sqlx::PgConnection;

use super::CONTEXT;

type Act =
    Arc<dyn for<'a> Fn(&'a mut PgConnection, &'a Batch<'a>) -> BoxFuture<'a, Result<(), ApplyError>> + Send + Sync>;

/// What happens after a batch's rows are written and before its transaction ends.
#[derive(Clone, Default)]
pub struct Hook(Arc<Mutex<Option<Act>>>);

impl Hook {
    pub fn set(
        &self,
        act: impl for<'a> Fn(&'a mut PgConnection, &'a Batch<'a>) -> BoxFuture<'a, Result<(), ApplyError>>
        + Send
        + Sync
        + 'static,
    ) {
        *self.0.lock().expect("no test panics here") = Some(Arc::new(act));
    }

    pub fn clear(&self) {
        *self.0.lock().expect("no test panics here") = None;
    }

    fn act(&self) -> Option<Act> {
        self.0.lock().expect("no test panics here").clone()
    }
}

/// Counts commits and adds amounts, by entity. `Poison` cannot be applied unless cured.
#[derive(Clone, Default)]
pub struct Ledger {
    pub hook: Hook,
    pub cured: Arc<std::sync::atomic::AtomicBool>,
}

impl Projection for Ledger {
    const NAME: &'static str = "ledger";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = CONTEXT;
    const TABLES: &'static str = "CREATE TABLE ledger (
        tenant text NOT NULL,
        entity uuid NOT NULL,
        commits bigint NOT NULL,
        amount bigint NOT NULL,
        trail bigint NOT NULL,
        sequence bigint NOT NULL,
        PRIMARY KEY (tenant, entity)
    )";
    const INDEXES: &'static str = "CREATE INDEX ledger_by_amount ON ledger (tenant, amount)";

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "note"
    }

    async fn apply(&self, connection: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        for event in batch.events() {
            let amount: i64 = match event.record.event_type.as_str() {
                "Added" => String::from_utf8_lossy(&event.record.data).parse().unwrap_or(0),
                "Poison" if self.cured.load(std::sync::atomic::Ordering::SeqCst) => 1_000,
                "Poison" => return Err(event.poison("it is poison")),
                // Fits no column: Postgres itself refuses it.
                "Refused" => {
                    sqlx::query("SELECT 'x'::text::bigint").execute(&mut *connection).await?;
                    0
                }
                _ => 0,
            };
            let Some(id) = event.commit.key.id() else { continue };
            // The trail depends on the order in which amounts come.
            let statement = "INSERT INTO ledger AS old (tenant, entity, commits, amount, trail, sequence)
                VALUES ($1, $2, 1, $3, $3, $4)
                ON CONFLICT (tenant, entity) DO UPDATE SET commits = old.commits + 1, amount = old.amount + $3,
                    trail = (old.trail * 31 + $3) % 1000000007, sequence = $4";
            sqlx::query(statement)
                .bind(event.commit.key.scope().token())
                .bind(id.as_uuid())
                .bind(amount)
                .bind(event.commit.sequence as i64)
                .execute(&mut *connection)
                .await?;
        }
        match self.hook.act() {
            Some(act) => act(connection, batch).await,
            None => Ok(()),
        }
    }

    async fn redact(&self, _connection: &mut PgConnection, _person: &Person) -> Result<(), sqlx::Error> {
        Ok(())
    }
}
