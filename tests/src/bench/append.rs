//! Appends by the store, beside bare ones: grouped where each write to the disk is dear.

use std::sync::Arc;

use kindred_eventsourcing::Record;
use kindred_ids::{CommandId, EntityId, EntityKey, TenantSlug, derive_root_id};
use kindred_jetstream::{Durability, JetStreamStore};

use super::Report;
use super::bare::{Bare, CONTEXT, Like};
use super::load::{Call, Measured, call, measure};
use super::report::Goal;
use super::stage::Stage;
use super::written::{Chain, command};

/// A stream that the store owns and nobody reads.
const OWN: &str = "bench";
/// Bytes of the one event: as those of a reply.
const EVENT: usize = 600;
/// How often the two take turns.
const ROUNDS: usize = 3;

/// Measures what is wanted of appends at both durabilities.
pub async fn run(report: &mut Report) -> anyhow::Result<()> {
    for (durability, name) in
        [(Durability::PowerLoss, "append.power-loss"), (Durability::ProcessCrash, "append.process-crash")]
    {
        if !report.demand.wants(name) {
            continue;
        }
        let stage = Stage::start(durability).await?;
        stage.make_stream(CONTEXT).await?;
        stage.make_stream(OWN).await?;
        let store = stage.store(OWN).await?;
        append(&store, command()?).await?;
        let bare = Bare::enter(&stage).await?;
        let like = Like::newest(&bare, OWN, "comment").await?;
        for callers in [1, 64, 256] {
            let name = format!("{name}.{callers}");
            if report.demand.wants(&name) {
                let grouped = durability == Durability::PowerLoss && callers == 256;
                contest(report, &name, callers, (&store, &bare, &like), grouped).await?;
            }
        }
        stage.stop().await?;
    }
    Ok(())
}

async fn contest(
    report: &mut Report,
    name: &str,
    callers: usize,
    (store, bare, like): (&JetStreamStore, &Bare, &Like),
    grouped: bool,
) -> anyhow::Result<()> {
    let (ours, single) = (store_call(store), bare_call(bare, like));
    let (mut stored, mut bares) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bares.push(measure(callers, &single).await?);
        stored.push(measure(callers, &ours).await?);
    }
    let (stored, bare) = (Measured::middle(&stored), Measured::middle(&bares));
    let goal = if grouped { Goal::Times(4.0) } else { Goal::None };
    report.add(name, stored.rate, "1/s", Some(bare.rate), goal)?;
    report.add(&format!("{name}.p50"), stored.p50, "ms", Some(bare.p50), Goal::None)?;
    report.add(&format!("{name}.p99"), stored.p99, "ms", Some(bare.p99), Goal::None)
}

fn store_call(store: &JetStreamStore) -> Call {
    let store = store.clone();
    call(move || {
        let store = store.clone();
        async move { append(&store, command()?).await }
    })
}

fn bare_call(bare: &Bare, like: &Like) -> Call {
    let shared = Arc::new((bare.clone(), like.clone()));
    call(move || {
        let shared = shared.clone();
        async move { shared.0.append(&shared.1).await }
    })
}

/// A new entity with one commit.
async fn append(store: &JetStreamStore, command: CommandId) -> anyhow::Result<()> {
    let record = Record { event_type: "CommentPosted".to_owned(), version: 1, data: vec![b'd'; EVENT].into() };
    Chain::new(key(command)?).append(store, command, vec![record]).await
}

fn key(command: CommandId) -> anyhow::Result<EntityKey> {
    let tenant: TenantSlug = "riverside".parse()?;
    let id: EntityId = derive_root_id(tenant.as_str(), "bench", command, "comment", 0);
    Ok(EntityKey::new(tenant, "comment", id))
}
