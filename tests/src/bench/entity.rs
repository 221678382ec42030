//! Loading an entity that this process has not seen before.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, bail, ensure};
use async_nats::{StatusCode, Subscriber};
use bytes::Bytes;
use futures::StreamExt as _;
use kindred_eventsourcing::{Contract as _, EventStore as _, Executor, Fingerprint, KeyId, Sealed};
use kindred_ids::{CommunityId, EntityKey, MemberId, TenantSlug, ThreadId, derive_owned_id, derive_root_id};
use kindred_jetstream::{Durability, JetStreamStore};
use kindred_posting::domain::{Home, Thread, thread};
use tokio::sync::Mutex;

use super::Report;
use super::bare::Bare;
use super::load::{call, one_by_one};
use super::report::Goal;
use super::stage::{Stage, now};
use super::written::{Chain, command, fresh, many};

/// Entities in the stream, and commits of each: they are written in turn, so that those of
/// one entity lie far apart.
const ENTITIES: usize = 10_000;
const COMMITS: usize = 10;
/// How many are loaded.
const LOADS: usize = 2_000;
/// The stream.
const CONTEXT: &str = "bench";
/// Milliseconds that half of the loads may take.
const MOST: f64 = 0.5;

/// Measures the loading of an entity of ten events.
pub async fn run(report: &mut Report) -> anyhow::Result<()> {
    if !report.demand.wants("load") {
        return Ok(());
    }
    let stage = Stage::start(Durability::ProcessCrash).await?;
    stage.make_stream(CONTEXT).await?;
    let store = stage.store(CONTEXT).await?;
    let keys: Arc<[EntityKey]> = write(&store).await?.into();
    // Nothing is remembered: each load starts at the entity's first commit.
    let (executor, next) = (Executor::new(store.clone(), 0), Arc::new(AtomicUsize::new(0)));
    let pick = move |keys: &[EntityKey]| keys[next.fetch_add(7_919, Ordering::Relaxed) % keys.len()].clone();
    let (all, choose) = (keys.clone(), pick.clone());
    let ours = call(move || {
        let (executor, key) = (executor.clone(), choose(&all));
        async move {
            let loaded = executor.load::<Thread>(&key).await?;
            ensure!(loaded.version == COMMITS as u64, "an entity has {} commits", loaded.version);
            Ok(())
        }
    });
    let batch = Arc::new(Batch::open(&stage).await?);
    let raw = call(move || {
        let (batch, subject) = (batch.clone(), pick(&keys).subject(CONTEXT));
        async move { batch.get(&subject).await }
    });
    let (raw, ours) = (one_by_one(LOADS, &raw).await?, one_by_one(LOADS, &ours).await?);
    report.remark("load: ten commits out of 100,000, no state remembered; beside one batched direct get")?;
    report.add("load.ten-events.p50", ours.p50, "ms", Some(raw.p50), Goal::AtMost(MOST))?;
    report.add("load.ten-events.p99", ours.p99, "ms", Some(raw.p99), Goal::None)?;
    stage.stop().await
}

async fn write(store: &JetStreamStore) -> anyhow::Result<Vec<EntityKey>> {
    let tenant: TenantSlug = "riverside".parse()?;
    let (author, community) = (root(&tenant, "member")?, root(&tenant, "community")?);
    let home = |thread| Home {
        community: CommunityId(community),
        thread: ThreadId(thread),
        author: MemberId(author),
        author_key: KeyId(fresh()),
    };
    let mut chains = Vec::with_capacity(ENTITIES);
    for _ in 0..ENTITIES {
        let id = derive_owned_id(tenant.as_str(), "bench", command()?, "thread", 0, community);
        chains.push((home(id), Mutex::new(Chain::new(EntityKey::new(tenant.clone(), "thread", id)))));
    }
    for version in 0..COMMITS {
        many(&chains, |(home, chain)| async move {
            let text = || Sealed::from_parts(home.author_key, [1; 12], vec![b'c'; 256], Fingerprint([2; 16]));
            let event = if version == 0 {
                thread::Event::Started { home: *home, title: text(), text: text(), mentions: Vec::new(), at: now() }
            } else {
                thread::Event::Edited { home: *home, title: None, text: text(), mentions: Vec::new(), at: now() }
            };
            chain.lock().await.append(store, command()?, vec![Thread::encode(&event)]).await
        })
        .await?;
    }
    let head = store.head().await?;
    ensure!(head >= (ENTITIES * COMMITS) as u64, "the stream ends at {head}");
    Ok(chains.iter().map(|(home, _)| EntityKey::new(tenant.clone(), "thread", home.thread)).collect())
}

fn root(tenant: &TenantSlug, category: &str) -> anyhow::Result<kindred_ids::EntityId> {
    Ok(derive_root_id(tenant.as_str(), "bench", command()?, category, 0))
}

/// Batched direct gets over one inbox, the fastest way to ten messages of a subject.
struct Batch {
    bare: Bare,
    inbox: String,
    answers: Mutex<Subscriber>,
}

impl Batch {
    async fn open(stage: &Stage) -> anyhow::Result<Self> {
        let bare = Bare::enter(stage).await?;
        let inbox = bare.client.new_inbox();
        let answers = bare.client.subscribe(inbox.clone()).await?;
        Ok(Self { bare, inbox, answers: Mutex::new(answers) })
    }

    async fn get(&self, subject: &str) -> anyhow::Result<()> {
        let mut answers = self.answers.lock().await;
        let request = Bytes::from(format!(r#"{{"seq":1,"batch":256,"next_by_subj":"{subject}"}}"#));
        let stream = kindred_jetstream::stream_name(CONTEXT);
        self.bare
            .client
            .publish_with_reply(format!("$JS.API.DIRECT.GET.{stream}"), self.inbox.clone(), request)
            .await?;
        let mut messages = 0;
        loop {
            let answer = answers.next().await.context("the inbox was closed")?;
            match answer.status {
                None => messages += 1,
                Some(status) if status == StatusCode::from_u16(204)? => break,
                Some(status) => bail!("a batched get ended with {status}"),
            }
        }
        ensure!(messages == COMMITS, "{messages} messages of an entity");
        Ok(())
    }
}
