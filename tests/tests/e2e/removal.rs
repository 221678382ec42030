//! A commit is taken out of a log on an order, while people write and read models follow.

use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser as _;
use kindred::cli::Cli;
use kindred_eventsourcing::{
    Actor, CommandContext, EventStore as _, Executor, Fingerprint, KeyId, Loaded, Receipt, Removable as _, Sealed,
    StoreError, Timestamp,
};
use kindred_ids::{CommandId, CommunityId, EntityId, EntityKey, MemberId, Partition, TenantSlug, ThreadId};
use kindred_ids::{derive_owned_id, derive_root_id};
use kindred_jetstream::{Credentials, JetStreamStore};
use kindred_posting::domain::Thread;
use kindred_posting::domain::thread::{Command, EditThread, StartThread, State};
use kindred_posting::projections::{ThreadList, ThreadProjection};
use kindred_projections::{Projection, Projector, Settings, Waited};
use kindred_testkit::{TestDatabase, TestStreams, eventually};
use tokio_util::sync::CancellationToken;

const LONGEST: Duration = Duration::from_secs(60);
const TENANT: &str = "riverside";
const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

/// A log, a database, and the way in of who may remove.
struct World {
    log: JetStreamStore,
    database: TestDatabase,
    stop: CancellationToken,
    nats: String,
    user: String,
    password: PathBuf,
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
        let _gone_already = std::fs::remove_file(&self.password).is_err();
    }
}

impl World {
    async fn new() -> Self {
        let streams = TestStreams::create(&["posting"]).await.expect("a bus");
        let Credentials::Password { user, password: secret } = streams.settings().credentials.clone() else {
            panic!("an account has a password")
        };
        let password = std::env::temp_dir().join(format!("kindred-removal-{}-{user}", std::process::id()));
        let mut options = std::fs::OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(0o600).open(&password);
        std::io::Write::write_all(&mut file.expect("a file"), secret.as_bytes()).expect("written");
        Self {
            log: streams.store("posting").await.expect("the stream opens"),
            database: TestDatabase::create(&[]).await.expect("a database"),
            stop: CancellationToken::new(),
            nats: streams.settings().servers.join(","),
            user,
            password,
        }
    }

    /// `kindred log redact`; what it says if it fails.
    async fn redact(&self, sequence: u64, order: &str) -> Result<(), String> {
        let (sequence, password) = (sequence.to_string(), self.password.display().to_string());
        let words = ["kindred", "--output", "json", "log", "redact", "posting", &sequence, "--order", order];
        let entry = ["--nats", &self.nats, "--user", &self.user, "--password-file", &password];
        let asked = Cli::try_parse_from(words.into_iter().chain(entry)).map_err(|error| error.to_string())?;
        asked.run().await.map(drop).map_err(|error| format!("{error:#}"))
    }

    async fn start(&mut self) -> Projector {
        self.stop = CancellationToken::new();
        let settings = Settings { wait: Duration::from_millis(5), ..Settings::default() };
        let builder = Projector::builder(self.database.connect(), settings).own_stream(self.log.clone());
        let builder = builder.projection(ThreadList).projection(ThreadProjection);
        let projector = builder.start(self.stop.child_token()).await.expect("it starts");
        projector.ready(LONGEST).await.expect("it gets ready");
        projector
    }

    /// Waits until the read models have all that is in the log.
    async fn settle(&self, projector: &Projector) {
        let last = self.log.head().await.expect("a head");
        let last = self.log.at(last).await.expect("readable").map_or(last - 1, |commit| commit.sequence);
        let names = [
            ("entity_heads", 1),
            (ThreadList::NAME, ThreadList::VERSION),
            (ThreadProjection::NAME, ThreadProjection::VERSION),
        ];
        for (name, version) in names {
            for partition in Partition::all() {
                let waiter = projector.waiter();
                eventually(name, LONGEST, async || {
                    assert_eq!(projector.health().borrow().damaged, None);
                    let waited = waiter.wait(name, version, partition, last, LONGEST).await.expect("an answer");
                    (waited == Waited::Reached).then_some(())
                })
                .await;
            }
        }
    }

    async fn stop(&self, projector: &Projector) {
        self.stop.cancel();
        projector.stopped().await;
    }

    /// Versions of posts that are shown.
    async fn shown(&self) -> i64 {
        let mut superuser = self.database.superuser().await.expect("the superuser's way in");
        let count = sqlx::query_scalar("SELECT count(*) FROM views.post_versions_v1").fetch_one(&mut superuser);
        count.await.expect("the view answers")
    }
}

fn tenant() -> TenantSlug {
    TENANT.parse().expect("a slug")
}

fn root(category: &str) -> EntityId {
    derive_root_id(TENANT, "anonymous", CommandId::derived(&[category.as_bytes()]), category, 0)
}

/// Words of the author; whose key nobody has.
fn sealed(words: u8) -> Sealed {
    Sealed::from_parts(KeyId(uuid::Uuid::from_u128(7)), [words; 12], vec![words; 24], Fingerprint([words; 16]))
}

/// One of the author's threads, and what they ask of it.
struct Writing {
    thread: ThreadId,
    key: EntityKey,
}

impl Writing {
    fn new(index: u32) -> Self {
        let id =
            derive_owned_id(TENANT, "author", CommandId::derived(&[b"thread"]), "thread", index, root("community"));
        Self { thread: ThreadId(id), key: EntityKey::new(tenant(), "thread", id) }
    }

    fn start(&self) -> Command {
        let (community, author) = (CommunityId(root("community")), MemberId(root("member")));
        let (title, typed, text) = (sealed(1), sealed(2), sealed(2));
        StartThread { thread: self.thread, community, author, title, typed, text, mentions: Vec::new(), at: NOW }.into()
    }

