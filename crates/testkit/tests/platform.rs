//! The pieces together: a stream on a real server, read models in a real Postgres.
#![cfg(feature = "jetstream")]

use std::time::Duration;

use kindred_eventsourcing::{
    Actor, ChainHash, CommitMeta, EventStore, NewCommit, Record, RecordedCommit, RequestHash, Timestamp, Write,
};
use kindred_ids::{EntityKey, Partition, TenantSlug, derive_root_id};
use kindred_jetstream::JetStreamStore;
use kindred_projections::{ApplyError, Batch, Projection, Projector, Settings, Waited};
use kindred_testkit::{Seed, TestDatabase, TestStreams, eventually, show_logs};
use sqlx::{PgConnection, Row};
use tokio_util::sync::CancellationToken;

const CONTEXT: &str = "posting";
const BOUND: Duration = Duration::from_secs(30);

struct Counts;

impl Projection for Counts {
    const NAME: &'static str = "counts";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = CONTEXT;
    const TABLES: &'static str =
        "CREATE TABLE counts (tenant text NOT NULL, entity uuid NOT NULL, commits bigint NOT NULL,
        PRIMARY KEY (tenant, entity))";

    async fn apply(&self, connection: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        for commit in &batch.commits {
            let id = commit.key.id().expect("every key here has an id").as_uuid();
            let statement = "INSERT INTO counts AS old VALUES ($1, $2, 1)
                ON CONFLICT (tenant, entity) DO UPDATE SET commits = old.commits + 1";
            let insert = sqlx::query(statement).bind(commit.key.scope().token()).bind(id);
            insert.execute(&mut *connection).await?;
        }
        Ok(())
    }
}

async fn append(store: &JetStreamStore, seed: &mut Seed, key: &EntityKey, tail: Option<&RecordedCommit>) -> u64 {
    let command_id = seed.command_id();
    let (expected, version, previous) =
        tail.map_or((0, 0, ChainHash::START), |tail| (tail.sequence, tail.meta.version, tail.hash));
    let meta = CommitMeta {
        command_id,
        version: version + 1,
        previous,
        actor: Actor::anonymous(),
        causation: None,
        correlation: command_id.as_uuid(),
        request_hash: RequestHash([0; 16]),
        at: Timestamp::from_millis(1),
        trace: None,
    };
    let records = vec![Record { event_type: "Noted".to_owned(), version: 1, data: "x".into() }];
    let write = Write { key: key.clone(), expected, commit: NewCommit { meta, records } };
    store.append(vec![write]).await.expect("nobody else writes")[0]
}

async fn start(database: &TestDatabase, store: &JetStreamStore, stop: &CancellationToken) -> Projector {
    let builder = Projector::builder(database.connect(), Settings::default()).own_stream(store.clone());
    let projector = builder.projection(Counts).start(stop.clone()).await.expect("it starts");
    projector.ready(BOUND).await.expect("it gets ready");
    projector
}

async fn reached(projector: &Projector, sequence: u64) {
    for partition in Partition::all() {
        let waiter = projector.waiter();
        eventually("the position", BOUND, async || {
            let waited = waiter.wait("counts", 1, partition, sequence, BOUND).await.expect("an answer");
            (waited == Waited::Reached).then_some(())
        })
        .await;
    }
}

async fn total(database: &TestDatabase, tenant: &TenantSlug) -> i64 {
    let mut read = database.connect().read(&tenant.clone().into()).await.expect("a read");
    let statement = "SELECT coalesce(sum(commits), 0)::bigint FROM counts_v1";
    sqlx::query(statement).fetch_one(&mut *read).await.expect("the view answers").get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_projected_rebuilt_verified_and_followed_over_a_restart() {
    show_logs();
    let database = TestDatabase::create(&[]).await.expect("a database");
    let streams = TestStreams::create(&[CONTEXT]).await.expect("streams");
    let store = streams.store(CONTEXT).await.expect("a store");
    let tenant: TenantSlug = "riverside".parse().expect("a slug");
    let (mut seed, stop) = (Seed::from_env(), CancellationToken::new());
    let keys: Vec<EntityKey> = (0..20)
        .map(|_| {
            let id = derive_root_id(tenant.as_str(), "anonymous", seed.command_id(), "note", 0);
            EntityKey::new(tenant.clone(), "note", id)
        })
        .collect();
    let projector = start(&database, &store, &stop).await;
    let mut last = 0;
    for round in 0..300_usize {
        let key = &keys[round % 20];
        let tail = store.tail(key).await.expect("a tail");
        last = append(&store, &mut seed, key, tail.as_ref()).await;
    }
    reached(&projector, last).await;
    assert_eq!(total(&database, &tenant).await, 300);
    for projection in ["counts", "entity_heads"] {
        let generation = projector.operations().rebuild(projection).await.expect("it begins");
        let ended = projector.operations().finished(projection, generation, BOUND).await.expect("it ends");
        assert_eq!((ended.state.as_str(), ended.outcome.as_str()), ("live", "equal to the live generation"));
    }
    stop.cancel();
    projector.stopped().await;
    let tail = store.tail(&keys[0]).await.expect("a tail");
    last = append(&store, &mut seed, &keys[0], tail.as_ref()).await;
    let stop = CancellationToken::new();
    let projector = start(&database, &store, &stop).await;
    reached(&projector, last).await;
    assert_eq!(total(&database, &tenant).await, 301);
    let generation = projector.operations().verify("counts").await.expect("it begins");
    let ended = projector.operations().finished("counts", generation, BOUND).await.expect("it ends");
    assert_eq!(ended.outcome, "equal to the live generation");
    stop.cancel();
    projector.stopped().await;
}
