//! Promise 2: an event takes effect exactly once, whatever is killed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use kindred_eventsourcing::EventStore;
use kindred_projections::ApplyError;
use kindred_testkit::eventually;
use sqlx::Executor;
use tokio::sync::Notify;

use crate::support::{Ledger, Platform, tenant};

/// The connection dies between the rows and the checkpoint, again and again.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_lost_before_the_commit_takes_nothing_with_it_and_repeats_nothing() {
    let mut platform = Platform::new().await;
    let ledger = Ledger::default();
    let projector = platform.ledger(&ledger).await;
    let here = tenant("riverside");
    let batches = AtomicU32::new(0);
    ledger.hook.set(move |connection, _| {
        let dies = batches.fetch_add(1, Ordering::SeqCst) % 3 == 1;
        Box::pin(async move {
            if dies {
                connection.execute("SELECT pg_terminate_backend(pg_backend_pid())").await?;
            }
            Ok(())
        })
    });
    let (mut amount, keys) = (0, (0..10).map(|_| platform.writer.key(&here)).collect::<Vec<_>>());
    for round in 0..600_i64 {
        amount += round;
        platform.writer.add(&keys[(round % 10) as usize], round).await;
        if round % 50 == 0 {
            tokio::task::yield_now().await;
        }
    }
    platform.settle(&projector).await;
    assert_eq!(platform.totals(&here).await, (600, amount));
}

/// All connections are cut at moments that nobody chose.
#[tokio::test(flavor = "multi_thread")]
async fn connections_cut_at_any_moment_change_nothing() {
    let mut platform = Platform::new().await;
    let projector = platform.ledger(&Ledger::default()).await;
    let here = tenant("riverside");
    let keys: Vec<_> = (0..10).map(|_| platform.writer.key(&here)).collect();
    for round in 0..1_000_usize {
        platform.writer.add(&keys[round % 10], 1).await;
        if round % 25 == 0 {
            // Lets the projector get somewhere in between, never the same place.
            tokio::time::sleep(Duration::from_micros(platform.writer.seed.below(8_000))).await;
            platform.test.cut_connections().await.expect("connections are cut");
        }
    }
    eventually("the cut database", Duration::from_secs(60), async || {
        platform.database.read(&here.clone().into()).await.ok()
    })
    .await;
    platform.settle(&projector).await;
    assert_eq!(platform.totals(&here).await, (1_000, 1_000));
}

/// A worker sleeps over its lease in the middle of a batch; another does the batch; the
/// first wakes up and finds that it may not write.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_lost_its_lease_writes_nothing() {
    let mut platform = Platform::new().await;
    let (here, sleeper) = (tenant("riverside"), Ledger::default());
    let first = platform.ledger(&sleeper).await;
    let (asleep, awake) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (sleeps, wakes) = (asleep.clone(), awake.clone());
    sleeper.hook.set(move |_, _| {
        let (sleeps, wakes) = (sleeps.clone(), wakes.clone());
        Box::pin(async move {
            sleeps.notify_one();
            wakes.notified().await;
            wakes.notify_one();
            Ok::<(), ApplyError>(())
        })
    });
    let key = platform.writer.key(&here);
    platform.writer.add(&key, 5).await;
    asleep.notified().await;
    // Its process is taken for dead, and another does the batch.
    let mut superuser = platform.test.superuser().await.expect("the superuser's way in");
    superuser.execute("UPDATE kindred.leases SET worker = NULL, epoch = epoch + 1").await.expect("leases are taken");
    let done = EventStore::at(&platform.writer.store, 1).await.expect("a log").expect("a commit");
    sqlx::query("UPDATE kindred.checkpoints SET epoch = epoch + 1, sequence = 1, hash = $1")
        .bind(done.hash.0.to_vec())
        .execute(&mut superuser)
        .await
        .expect("another owner has done the batch");
    superuser
        .execute(
            "DO $$ DECLARE place text; BEGIN
                SELECT schema_name INTO place FROM kindred.generations WHERE projection = 'ledger' AND state = 'live';
                EXECUTE format('INSERT INTO %I.ledger SELECT $1, $2, 1, 5, 5, 31, 1', place) USING 'riverside', gen_random_uuid();
            END $$",
        )
        .await
        .expect("its row");
    sleeper.hook.clear();
    awake.notify_one();
    platform.writer.add(&key, 7).await;
    platform.settle(&first).await;
    assert_eq!(platform.totals(&here).await, (2, 12), "the sleeper's row came through");
}