    fn edit(words: u8) -> Command {
        let (by, typed, text) = (MemberId(root("member")), sealed(words), sealed(words));
        EditThread { by, title: None, typed, text, mentions: Vec::new(), at: NOW }.into()
    }

    async fn run(&self, log: &JetStreamStore, command: &Command, id: u8) -> Result<Receipt, String> {
        let context = CommandContext::new(CommandId::derived(&[&[id]]), Actor("author".to_owned()), NOW);
        let executor = Executor::new(log.clone(), 10);
        executor.run::<Thread>(&self.key, command, &context).await.map_err(|error| format!("{error:?}"))
    }

    async fn load(&self, log: &JetStreamStore) -> Result<std::sync::Arc<Loaded<State>>, StoreError> {
        Executor::new(log.clone(), 10).load::<Thread>(&self.key).await
    }
}

async fn built(projector: &Projector, name: &str, verify: bool) -> String {
    let operations = projector.operations();
    let generation = if verify { operations.verify(name).await } else { operations.rebuild(name).await };
    let generation = generation.expect("it begins");
    operations.finished(name, generation, LONGEST).await.expect("it ends").outcome
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_order_names_is_gone_and_everything_goes_on() {
    let mut world = World::new().await;
    let (one, other) = (Writing::new(1), Writing::new(2));
    one.run(&world.log, &one.start(), 1).await.expect("accepted");
    let unlawful = one.run(&world.log, &Writing::edit(3), 2).await.expect("accepted");
    one.run(&world.log, &Writing::edit(4), 3).await.expect("accepted");
    let first = other.run(&world.log, &other.start(), 4).await.expect("accepted").position.sequence;
    other.run(&world.log, &Writing::edit(5), 5).await.expect("accepted");
    let projector = world.start().await;
    world.settle(&projector).await;
    let shown = world.shown().await;

    let sequence = unlawful.position.sequence;
    world.redact(sequence, "AZ 7/26").await.expect("removed");
    assert!(world.log.at(sequence).await.expect("readable").is_none());
    assert_eq!(one.load(&world.log).await.expect("it loads").version, 4);
    let again = one.run(&world.log, &Writing::edit(3), 2).await.expect("answered");
    assert_eq!(again, Receipt { replayed: true, ..unlawful });
    let last = one.run(&world.log, &Writing::edit(6), 6).await.expect("accepted");
    assert_eq!(last.version, 5);
    world.settle(&projector).await;
    world.stop(&projector).await;

    // The checkpoints rest on the newest commit, and a thread loses its first.
    for gone in [last.position.sequence, first] {
        world.redact(gone, "AZ 8/26").await.expect("removed");
    }
    let projector = world.start().await;
    world.settle(&projector).await;
    assert_eq!(projector.health().borrow().damaged, None);
    for verify in [true, false, true] {
        assert_eq!(built(&projector, "entity_heads", verify).await, "equal to the live generation");
    }
    assert_eq!(world.shown().await, shown + 1, "rows stay until they are built anew");
    for name in [ThreadList::NAME, ThreadProjection::NAME] {
        built(&projector, name, false).await;
        assert_eq!(built(&projector, name, true).await, "equal to the live generation");
    }
    assert!(world.shown().await < shown);
    assert!(matches!(other.load(&world.log).await.expect("it loads").state, State::Unknown));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_removed_is_said_precisely() {
    let world = World::new().await;
    let one = Writing::new(1);
    let sequence = one.run(&world.log, &one.start(), 1).await.expect("accepted").position.sequence;
    let refused = async |sequence, order| world.redact(sequence, order).await.expect_err("refused");
    assert!(refused(99, "AZ 7/26").await.contains("sequence 99 is not in the log of `posting`, which ends at"));
    assert!(refused(1, "AZ 7/26").await.contains("sequence 1 is a probe"));
    assert!(refused(sequence, " ").await.contains("the reference of an order"));
    world.redact(sequence, "AZ 7/26").await.expect("removed");
    assert!(refused(sequence, "AZ 9/26").await.contains("was removed already, on order `AZ 7/26`"));
    assert!(refused(sequence + 1, "AZ 7/26").await.contains("is itself a redaction"));
    let nowhere = ["kindred", "log", "redact", "nowhere", "1", "--order", "7", "--nats", "nats://127.0.0.1:1"];
    let wrong = Cli::try_parse_from(nowhere).expect_err("no such log").to_string();
    assert!(wrong.contains("membership") && wrong.contains("posting"), "{wrong}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_order_names_stops_everything() {
    let mut world = World::new().await;
    let one = Writing::new(1);
    one.run(&world.log, &one.start(), 1).await.expect("accepted");
    let lost = one.run(&world.log, &Writing::edit(3), 2).await.expect("accepted").position.sequence;
    one.run(&world.log, &Writing::edit(4), 3).await.expect("accepted");
    let projector = world.start().await;
    world.settle(&projector).await;
    world.log.remove(lost).await.expect("gone");
    let loaded = one.load(&world.log).await.map(|loaded| loaded.version);
    assert!(matches!(loaded, Err(StoreError::Damaged(_))), "{loaded:?}");
    projector.operations().verify("entity_heads").await.expect("it begins");
    let mut health = projector.health();
    let seen = tokio::time::timeout(LONGEST, health.wait_for(|health| health.damaged.is_some())).await;
    let damage = seen.expect("damage is seen").expect("news").damaged.clone().unwrap_or_default();
    assert!(damage.contains(&format!("`{}` has version 3 after 1", one.key)), "{damage}");
}
