//! Old and new programs side by side: each version has views of its own.

use std::time::Duration;

use futures::future::BoxFuture;
use kindred_eventsourcing::RecordedCommit;
use kindred_ids::MemberId;
use kindred_projections::{ApplyError, Batch, Erasure, Person, Projection, Settings, StepError};
use kindred_testkit::eventually;
use sqlx::{PgConnection, Row};
use tokio_util::sync::CancellationToken;

use crate::support::{CONTEXT, Ledger, Platform, quick, reaches, tenant};

const BOUND: Duration = Duration::from_secs(60);

/// The ledger's next version: another shape under the same name.
struct NewLedger;

impl Projection for NewLedger {
    const NAME: &'static str = "ledger";
    const VERSION: u32 = 2;
    const CONTEXT: &'static str = CONTEXT;
    const TABLES: &'static str =
        "CREATE TABLE ledger (tenant text NOT NULL, entity uuid NOT NULL, events bigint NOT NULL,
        PRIMARY KEY (tenant, entity))";

    async fn apply(&self, connection: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        for event in batch.events() {
            if event.record.event_type == "Poison" {
                return Err(event.poison("it is poison"));
            }
            let Some(id) = event.commit.key.id() else { continue };
            let statement = "INSERT INTO ledger AS old VALUES ($1, $2, 1)
                ON CONFLICT (tenant, entity) DO UPDATE SET events = old.events + 1";
            let insert = sqlx::query(statement).bind(event.commit.key.scope().token()).bind(id.as_uuid());
            insert.execute(&mut *connection).await?;
        }
        Ok(())
    }
}

/// A table by whose rows generations could not be compared.
struct Hashless;

impl Projection for Hashless {
    const NAME: &'static str = "hashless";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = CONTEXT;
    const TABLES: &'static str = "CREATE TABLE hashless (tenant text NOT NULL, said json, PRIMARY KEY (tenant))";

    async fn apply(&self, _: &mut PgConnection, _: &Batch<'_>) -> Result<(), ApplyError> {
        Ok(())
    }
}

struct Erasing;

impl Erasure for Erasing {
    fn context(&self) -> &'static str {
        CONTEXT
    }

    fn erased(&self, commit: &RecordedCommit) -> Option<Person> {
        let erased = commit.records.iter().any(|record| record.event_type == "Erased");
        let member = erased.then(|| commit.key.id()).flatten()?;
        Some(Person::new(commit.key.scope().tenant()?.clone(), MemberId(member)))
    }

    fn confirm<'a>(&'a self, _person: &'a Person) -> BoxFuture<'a, Result<(), StepError>> {
        Box::pin(async { Ok(()) })
    }
}

