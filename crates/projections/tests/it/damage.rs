//! A log that is not what it was stops everything, before a row is made of it.

use std::time::Duration;

use kindred_eventsourcing::EventStore;
use kindred_projections::{PartitionHead, Projector, Settings};

use crate::support::{Ledger, Platform, quick, tenant};

pub async fn damage_of(projector: &Projector) -> String {
    let mut health = projector.health();
    let seen = health.wait_for(|health| health.damaged.is_some());
    let health = tokio::time::timeout(Duration::from_secs(60), seen).await.expect("damage is seen").expect("news");
    health.damaged.clone().unwrap_or_default()
}

#[tokio::test]
async fn a_broken_chain_stops_the_process() {
    let mut platform = Platform::new().await;
    let key = platform.writer.key(&tenant("riverside"));
    platform.writer.add(&key, 1).await;
    let other = platform.writer.add(&key, 2).await;
    platform.writer.add(&key, 3).await;
    let forged = EventStore::at(&platform.writer.store, 1).await.expect("a log").expect("a commit");
    let body = kindred_eventsourcing::NewCommit { meta: forged.meta, records: forged.records }.body();
    platform.writer.store.damage(other, body);
    let builder = Projector::builder(platform.test.connect(), quick()).own_stream(platform.writer.store.clone());
    let projector = builder.start(platform.stop.child_token()).await.expect("it starts");
    let damage = damage_of(&projector).await;
    assert!(damage.contains("chain") && damage.contains("sequence 3"), "{damage}");
    assert!(projector.ready(Duration::from_secs(5)).await.is_err(), "it serves a hole");
}

#[tokio::test]
async fn a_stream_that_lost_what_a_checkpoint_rests_on_is_refused() {
    let mut platform = Platform::new().await;
    let here = tenant("riverside");
    let first = platform.ledger(&Ledger::default()).await;
    let key = platform.writer.key(&here);
    platform.writer.add(&key, 1).await;
    platform.settle(&first).await;
    platform.stop.cancel();
    first.stopped().await;
    // Another log of the same name, made anew.
    platform.stop = tokio_util::sync::CancellationToken::new();
    platform.writer = crate::support::Writer::new(platform.writer.seed.clone());
    for _ in 0..5 {
        let key = platform.writer.key(&here);
        platform.writer.add(&key, 1).await;
    }
    let builder = platform.builder(quick()).projection(Ledger::default());
    let second = builder.start(platform.stop.child_token()).await.expect("it starts");
    let damage = damage_of(&second).await;
    assert!(damage.contains("checkpoint"), "{damage}");
    assert_eq!(platform.totals(&here).await, (1, 1), "rows of another log were made");
}

