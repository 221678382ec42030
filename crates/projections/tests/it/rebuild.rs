//! Promise 4 and the way there: a rebuilt read model equals the grown one, and nobody
//! who reads or writes notices.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kindred_ids::EntityKey;
use kindred_projections::{Error, GenerationStatus, Projector, Waited};
use kindred_testkit::{Seed, eventually};
use proptest::prelude::*;
use sqlx::Row;

use crate::support::{Ledger, Platform, tenant};

const LONGEST: Duration = Duration::from_secs(60);

async fn rebuild(projector: &Projector) -> GenerationStatus {
    let generation = projector.operations().rebuild("ledger").await.expect("it begins");
    projector.operations().finished("ledger", generation, LONGEST).await.expect("it ends")
}

async fn verify(projector: &Projector) -> String {
    let generation = projector.operations().verify("ledger").await.expect("it begins");
    projector.operations().finished("ledger", generation, LONGEST).await.expect("it ends").outcome
}

async fn write(platform: &mut Platform, keys: &[EntityKey], commits: usize) {
    for _ in 0..commits {
        let key = &keys[platform.writer.seed.below(keys.len() as u64) as usize];
        let amount = platform.writer.seed.below(1_000) as i64;
        platform.writer.add(key, amount).await;
    }
}

/// Everything that the tenant reads, in order.
async fn rows(platform: &Platform) -> Vec<(uuid::Uuid, i64, i64, i64)> {
    let mut read = platform.database.read(&tenant("riverside").into()).await.expect("a read");
    let rows = sqlx::query("SELECT entity, commits, amount, trail FROM ledger_v1 ORDER BY entity")
        .fetch_all(&mut *read)
        .await
        .expect("the view answers");
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect()
}

/// Enough commits for a fault that comes with every thousandth one to show.
#[tokio::test(flavor = "multi_thread")]
async fn a_rebuilt_projection_equals_the_grown_one() {
    let mut platform = Platform::new().await;
    let projector = platform.ledger(&Ledger::default()).await;
    let keys: Vec<_> = (0..50).map(|_| platform.writer.key(&tenant("riverside"))).collect();
    write(&mut platform, &keys, 2_500).await;
    platform.settle(&projector).await;
    let grown = rows(&platform).await;
    assert_eq!(verify(&projector).await, "equal to the live generation");
    let ended = rebuild(&projector).await;
    assert_eq!((ended.state.as_str(), ended.outcome.as_str()), ("live", "equal to the live generation"));
    assert_eq!(ended.events, 2_500);
    assert_eq!(rows(&platform).await, grown);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 0, ..ProptestConfig::default() })]

    /// Any small history, any interleaving of entities, any size of transaction.
    #[test]
    fn small_histories_rebuild_to_the_same(seed: u64, entities in 1_usize..12, commits in 0_usize..120) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let mut platform = Platform::new().await;
            platform.writer.seed = Seed::new(seed);
            let projector = platform.ledger(&Ledger::default()).await;
            let keys: Vec<_> = (0..entities).map(|_| platform.writer.key(&tenant("riverside"))).collect();
            write(&mut platform, &keys, commits).await;
            platform.settle(&projector).await;
            let grown = rows(&platform).await;
            let ended = rebuild(&projector).await;
            assert_eq!((ended.state.as_str(), ended.outcome.as_str()), ("live", "equal to the live generation"));
            assert_eq!(rows(&platform).await, grown);
            platform.stop.cancel();
            projector.stopped().await;
        });
    }
}

/// A row that the log does not say is found.
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_row_fails_the_verification_and_changes_nothing() {
    let mut platform = Platform::new().await;
    let projector = platform.ledger(&Ledger::default()).await;
    let keys = [platform.writer.key(&tenant("riverside"))];
    write(&mut platform, &keys, 5).await;
    platform.settle(&projector).await;
    let mut superuser = platform.test.superuser().await.expect("the superuser's way in");
    let place: String = sqlx::query("SELECT schema_name FROM kindred.generations WHERE state = 'live'")
        .fetch_one(&mut superuser)
        .await
        .expect("a live generation")
        .get(0);
    sqlx::query(sqlx::AssertSqlSafe(format!("UPDATE {place}.ledger SET amount = amount + 1")))
        .execute(&mut superuser)
        .await
        .expect("a row is changed");
    let outcome = verify(&projector).await;
    assert_eq!(outcome, "differs from the live generation: `ledger` (1 rows) has other contents");
    let live = projector.operations().list().await.expect("a list");
    assert!(live.iter().any(|status| status.state == "live" && status.generation == 1), "{live:?}");
}

