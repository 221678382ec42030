//! Rows do not depend on how the log was cut into batches, nor on when somebody was erased.

use std::sync::Arc;

use kindred_eventsourcing::{EventStore as _, MemoryStore, RecordedCommit};
use kindred_notification::projections::{Deliveries, Inbox, NoticeBlocks};
use kindred_projections::{Batch, BatchKeys, ErasedPeople, Person, Projection};
use kindred_proto::notification as wire;
use kindred_proto::notification::notifications_server::Notifications as _;
use kindred_testkit::{Seed, TestDatabase};
use sqlx::{AssertSqlSafe, PgConnection};

use crate::support::{PATIENCE, RIVERSIDE, Town, member};

async fn commits(log: &MemoryStore) -> Vec<RecordedCommit> {
    let mut commits = Vec::new();
    for sequence in 1..=log.head().await.unwrap() {
        commits.push(log.at(sequence).await.unwrap().unwrap());
    }
    commits
}

/// A few people who write, name, block, read and are mailed at random; then both logs.
async fn history(seed: u64) -> Vec<RecordedCommit> {
    let town = Town::open().await;
    let mut dice = Seed::new(seed);
    let mut roll = |sides: u64| dice.below(sides) as u32;
    town.sink.refuse_next(5);
    town.sink.refuse_recipient(crate::support::address(member(2)));
    for number in 0..60 {
        let (one, other, third) = (member(roll(5)), member(roll(5)), member(roll(5)));
        match roll(8) {
            0 => town.block(one, other).await,
            1 => town.unblock(one, other).await,
            2 => drop(town.ask(number, one, other).await),
            _ => town.reply(number, one, other, &[third]).await,
        }
    }
    town.settled().await;
    let (worker, stop) = (town.worker(1), tokio_util::sync::CancellationToken::new());
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { worker.run(stop).await }
    });
    for reader in 0..3 {
        for item in town.inbox(member(reader)).await.items.into_iter().step_by(2) {
            let mark = wire::MarkReadRequest { command_id: town.command().to_string(), item_id: item.item_id };
            town.service.mark_read(town.request(member(reader), None, mark)).await.unwrap();
        }
    }
    kindred_testkit::eventually("the mails", PATIENCE, async || {
        (town.count("deliveries_v1 WHERE state = 'due'").await == 0).then_some(())
    })
    .await;
    stop.cancel();
    running.await.unwrap();
    let mut all = commits(&town.membership).await;
    all.extend(commits(&town.store).await);
    all
}

/// The projections in a schema of their own.
struct Tables(PgConnection);

impl Tables {
    async fn new(database: &TestDatabase, name: &str) -> Self {
        let mut connection = database.superuser().await.unwrap();
        let tables = [Inbox::TABLES, Deliveries::TABLES, NoticeBlocks::TABLES].concat();
        let prepare = format!("CREATE SCHEMA {name}; SET search_path = {name}; {tables}");
        sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut connection).await.unwrap();
        Self(connection)
    }

    async fn apply(&mut self, commits: &[RecordedCommit], size: usize, erased: &[Person]) {
        for cut in commits.chunks(size) {
            self.apply_one(&Inbox, cut, erased).await;
            self.apply_one(&Deliveries, cut, erased).await;
            self.apply_one(&NoticeBlocks, cut, erased).await;
        }
    }

    async fn apply_one<P: Projection>(&mut self, projection: &P, cut: &[RecordedCommit], erased: &[Person]) {
        let commits: Vec<&RecordedCommit> = cut.iter().filter(|commit| projection.wants(commit)).collect();
        let keys = BatchKeys::new(Arc::default(), ErasedPeople::from_iter(erased.iter().cloned()));
        projection.apply(&mut self.0, &Batch { commits, keys }).await.unwrap();
    }

    async fn redact(&mut self, person: &Person) {
        Inbox.redact(&mut self.0, person).await.unwrap();
        Deliveries.redact(&mut self.0, person).await.unwrap();
        NoticeBlocks.redact(&mut self.0, person).await.unwrap();
    }

    async fn dump(&mut self) -> String {
        let mut dump = String::new();
        for table in ["inbox_items", "deliveries", "notice_blocks"] {
            let query = format!("SELECT COALESCE(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM {table} t");
            let rows: String = sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(&mut self.0).await.unwrap();
            dump.push_str(&format!("{table}\n{rows}\n"));
        }
        dump
    }
}

async fn rows_are_the_same_however_they_come(seed: u64) {
    let database = TestDatabase::empty().await.unwrap();
    let commits = history(seed).await;
    let mut first = Tables::new(&database, "one").await;
    first.apply(&commits, 1, &[]).await;
    let expected = first.dump().await;
    assert!(expected.contains("dead") && expected.contains("sent"), "{expected}");
    for size in [3, 17, 1_000] {
        let mut tables = Tables::new(&database, &format!("cut_{size}")).await;
        tables.apply(&commits, size, &[]).await;
        assert_eq!(tables.dump().await, expected, "batches of {size}");
    }
    for number in 0..5 {
        let erased = [Person::new(RIVERSIDE.parse().unwrap(), member(number))];
        let mut from_the_start = Tables::new(&database, &format!("start_{number}")).await;
        from_the_start.apply(&commits, 7, &erased).await;
        let expected = from_the_start.dump().await;
        for at in [commits.len() / 3, commits.len()] {
            let mut tables = Tables::new(&database, &format!("at_{number}_{at}")).await;
            tables.apply(&commits[..at], 7, &[]).await;
            tables.redact(&erased[0]).await;
            tables.apply(&commits[at..], 7, &erased).await;
            assert_eq!(tables.dump().await, expected, "person {number}, erased at {at}");
        }
    }
}

#[tokio::test]
async fn rows_do_not_depend_on_batches_or_on_when_somebody_was_erased() {
    rows_are_the_same_however_they_come(0).await;
}

#[tokio::test]
async fn rows_of_another_history_do_not_either() {
    rows_are_the_same_however_they_come(1).await;
}
