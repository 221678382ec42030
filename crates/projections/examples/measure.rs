//! How fast a log becomes rows, beside a bare loop that pulls, decodes and copies.
//!
//!     cargo run --release --example measure -- [COMMITS]

use std::time::{Duration, Instant};

use kindred_eventsourcing::{
    Actor, ChainHash, CommitMeta, EventStore, LogReader, MemoryStore, NewCommit, Record, RecordedCommit, RequestHash,
    Timestamp, Write,
};
use kindred_ids::{EntityKey, TenantSlug, derive_root_id};
use kindred_projections::{ApplyError, Batch, CopyRows, Projection, Projector, Settings, Waited};
use kindred_testkit::{Seed, TestDatabase};
use sqlx::{Executor, PgConnection};
use tokio_util::sync::CancellationToken;

const CONTEXT: &str = "measuring";
const TEXT: &str = "what somebody wrote about their day, at about the length that people write on a telephone";

struct Posts;

impl Projection for Posts {
    const NAME: &'static str = "posts";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = CONTEXT;
    const TABLES: &'static str = "CREATE TABLE posts (tenant text NOT NULL, post uuid NOT NULL, text text NOT NULL,
        at bigint NOT NULL, PRIMARY KEY (tenant, post))";
    const INDEXES: &'static str = "CREATE INDEX posts_by_time ON posts (tenant, at)";

    async fn apply(&self, connection: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        let (mut tenants, mut posts, mut texts, mut times) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for commit in &batch.commits {
            let Some((tenant, post, text, at)) = row(commit) else { continue };
            tenants.push(tenant.to_owned());
            posts.push(post);
            texts.push(text.to_owned());
            times.push(at);
        }
        let statement = "INSERT INTO posts SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[])";
        sqlx::query(statement).bind(tenants).bind(posts).bind(texts).bind(times).execute(connection).await?;
        Ok(())
    }

    async fn bulk(&self, connection: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        let rows = copy(&batch.commits);
        rows.send(connection, "posts").await?;
        Ok(())
    }
}

fn row(commit: &RecordedCommit) -> Option<(&str, uuid::Uuid, &str, i64)> {
    let text = std::str::from_utf8(&commit.records.first()?.data).ok()?;
    Some((commit.key.scope().token(), commit.key.id()?.as_uuid(), text, commit.meta.at.millis()))
}

fn copy(commits: &[&RecordedCommit]) -> CopyRows {
    let mut rows = CopyRows::default();
    for (tenant, post, text, at) in commits.iter().filter_map(|commit| row(commit)) {
        rows.text(tenant).uuid(post).text(text).integer(at).end();
    }
    rows
}

fn write(seed: &mut Seed, tenant: &TenantSlug) -> Write {
    let command_id = seed.command_id();
    let id = derive_root_id(tenant.as_str(), "anonymous", command_id, "post", 0);
    let meta = CommitMeta {
        command_id,
        version: 1,
        previous: ChainHash::START,
        actor: Actor::anonymous(),
        causation: None,
        correlation: command_id.as_uuid(),
        request_hash: RequestHash([0; 16]),
        at: Timestamp::from_millis(1_700_000_000_000 + (seed.next() % 1_000_000) as i64),
        trace: None,
    };
    let records = vec![Record { event_type: "Posted".to_owned(), version: 1, data: TEXT.into() }];
    Write { key: EntityKey::new(tenant.clone(), "post", id), expected: 0, commit: NewCommit { meta, records } }
}

#[expect(clippy::print_stdout, reason = "a measurement is printed")]
fn show(what: &str, commits: u64, took: Duration) {
    println!("{what:<44} {took:>10.2?} {:>10.0}/s", commits as f64 / took.as_secs_f64());
}

/// The fastest loop that ends in the same table.
async fn bare(database: &TestDatabase, store: &MemoryStore, head: u64) -> anyhow::Result<Duration> {
    let mut connection = database.superuser().await?;
    connection.execute("CREATE SCHEMA bare; SET search_path = bare").await?;
    connection.execute(Posts::TABLES).await?;
    let begun = Instant::now();
    let (send, mut batches) = tokio::sync::mpsc::channel(2);
    let mut reader = store.reader(0, None).await?;
    tokio::spawn(async move {
        let mut position = 0;
        while position < head {
            let Ok(batch) = reader.next(5_000, Duration::from_millis(50)).await else { return };
            position = batch.position;
            if send.send(batch.commits).await.is_err() {
                return;
            }
        }
    });
    while let Some(commits) = batches.recv().await {
        copy(&commits.iter().collect::<Vec<_>>()).send(&mut connection, "posts").await?;
    }
    let took = begun.elapsed();
    Ok(took)
}

async fn wait_for(projector: &Projector, store: &MemoryStore) -> anyhow::Result<()> {
    let head = store.head().await?;
    let last = store.at(head).await?.expect("the head is a commit");
    let waiter = projector.waiter();
    while waiter.wait("posts", 1, last.key.partition(), head, Duration::from_secs(2)).await? == Waited::Stale {}
    Ok(())
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "a measurement is printed")]
async fn main() -> anyhow::Result<()> {
    let commits: u64 = std::env::args().nth(1).map_or(Ok(200_000), |text| text.parse())?;
    let database = TestDatabase::create(&[]).await?;
    let (mut seed, store) = (Seed::new(1), MemoryStore::new(CONTEXT));
    let tenant: TenantSlug = "riverside".parse()?;
    for _ in 0..commits {
        store.append(vec![write(&mut seed, &tenant)]).await?;
    }
    show("bare pull, decode, COPY", commits, bare(&database, &store, commits).await?);
    let (stop, begun) = (CancellationToken::new(), Instant::now());
    let builder = Projector::builder(database.connect(), Settings::default());
    let projector = builder.stream(store.clone()).projection(Posts).start(stop.clone()).await?;
    projector.ready(Duration::from_secs(600)).await?;
    show("first build, indexes and views included", commits, begun.elapsed());
    let begun = Instant::now();
    let generation = projector.operations().rebuild("posts").await?;
    let ended = projector.operations().finished("posts", generation, Duration::from_secs(600)).await?;
    show("rebuild, comparison and flip included", commits, begun.elapsed());
    println!("  {}: {}", ended.state, ended.outcome);
    for _ in 0..50_000 {
        store.append(vec![write(&mut seed, &tenant)]).await?;
    }
    let begun = Instant::now();
    wait_for(&projector, &store).await?;
    show("catching up, live and kept fed", 50_000, begun.elapsed());
    let mut waits = Vec::new();
    for _ in 0..1_000 {
        store.append(vec![write(&mut seed, &tenant)]).await?;
        let begun = Instant::now();
        wait_for(&projector, &store).await?;
        waits.push(begun.elapsed());
    }
    waits.sort();
    println!("read your writes: p50 {:.2?}, p99 {:.2?}", waits[500], waits[990]);
    stop.cancel();
    projector.stopped().await;
    Ok(())
}