/// Readers never see an empty or a mixed read model, writers never wait, positions hold.
#[tokio::test(flavor = "multi_thread")]
async fn rebuilds_under_writes_are_not_noticed() {
    let mut platform = Platform::new().await;
    let projector = platform.ledger(&Ledger::default()).await;
    let here = tenant("riverside");
    let keys: Vec<_> = (0..40).map(|_| platform.writer.key(&here)).collect();
    write(&mut platform, &keys, 1_000).await;
    platform.settle(&projector).await;
    let over = Arc::new(AtomicBool::new(false));
    let writes = {
        let (mut writer, over, waiter) = (platform.writer.clone(), over.clone(), projector.waiter());
        let (database, keys, here) = (platform.database.clone(), keys.clone(), here.clone());
        tokio::spawn(async move {
            let mut written = 1_000;
            while !over.load(Ordering::SeqCst) {
                let key = &keys[writer.seed.below(40) as usize];
                let sequence = writer.add(key, 1).await;
                written += 1;
                let waited = waiter.wait("ledger", 1, key.partition(), sequence, Duration::from_secs(2)).await;
                assert_eq!(waited.expect("an answer"), Waited::Reached, "a write was not read in time");
                let mut read = database.read(&here.clone().into()).await.expect("a read");
                let row = sqlx::query("SELECT sequence FROM ledger_v1 WHERE entity = $1")
                    .bind(key.id().expect("an id").as_uuid())
                    .fetch_one(&mut *read)
                    .await
                    .expect("the row is there");
                assert!(row.get::<i64, _>(0) >= sequence as i64, "the read went back before the wait");
            }
            written
        })
    };
    let reads = {
        let (database, over, here) = (platform.database.clone(), over.clone(), here.clone());
        tokio::spawn(async move {
            let mut most = 1_000;
            while !over.load(Ordering::SeqCst) {
                let mut read = database.read(&here.clone().into()).await.expect("a read");
                let statement = "SELECT sum(commits)::bigint FROM ledger_v1";
                let seen: i64 = sqlx::query(statement).fetch_one(&mut *read).await.expect("an answer").get(0);
                assert!(seen >= most, "readers saw {seen} after {most}");
                most = seen;
            }
        })
    };
    for _ in 0..3 {
        let ended = rebuild(&projector).await;
        assert_eq!((ended.state.as_str(), ended.outcome.as_str()), ("live", "equal to the live generation"));
    }
    let back = projector.operations().rollback("ledger").await.expect("a generation is kept");
    let list = projector.operations().list().await.expect("a list");
    assert!(list.iter().any(|status| status.generation == back && status.state == "live"));
    over.store(true, Ordering::SeqCst);
    reads.await.expect("readers are well");
    let written: i64 = writes.await.expect("writers are well");
    platform.settle(&projector).await;
    assert_eq!(platform.totals(&here).await.0, written);
    assert_eq!(verify(&projector).await, "equal to the live generation");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_generation_before_is_fed_until_it_is_discarded() {
    let mut platform = Platform::new().await;
    let projector = platform.ledger(&Ledger::default()).await;
    let operations = projector.operations();
    assert!(matches!(operations.rollback("ledger").await, Err(Error::Refused(_))), "nothing is kept yet");
    let keys = [platform.writer.key(&tenant("riverside"))];
    write(&mut platform, &keys, 10).await;
    assert_eq!(rebuild(&projector).await.state, "live");
    write(&mut platform, &keys, 10).await;
    platform.settle(&projector).await;
    let before = rows(&platform).await;
    let kept = operations.rollback("ledger").await.expect("one is kept");
    assert_eq!(kept, 1);
    assert_eq!(rows(&platform).await, before, "the kept generation was not fed");
    assert!(matches!(operations.discard("ledger", 1).await, Err(Error::Refused(_))), "the live one was discarded");
    operations.discard("ledger", 2).await.expect("it goes");
    eventually("the drop", Duration::from_secs(60), async || {
        let list = operations.list().await.expect("a list");
        (list.len() == 1).then_some(())
    })
    .await;
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'g2\\_%'";
    assert_eq!(platform.number(schemas).await, 0);
    assert_eq!(rows(&platform).await, before);
    assert!(matches!(operations.rebuild("nobody").await, Err(Error::UnknownProjection(_))));
}

/// The process ends in the middle of a load; the next one goes on from there.
#[tokio::test(flavor = "multi_thread")]
async fn a_build_cut_off_goes_on_where_it_was() {
    let mut platform = Platform::new().await;
    let ledger = Ledger::default();
    let projector = platform.ledger(&ledger).await;
    let keys: Vec<_> = (0..20).map(|_| platform.writer.key(&tenant("riverside"))).collect();
    write(&mut platform, &keys, 2_000).await;
    platform.settle(&projector).await;
    let grown = rows(&platform).await;
    let operations = projector.operations().clone();
    let generation = operations.rebuild("ledger").await.expect("it begins");
    eventually("half a load", Duration::from_secs(60), async || {
        let list = operations.list().await.expect("a list");
        list.into_iter().find(|status| status.generation == generation && status.position > 0)
    })
    .await;
    platform.stop.cancel();
    platform.test.cut_connections().await.expect("connections are cut");
    projector.stopped().await;
    platform.stop = tokio_util::sync::CancellationToken::new();
    let second = platform.ledger(&ledger).await;
    let ended = second.operations().finished("ledger", generation, LONGEST).await.expect("it ends");
    assert_eq!((ended.state.as_str(), ended.outcome.as_str()), ("live", "equal to the live generation"));
    assert_eq!(rows(&platform).await, grown);
}

/// The whole of it at size; minutes, so only when asked for:
/// `cargo nextest run -p kindred-projections --run-ignored only million`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn a_million_events_are_verified_rebuilt_rolled_back_and_taken_over_under_writes() {
    let mut platform = Platform::new().await;
    let here = tenant("riverside");
    let keys: Vec<_> = (0..10_000).map(|_| platform.writer.key(&here)).collect();
    write(&mut platform, &keys, 1_000_000).await;
    let projector = platform.ledger_within(&Ledger::default(), Duration::from_secs(1_200)).await;
    let over = Arc::new(AtomicBool::new(false));
    let writes = {
        let (mut writer, over, keys) = (platform.writer.clone(), over.clone(), keys.clone());
        tokio::spawn(async move {
            let mut written = 1_000_000;
            while !over.load(Ordering::SeqCst) {
                let key = &keys[writer.seed.below(10_000) as usize];
                writer.add(key, 1).await;
                written += 1;
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            written
        })
    };
    let longest = Duration::from_secs(1_200);
    let operations = projector.operations();
    for verifies in [true, false] {
        let begun = if verifies { operations.verify("ledger").await } else { operations.rebuild("ledger").await };
        let ended = operations.finished("ledger", begun.expect("it begins"), longest).await.expect("it ends");
        assert_eq!(ended.outcome, "equal to the live generation");
    }
    operations.rollback("ledger").await.expect("one is kept");
    // A partition is set back by an operator's hand: it catches up beside the others.
    let mut superuser = platform.test.superuser().await.expect("the superuser's way in");
    sqlx::query("UPDATE kindred.workers SET lease_until = now() - interval '1 hour'")
        .execute(&mut superuser)
        .await
        .expect("leases run out");
    let second = platform.ledger_within(&Ledger::default(), longest).await;
    over.store(true, Ordering::SeqCst);
    let written: i64 = writes.await.expect("writers are well");
    platform.settle(&second).await;
    assert_eq!(platform.totals(&here).await.0, written);
}
