//! A database, a log and projectors over them.

use std::time::Duration;

use kindred_ids::{EntityKey, Partition, TenantSlug};
use kindred_projections::{Database, Projector, ProjectorBuilder, Settings, Waited, Waiter};
use kindred_testkit::{Seed, TestDatabase, show_logs};
use sqlx::Row;
use tokio_util::sync::CancellationToken;

use super::{Ledger, Writer};

pub const BOUND: Duration = Duration::from_secs(60);

/// Short leases, small batches: everything happens soon.
pub fn quick() -> Settings {
    Settings {
        batch: 50,
        wait: Duration::from_millis(10),
        bulk_batch: 200,
        lease: Duration::from_millis(900),
        heartbeat: Duration::from_millis(150),
        key_cache: Duration::from_millis(300),
        ..Settings::default()
    }
}

pub struct Platform {
    pub test: TestDatabase,
    pub database: Database,
    pub writer: Writer,
    pub stop: CancellationToken,
}

impl Platform {
    pub async fn new() -> Self {
        show_logs();
        let test = TestDatabase::create(&[]).await.expect("a database");
        let database = test.connect();
        Self { test, database, writer: Writer::new(Seed::from_env()), stop: CancellationToken::new() }
    }

    /// A projector with nothing in it yet.
    pub fn builder(&self, settings: Settings) -> ProjectorBuilder {
        Projector::builder(self.test.connect(), settings).stream(self.writer.store.clone())
    }

    /// A projector of the ledger, ready.
    pub async fn ledger(&self, ledger: &Ledger) -> Projector {
        self.ledger_within(ledger, BOUND).await
    }

    pub async fn ledger_within(&self, ledger: &Ledger, longest: Duration) -> Projector {
        let builder = self.builder(quick()).projection(ledger.clone());
        let projector = builder.start(self.stop.child_token()).await.expect("it starts");
        projector.ready(longest).await.expect("it gets ready");
        projector
    }

    /// Waits until the ledger has all that is in the log.
    pub async fn settle(&self, projector: &Projector) {
        let head = kindred_eventsourcing::EventStore::head(&self.writer.store).await.expect("a head");
        self.reached(projector, "ledger", head).await;
    }

    pub async fn reached(&self, projector: &Projector, projection: &str, sequence: u64) {
        for partition in Partition::all() {
            reaches(&projector.waiter(), projection, 1, partition, sequence).await;
        }
    }

    /// Commits and amount of an entity, as its tenant reads them.
    pub async fn row(&self, tenant: &TenantSlug, key: &EntityKey) -> Option<(i64, i64)> {
        let mut read = self.database.read(&tenant.clone().into()).await.expect("a read");
        let row = sqlx::query("SELECT commits, amount FROM ledger_v1 WHERE entity = $1")
            .bind(key.id().expect("an id").as_uuid())
            .fetch_optional(&mut *read)
            .await
            .expect("the view answers");
        row.map(|row| (row.get(0), row.get(1)))
    }

    /// Commits and amounts of all entities of a tenant.
    pub async fn totals(&self, tenant: &TenantSlug) -> (i64, i64) {
        let mut read = self.database.read(&tenant.clone().into()).await.expect("a read");
        let row =
            sqlx::query("SELECT coalesce(sum(commits), 0)::bigint, coalesce(sum(amount), 0)::bigint FROM ledger_v1")
                .fetch_one(&mut *read)
                .await
                .expect("the view answers");
        (row.get(0), row.get(1))
    }

    /// One number, as the superuser sees it.
    pub async fn number(&self, statement: &'static str) -> i64 {
        let mut connection = self.test.superuser().await.expect("the superuser's way in");
        sqlx::query(statement).fetch_one(&mut connection).await.expect(statement).get(0)
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Waits until a partition of a projection has what is at `sequence`.
pub async fn reaches(waiter: &Waiter, projection: &str, version: u32, partition: Partition, sequence: u64) {
    let deadline = std::time::Instant::now() + BOUND;
    loop {
        let waited = waiter.wait(projection, version, partition, sequence, Duration::from_secs(1)).await;
        if matches!(waited, Ok(Waited::Reached)) {
            return;
        }
        assert!(std::time::Instant::now() < deadline, "partition {partition} does not reach {sequence}: {waited:?}");
    }
}