/// Rows are committed without waiting for the disk: a crash of Postgres loses the last of
/// them and the checkpoints with them, behind the back of whoever wrote them.
#[tokio::test]
async fn what_postgres_lost_is_made_again_and_not_taken_for_damage() {
    let mut platform = Platform::new().await;
    let (here, builder) = (tenant("riverside"), Projector::builder(platform.test.connect(), quick()));
    let builder = builder.own_stream(platform.writer.store.clone());
    let projector = builder.start(platform.stop.child_token()).await.expect("it starts");
    projector.ready(Duration::from_secs(60)).await.expect("it gets ready");
    let (known, lost) = (platform.writer.key(&here), platform.writer.key(&here));
    let before = platform.writer.add(&known, 1).await;
    platform.reached(&projector, "entity_heads", before).await;
    let mut superuser = platform.test.superuser().await.expect("the superuser's way in");
    let schema: String =
        sqlx::query_scalar("SELECT schema_name FROM kindred.generations WHERE projection = 'entity_heads'")
            .fetch_one(&mut superuser)
            .await
            .expect("a generation");
    let tables =
        ["kindred.checkpoints".to_owned(), format!("{schema}.entity_heads"), format!("{schema}.partition_heads")];
    for (number, table) in tables.iter().enumerate() {
        let copy = format!("CREATE TEMPORARY TABLE before_{number} AS SELECT * FROM {table}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(copy)).execute(&mut superuser).await.expect("a copy");
    }
    let stored = platform.writer.add(&lost, 1).await;
    platform.reached(&projector, "entity_heads", stored).await;
    let back = tables
        .iter()
        .enumerate()
        .map(|(number, table)| format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM before_{number};"));
    let back = format!("BEGIN; {} COMMIT;", back.collect::<String>());
    sqlx::raw_sql(sqlx::AssertSqlSafe(back)).execute(&mut superuser).await.expect("all is as before");
    let last = platform.writer.add(&lost, 1).await;
    platform.reached(&projector, "entity_heads", last).await;
    assert_eq!(projector.health().borrow().damaged, None);
    let versions = format!("SELECT count(*) FROM {schema}.entity_heads WHERE version = 2 AND sequence = {last}");
    let rows: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(versions)).fetch_one(&mut superuser).await.expect("a count");
    assert_eq!(rows, 1, "what was lost was not made again");
}

#[tokio::test]
async fn the_heads_are_what_anybody_computes_from_the_log() {
    let mut platform = Platform::new().await;
    let (here, mut last) = (tenant("riverside"), 0);
    let builder = Projector::builder(platform.test.connect(), quick()).own_stream(platform.writer.store.clone());
    let projector = builder.start(platform.stop.child_token()).await.expect("it starts");
    projector.ready(Duration::from_secs(60)).await.expect("it gets ready");
    for _ in 0..150 {
        let key = platform.writer.key(&here);
        last = platform.writer.add(&key, 1).await;
    }
    platform.reached(&projector, "entity_heads", last).await;
    let mut expected = std::collections::BTreeMap::new();
    for sequence in 1..=last {
        let commit = EventStore::at(&platform.writer.store, sequence).await.expect("a log").expect("a commit");
        let partition = commit.key.partition();
        let head = expected.entry(partition).or_insert(PartitionHead::start(partition));
        *head = head.after(&commit);
    }
    let heads = projector.operations().heads().await.expect("heads");
    assert_eq!(heads, expected.into_values().collect::<Vec<_>>());
}

#[tokio::test]
async fn settings_that_cannot_work_are_named() {
    let platform = Platform::new().await;
    let start = async |settings: Settings| {
        let builder = platform.builder(settings).projection(Ledger::default());
        builder.start(platform.stop.child_token()).await.err().expect("it is refused").to_string()
    };
    assert!(start(Settings { batch: 0, ..quick() }).await.contains("`batch`"));
    assert!(start(Settings { heartbeat: Duration::from_secs(9), ..quick() }).await.contains("`heartbeat`"));
    assert!(start(Settings { key_cache: Duration::from_secs(61), ..quick() }).await.contains("`key_cache`"));
    let twice = platform.builder(quick()).projection(Ledger::default()).projection(Ledger::default());
    let error = twice.start(platform.stop.child_token()).await.err().expect("it is refused");
    assert!(error.to_string().contains("`ledger`"), "{error}");
    let nowhere = Projector::builder(platform.test.connect(), quick()).projection(Ledger::default());
    let error = nowhere.start(platform.stop.child_token()).await.err().expect("it is refused");
    assert!(error.to_string().contains("`testing`"), "{error}");
}

#[tokio::test]
async fn another_stream_is_refused_until_it_is_adopted_and_then_everything_is_built_anew() {
    let mut platform = Platform::new().await;
    let here = tenant("riverside");
    let database = platform.database.clone();
    database.remember_stream("testing", "one").await.expect("the first is kept");
    database.remember_stream("testing", "one").await.expect("it is the same");
    let refused = database.remember_stream("testing", "two").await.expect_err("it is another");
    assert!(refused.to_string().contains("kindred streams adopt"), "{refused}");
    let first = platform.ledger(&Ledger::default()).await;
    for _ in 0..3 {
        let key = platform.writer.key(&here);
        platform.writer.add(&key, 1).await;
    }
    platform.settle(&first).await;
    let refused = database.adopt_stream("testing", "two").await.expect_err("a process runs");
    assert!(refused.to_string().contains("stop it first"), "{refused}");
    platform.stop.cancel();
    first.stopped().await;
    // What was restored is shorter.
    platform.writer = crate::support::Writer::new(platform.writer.seed.clone());
    let key = platform.writer.key(&here);
    platform.writer.add(&key, 7).await;
    database.adopt_stream("testing", "two").await.expect("it is adopted");
    database.remember_stream("testing", "two").await.expect("it is known");
    platform.stop = tokio_util::sync::CancellationToken::new();
    let second = platform.ledger(&Ledger::default()).await;
    platform.settle(&second).await;
    assert_eq!(platform.totals(&here).await, (1, 7));
}

#[tokio::test]
async fn what_was_parked_of_a_stream_is_forgotten_with_it() {
    let platform = Platform::new().await;
    platform.database.adopt_stream("testing", "one").await.expect("the first is adopted as well");
    let mut connection = platform.test.superuser().await.expect("the superuser's way in");
    sqlx::query(
        "INSERT INTO kindred.parked (consumer, generation, subject, sequence, event_index, error) VALUES \
         ('echo', 0, 'es.testing.00.riverside.entry.a', 5, 0, 'it is poison'), \
         ('echo', 0, 'es.testing2.00.riverside.entry.a', 5, 0, 'it is poison')",
    )
    .execute(&mut connection)
    .await
    .expect("rows");
    platform.database.adopt_stream("testing", "two").await.expect("it is adopted");
    assert_eq!(platform.database.stream_identity("testing").await.expect("an answer").as_deref(), Some("two"));
    let other = "SELECT count(*) FROM kindred.parked WHERE subject LIKE 'es.testing2.%'";
    assert_eq!((platform.number("SELECT count(*) FROM kindred.parked").await, platform.number(other).await), (1, 1));
}
