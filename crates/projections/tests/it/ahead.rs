//! What takes long is done before a transaction is begun, and nobody waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use kindred_eventsourcing::EventStore as _;
use kindred_projections::{ApplyError, Batch, Projection};
use kindred_testkit::eventually;
use sqlx::PgConnection;
use tokio::sync::Semaphore;

use crate::support::{BOUND, CONTEXT, Ledger, Platform, quick, tenant};

/// Counts events, once it is let.
#[derive(Clone)]
struct Slow {
    gate: Arc<Semaphore>,
    at_the_gate: Arc<AtomicUsize>,
}

impl Projection for Slow {
    const NAME: &'static str = "slow";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = CONTEXT;
    const TABLES: &'static str =
        "CREATE TABLE slow_events (tenant text NOT NULL, sequence bigint NOT NULL, PRIMARY KEY (tenant, sequence))";
    const AHEAD: bool = true;
    const AWAITED: bool = false;

    async fn ahead(&self, batch: &Batch<'_>) {
        assert!(!batch.commits.is_empty(), "called for nothing");
        self.at_the_gate.fetch_add(1, Ordering::SeqCst);
        drop(self.gate.acquire().await.expect("never closed"));
    }

    async fn apply(&self, connection: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        for commit in &batch.commits {
            sqlx::query("INSERT INTO slow_events VALUES ($1, $2)")
                .bind(commit.key.scope().token())
                .bind(commit.sequence as i64)
                .execute(&mut *connection)
                .await?;
        }
        Ok(())
    }
}

#[tokio::test]
async fn nobody_waits_for_what_takes_long() {
    let mut platform = Platform::new().await;
    let riverside = tenant("riverside");
    let key = platform.writer.key(&riverside);
    for amount in 1..=3 {
        platform.writer.add(&key, amount).await;
    }
    let slow = Slow { gate: Arc::new(Semaphore::new(0)), at_the_gate: Arc::default() };
    let builder = platform.builder(quick()).projection(Ledger::default()).projection(slow.clone());
    let projector = builder.start(platform.stop.child_token()).await.expect("it starts");
    projector.ready(BOUND).await.expect("readiness does not wait");
    eventually("the gate", BOUND, async || (slow.at_the_gate.load(Ordering::SeqCst) > 0).then_some(())).await;

    platform.settle(&projector).await;
    assert_eq!(platform.totals(&riverside).await, (3, 6), "others go on");
    assert_eq!(platform.number("SELECT count(to_regclass('views.slow_events_v1'))").await, 0);
    // Erasures wait for open transactions: while it takes long there is none.
    let open = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    eventually("no open transaction", Duration::from_secs(10), async || {
        (platform.number(open).await == 0).then_some(())
    })
    .await;

    slow.gate.add_permits(1_000);
    let head = platform.writer.store.head().await.expect("a head");
    platform.reached(&projector, "slow", head).await;
    assert_eq!(platform.number("SELECT count(*) FROM views.slow_events_v1").await, 3);
    platform.writer.add(&key, 4).await;
    platform.reached(&projector, "slow", head + 1).await;
    assert_eq!(platform.number("SELECT count(*) FROM views.slow_events_v1").await, 4);
    assert!(slow.at_the_gate.load(Ordering::SeqCst) >= 2, "also while it is fed");
}
