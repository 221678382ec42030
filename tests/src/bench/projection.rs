//! How fast a read model follows the log, beside the barest loop that does so.
//!
//! * `projection.rebuild`: `kindred projection rebuild` of posting's `thread`, from the
//!   call to the flip, while nothing else goes on; the comparison with the generation
//!   before it and everything else that makes it safe is in that time.
//! * `projection.first`: the first build of all of posting's read models at once.
//! * `projection.catch-up`: posting comes back and finds commits that it has not seen.
//! * The baseline pulls, decodes, opens every text with all keys at hand, and copies rows;
//!   `projection.bare.sealed` is the same without opening.

mod copy;
mod posts;

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use kindred::operator::said;
use kindred_eventsourcing::EventStore as _;
use kindred_jetstream::Durability;
use kindred_proto::admin as proto;
use kindred_proto::admin::admin_client::AdminClient;
use kindred_service_kit::caller::Role;

use super::Report;
use super::load::middle;
use super::report::Goal;
use super::stage::Stage;
use super::world::World;
use copy::{Opening, Target};
use posts::Authors;

/// Members who write.
const MEMBERS: usize = 500;
/// Threads that they write in.
const THREADS: usize = 1_000;
/// Replies that are built from.
const REPLIES: usize = 300_000;
/// Replies that are caught up with.
const LATE: usize = 100_000;
/// How often rebuild and bare loop take turns.
const ROUNDS: usize = 3;
/// What a rebuild may cost: this share of the bare loop's rate is reached.
const LEAST: f64 = 0.6;
/// The read model that is rebuilt.
const REBUILT: &str = "thread";
/// How often it is looked how far a projection is.
const LOOK: Duration = Duration::from_millis(5);

/// Measures what is wanted of projections.
pub async fn run(report: &mut Report) -> anyhow::Result<()> {
    if !report.demand.wants("projection") {
        return Ok(());
    }
    let stage = Stage::start(Durability::ProcessCrash).await?;
    let membership = stage.serve(Role::Membership, &[]).await?;
    let world = World::make(&stage, MEMBERS).await?;
    let authors = Authors::of(&stage, &world).await?;
    let store = stage.store("posting").await?;
    let threads = authors.start_threads(&store, THREADS).await?;
    authors.reply(&store, &threads, REPLIES).await?;
    stage.settled(&[Role::Membership]).await?;
    let events = (THREADS + REPLIES) as f64;

    let begun = Instant::now();
    let posting = stage.serve(Role::Posting, &[]).await?;
    let first = events / begun.elapsed().as_secs_f64();
    stage.settled(&[Role::Posting]).await?;

    let target = Target::make(&stage, &authors).await?;
    let (mut rebuilds, mut loads, mut opened, mut sealed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        sealed.push(target.fill(Opening::Left, events).await?);
        opened.push(target.fill(Opening::Done, events).await?);
        let (whole, load) = rebuild(&stage).await?;
        rebuilds.push(events / whole);
        loads.push(events / load);
    }
    let (opened, sealed) = (middle(opened), middle(sealed));
    report.remark(&format!("projection: {events} events; beside pull, decode, open with all keys at hand, COPY"))?;
    report.add("projection.rebuild", middle(rebuilds), "events/s", Some(opened), Goal::Times(LEAST))?;
    report.add("projection.rebuild.load", middle(loads), "events/s", Some(opened), Goal::None)?;
    report.add("projection.first", first, "events/s", Some(opened), Goal::None)?;
    report.add("projection.bare", opened, "events/s", None, Goal::None)?;
    report.add("projection.bare.sealed", sealed, "events/s", None, Goal::None)?;

    posting.stop().await?;
    authors.reply(&store, &threads, LATE).await?;
    let rate = catch_up(&stage, store.head().await?).await?;
    report.add("projection.catch-up", rate, "events/s", Some(opened), Goal::None)?;
    membership.stop().await?;
    stage.stop().await
}

/// Rebuilds and waits for the flip; seconds in all, and until the rows were loaded.
async fn rebuild(stage: &Stage) -> anyhow::Result<(f64, f64)> {
    let mut client = AdminClient::new(stage.operator.channel(Role::Posting)?);
    let (begun, mut loaded) = (Instant::now(), None);
    let request = stage.operator.request(proto::RebuildProjectionRequest { name: REBUILT.to_owned() });
    let mut progress = client.rebuild_projection(request).await.map_err(said)?.into_inner();
    let mut last = String::new();
    while let Some(message) = progress.message().await.map_err(said)? {
        last = message.progress.map(|progress| progress.phase).unwrap_or_default();
        if loaded.is_none() && !matches!(last.as_str(), "" | "tables" | "load") {
            loaded = Some(begun.elapsed());
        }
    }
    ensure!(last == "done", "the rebuild ended as `{last}`");
    let whole = begun.elapsed();
    Ok((whole.as_secs_f64(), loaded.unwrap_or(whole).as_secs_f64()))
}

/// Starts posting and watches its read models from the first move to the end of the log;
/// events a second.
async fn catch_up(stage: &Stage, head: u64) -> anyhow::Result<f64> {
    let posting = stage.serve(Role::Posting, &[]).await?;
    let mut client = AdminClient::new(stage.operator.channel(Role::Posting)?);
    let mut first: Option<(u64, Instant)> = None;
    let rate = loop {
        let request = stage.operator.request(proto::ListProjectionsRequest {});
        let listed = client.list_projections(request).await.map_err(said)?.into_inner().projections;
        let live = listed.iter().filter(|one| one.state == "live").map(|one| one.position);
        let position = live.min().context("posting has read models")?;
        let (start, since) = *first.get_or_insert((position, Instant::now()));
        if position >= head {
            break (head - start) as f64 / since.elapsed().as_secs_f64();
        }
        tokio::time::sleep(LOOK).await;
    };
    posting.stop().await?;
    Ok(rate)
}