async fn new_total(platform: &Platform) -> i64 {
    let mut read = platform.database.read(&tenant("riverside").into()).await.expect("a read");
    let statement = "SELECT coalesce(sum(events), 0)::bigint FROM ledger_v2";
    sqlx::query(statement).fetch_one(&mut *read).await.expect("the new view answers").get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_builds_itself_beside_the_old_and_outlives_it() {
    let mut platform = Platform::new().await;
    let here = tenant("riverside");
    let old_stop = platform.stop.child_token();
    let settings = Settings { keep: Duration::from_millis(500), ..quick() };
    let old = platform.builder(settings.clone()).projection(Ledger::default()).start(old_stop.clone()).await;
    let old = old.expect("the old program starts");
    old.ready(BOUND).await.expect("it gets ready");
    let keys: Vec<_> = (0..5).map(|_| platform.writer.key(&here)).collect();
    for round in 0..50_usize {
        platform.writer.add(&keys[round % 5], 1).await;
    }
    let new = platform.builder(settings).projection(NewLedger).start(platform.stop.child_token()).await;
    let new = new.expect("the new program starts");
    new.ready(BOUND).await.expect("it gets ready");
    let mut last = 0;
    for round in 0..50_usize {
        last = platform.writer.add(&keys[round % 5], 1).await;
    }
    let partition = keys[4].partition();
    for version in [1, 2] {
        reaches(&new.waiter(), "ledger", version, partition, last).await;
    }
    platform.settle(&old).await;
    assert_eq!(platform.totals(&here).await, (100, 100));
    assert_eq!(new_total(&platform).await, 100);
    old_stop.cancel();
    old.stopped().await;
    eventually("the end of the old version", BOUND, async || {
        let list = new.operations().list().await.expect("a list");
        list.iter().all(|status| status.version == 2).then_some(())
    })
    .await;
    assert_eq!(new_total(&platform).await, 100);
}

/// A new version that cannot apply the log stays unready; the old one is not touched.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_that_fails_does_not_come_up_and_says_why() {
    let mut platform = Platform::new().await;
    let here = tenant("riverside");
    let ledger = Ledger::default();
    ledger.cured.store(true, std::sync::atomic::Ordering::SeqCst);
    let old = platform.ledger(&ledger).await;
    let key = platform.writer.key(&here);
    platform.writer.write(&key, &[("Poison", String::new())]).await;
    platform.settle(&old).await;
    let new = platform.builder(quick()).projection(NewLedger).start(platform.stop.child_token()).await;
    let new = new.expect("the new program starts");
    let told = eventually("the reason", BOUND, async || {
        let list = new.operations().list().await.expect("a list");
        list.into_iter().find(|status| status.version == 2 && status.error.contains("it is poison"))
    })
    .await;
    assert_eq!(told.state, "building");
    assert!(!new.health().borrow().ready);
    assert_eq!(platform.totals(&here).await, (1, 1_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_that_cannot_be_compared_is_named_before_anything_is_built() {
    let platform = Platform::new().await;
    let projector = platform.builder(quick()).projection(Hashless).start(platform.stop.child_token()).await;
    let projector = projector.expect("it starts");
    eventually("the reason", BOUND, async || {
        let list = projector.operations().list().await.expect("a list");
        list.into_iter().find(|status| status.projection == "hashless" && status.error.contains("type json"))
    })
    .await;
    assert!(!projector.health().borrow().ready);
}

/// Nobody is left who could redact the old version's rows: they go.
#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_drops_what_nobody_can_redact() {
    let mut platform = Platform::new().await;
    let here = tenant("riverside");
    let old_stop = CancellationToken::new();
    let old = platform.builder(quick()).projection(Ledger::default()).start(old_stop.clone()).await;
    let old = old.expect("the old program starts");
    old.ready(BOUND).await.expect("it gets ready");
    let builder = platform.builder(quick()).projection(NewLedger).erasure(Erasing);
    let new = builder.start(platform.stop.child_token()).await.expect("the new program starts");
    new.ready(BOUND).await.expect("it gets ready");
    old_stop.cancel();
    old.stopped().await;
    let member = platform.writer.key(&here);
    platform.writer.write(&member, &[("Erased", String::new())]).await;
    let confirmed = "SELECT count(*) FROM kindred.erased_people WHERE confirmed_at IS NOT NULL";
    eventually("the confirmation", BOUND, async || (platform.number(confirmed).await == 1).then_some(())).await;
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'g%\\_ledger'";
    assert_eq!(platform.number(schemas).await, 1, "rows that nobody can redact are still there");
}

/// A second replica takes part in a generation that the first one built.
#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_by_one_replica_is_followed_by_all() {
    let mut platform = Platform::new().await;
    let here = tenant("riverside");
    let first = platform.ledger(&Ledger::default()).await;
    let second = platform.ledger(&Ledger::default()).await;
    let keys: Vec<_> = (0..20).map(|_| platform.writer.key(&here)).collect();
    for round in 0..400_usize {
        platform.writer.add(&keys[round % 20], 1).await;
    }
    let generation = second.operations().rebuild("ledger").await.expect("it begins");
    let ended = second.operations().finished("ledger", generation, BOUND).await.expect("it ends");
    assert_eq!((ended.state.as_str(), ended.outcome.as_str()), ("live", "equal to the live generation"));
    let shares = "SELECT count(DISTINCT worker) FROM kindred.leases WHERE consumer = 'ledger' AND generation =
        (SELECT generation FROM kindred.generations WHERE projection = 'ledger' AND state = 'live')";
    eventually("both replicas", BOUND, async || (platform.number(shares).await == 2).then_some(())).await;
    for round in 0..100_usize {
        platform.writer.add(&keys[round % 20], 1).await;
    }
    platform.settle(&first).await;
    assert_eq!(platform.totals(&here).await, (500, 500));
    let back = first.operations().rollback("ledger").await.expect("one is kept");
    assert_ne!(back, generation);
    platform.settle(&second).await;
    assert_eq!(platform.totals(&here).await, (500, 500));
}
