//! A read model whose rows tell whether an event took effect once, twice or never.

use std::collections::BTreeMap;
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

const MODULUS: i64 = 1_000_000_007;

/// What a batch does to one entity. The trail depends on the order in which amounts come:
/// each makes `trail * 31 + amount` of it, so a batch makes `trail * factor + trail`.
struct Folded {
    commits: i64,
    amount: i64,
    factor: i64,
    trail: i64,
    sequence: i64,
}

impl Default for Folded {
    fn default() -> Self {
        Self { commits: 0, amount: 0, factor: 1, trail: 0, sequence: 0 }
    }
}

impl Folded {
    fn add(&mut self, amount: i64, sequence: u64) {
        self.commits += 1;
        self.amount += amount;
        self.factor = self.factor * 31 % MODULUS;
        self.trail = (self.trail * 31 + amount) % MODULUS;
        self.sequence = sequence as i64;
    }
}

async fn write(
    connection: &mut PgConnection,
    folded: BTreeMap<(String, uuid::Uuid), Folded>,
) -> Result<(), sqlx::Error> {
    let (entities, folded): (Vec<_>, Vec<Folded>) = folded.into_iter().unzip();
    let (tenants, ids): (Vec<String>, Vec<uuid::Uuid>) = entities.into_iter().unzip();
    let numbers = |of: fn(&Folded) -> i64| folded.iter().map(of).collect::<Vec<i64>>();
    let statement = "INSERT INTO ledger AS old (tenant, entity, commits, amount, trail, sequence, factor)
        SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
        ON CONFLICT (tenant, entity) DO UPDATE SET commits = old.commits + EXCLUDED.commits,
            amount = old.amount + EXCLUDED.amount, sequence = EXCLUDED.sequence,
            trail = (old.trail * EXCLUDED.factor + EXCLUDED.trail) % 1000000007,
            factor = old.factor * EXCLUDED.factor % 1000000007";
    sqlx::query(statement)
        .bind(tenants)
        .bind(ids)
        .bind(numbers(|folded| folded.commits))
        .bind(numbers(|folded| folded.amount))
        .bind(numbers(|folded| folded.trail))
        .bind(numbers(|folded| folded.sequence))
        .bind(numbers(|folded| folded.factor))
        .execute(connection)
        .await?;
    Ok(())
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
        factor bigint NOT NULL,
        sequence bigint NOT NULL,
        PRIMARY KEY (tenant, entity)
    )";
    const INDEXES: &'static str = "CREATE INDEX ledger_by_amount ON ledger (tenant, amount)";

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "note"
    }

    async fn apply(&self, connection: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        let mut folded: BTreeMap<(String, uuid::Uuid), Folded> = BTreeMap::new();
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
            let entity = (event.commit.key.scope().token().to_owned(), id.as_uuid());
            folded.entry(entity).or_default().add(amount, event.commit.sequence);
        }
        write(connection, folded).await?;
        match self.hook.act() {
            Some(act) => act(connection, batch).await,
            None => Ok(()),
        }
    }

    async fn redact(&self, _connection: &mut PgConnection, _person: &Person) -> Result<(), sqlx::Error> {
        Ok(())
    }
}
