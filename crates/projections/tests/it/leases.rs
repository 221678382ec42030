//! Replicas share the partitions; what one leaves, another takes over.

use std::time::Duration;

use kindred_testkit::eventually;

use crate::support::{Ledger, Platform, quick, tenant};

const SHARES: &str = "SELECT count(*) FROM (SELECT worker FROM kindred.leases
    WHERE consumer = 'ledger' AND generation > 0 GROUP BY worker HAVING count(*) = 32) AS shares WHERE worker IS NOT NULL";

const FREE: &str = "SELECT count(*) FROM kindred.leases WHERE consumer = 'ledger' AND worker IS NULL AND generation =
    (SELECT generation FROM kindred.generations WHERE projection = 'ledger' AND state = 'live')";
/// As if it had never been written that six of them were let go of.
const LOST: &str = "WITH live AS (
        SELECT leases.* FROM kindred.leases
        JOIN kindred.generations USING (generation)
        WHERE consumer = 'ledger' AND projection = 'ledger' AND state = 'live'
    )
    UPDATE kindred.leases SET worker = (SELECT worker FROM live WHERE worker IS NOT NULL LIMIT 1)
    FROM (SELECT partition FROM live WHERE worker IS NULL ORDER BY partition LIMIT 6) AS six
    WHERE leases.consumer = 'ledger' AND leases.partition = six.partition
        AND leases.generation = (SELECT generation FROM live LIMIT 1)";

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_share_and_the_one_left_takes_all() {
    let mut platform = Platform::new().await;
    let here = tenant("riverside");
    let first = platform.ledger(&Ledger::default()).await;
    let leaves = platform.stop.child_token();
    let builder = platform.builder(quick()).projection(Ledger::default());
    let second = builder.start(leaves.clone()).await.expect("it starts");
    second.ready(Duration::from_secs(60)).await.expect("it gets ready");
    eventually("an even share", Duration::from_secs(60), async || (platform.number(SHARES).await == 2).then_some(()))
        .await;
    let mut written = 0;
    for round in 0..400 {
        let key = platform.writer.key(&here);
        platform.writer.add(&key, 1).await;
        written += 1;
        if round == 200 {
            leaves.cancel();
        }
        if round % 20 == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    second.stopped().await;
    platform.settle(&first).await;
    assert_eq!(platform.totals(&here).await, (written, written));
    let held = "SELECT count(*) FROM kindred.leases WHERE consumer = 'ledger' AND worker IS NOT NULL AND generation =
        (SELECT generation FROM kindred.generations WHERE projection = 'ledger' AND state = 'live')";
    eventually("all partitions", Duration::from_secs(60), async || (platform.number(held).await == 64).then_some(()))
        .await;
}

/// Postgres may lose that a process let go of partitions, or the process never hear of it.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_process_let_go_of_is_free_though_postgres_still_calls_it_the_holder() {
    let mut platform = Platform::new().await;
    let here = tenant("riverside");
    let first = platform.ledger(&Ledger::default()).await;
    let mut superuser = platform.test.superuser().await.expect("the superuser's way in");
    // Another process that lives, and has not taken its share yet.
    let other = "INSERT INTO kindred.workers SELECT gen_random_uuid(), hosts, clock_timestamp() + interval '1 hour'
        FROM kindred.workers";
    sqlx::Executor::execute(&mut superuser, other).await.expect("another process");
    let bound = Duration::from_secs(60);
    let half = async || (platform.number(FREE).await == 32).then_some(());
    eventually("half of them are free", bound, half).await;
    let lost = sqlx::Executor::execute(&mut superuser, LOST).await.expect("it is lost");
    assert_eq!(lost.rows_affected(), 6);
    eventually("they are free again", bound, half).await;
    // The other one ends, and everything is moved along by the one that is left.
    let gone = "DELETE FROM kindred.workers WHERE lease_until > clock_timestamp() + interval '30 minutes'";
    sqlx::Executor::execute(&mut superuser, gone).await.expect("the other one ends");
    for _ in 0..100 {
        let key = platform.writer.key(&here);
        platform.writer.add(&key, 1).await;
    }
    platform.settle(&first).await;
    assert_eq!(platform.totals(&here).await, (100, 100));
}

/// A partition far behind catches up by a reader of its own; the others do not wait for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_lagging_partition_catches_up_beside_the_others() {
    let mut platform = Platform::new().await;
    let here = tenant("riverside");
    let ledger = Ledger::default();
    let first = platform.ledger(&ledger).await;
    let lagging = platform.writer.key_in(&here, 7);
    let others: Vec<_> = (8..18).map(|partition| platform.writer.key_in(&here, partition)).collect();
    platform.writer.add(&lagging, 1).await;
    platform.settle(&first).await;
    platform.stop.cancel();
    first.stopped().await;
    for round in 0..8_000_usize {
        let key = if round % 8 == 0 { &lagging } else { &others[round % 10] };
        platform.writer.add(key, 1).await;
    }
    platform.stop = tokio_util::sync::CancellationToken::new();
    // One process has done all partitions but one.
    let mut superuser = platform.test.superuser().await.expect("the superuser's way in");
    let second = platform.ledger(&ledger).await;
    platform.settle(&second).await;
    let before = platform.totals(&here).await;
    assert_eq!(before, (8_001, 8_001));
    platform.stop.cancel();
    second.stopped().await;
    // Partition 7 is set back to its first commit, its row with it.
    let back = kindred_eventsourcing::EventStore::at(&platform.writer.store, 1).await.expect("a log").expect("it");
    sqlx::query("UPDATE kindred.checkpoints SET sequence = 1, hash = $1 WHERE consumer = 'ledger' AND partition = 7")
        .bind(back.hash.0.to_vec())
        .execute(&mut superuser)
        .await
        .expect("it is set back");
    sqlx::Executor::execute(
        &mut superuser,
        "DO $$ DECLARE place text; BEGIN
            SELECT schema_name INTO place FROM kindred.generations WHERE projection = 'ledger' AND state = 'live';
            EXECUTE format('UPDATE %I.ledger SET commits = 1, amount = 1, trail = 1, factor = 31, sequence = 1 WHERE get_byte(uuid_send(entity), 0) >> 2 = 7', place);
        END $$",
    )
    .await
    .expect("its row is set back");
    platform.stop = tokio_util::sync::CancellationToken::new();
    let third = platform.ledger(&ledger).await;
    // Others go on at once.
    let sequence = platform.writer.add(&others[0], 1).await;
    let partition = others[0].partition();
    let waited = third.waiter().wait("ledger", 1, partition, sequence, Duration::from_secs(2)).await;
    assert_eq!(waited.expect("an answer"), kindred_projections::Waited::Reached);
    platform.settle(&third).await;
    assert_eq!(platform.totals(&here).await, (8_002, 8_002));
    assert_eq!(platform.row(&here, &lagging).await.map(|row| row.0), Some(1_001));
}
