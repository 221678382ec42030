//! What was lawfully removed is passed by, and counts in the heads as if it still stood.

use std::collections::BTreeMap;
use std::time::Duration;

use kindred_eventsourcing::{Actor, EventStore, RecordedCommit, Redact, Removable, Timestamp};
use kindred_ids::Partition;
use kindred_projections::{PartitionHead, Projector};
use sqlx::Connection as _;
use tokio_util::sync::CancellationToken;

use crate::damage::damage_of;
use crate::support::{Ledger, Platform, quick, subject, tenant};

const LONGEST: Duration = Duration::from_secs(60);

/// Everything that ever stood, by sequence, looked at again and again.
#[derive(Default)]
struct History(BTreeMap<u64, RecordedCommit>);

impl History {
    async fn look(&mut self, platform: &Platform) {
        let store = &platform.writer.store;
        for sequence in 1..=store.head().await.expect("a head") {
            let commit = store.at(sequence).await.expect("readable");
            self.0.extend(commit.map(|commit| (sequence, commit)));
        }
    }

    /// The heads of a log from which nothing was ever taken.
    fn heads(&self) -> Vec<PartitionHead> {
        let mut heads: BTreeMap<Partition, PartitionHead> = BTreeMap::new();
        for commit in self.0.values() {
            let partition = commit.key.partition();
            let head = heads.entry(partition).or_insert(PartitionHead::start(partition));
            *head = head.after(commit);
        }
        heads.into_values().collect()
    }
}

async fn redact(platform: &Platform, sequence: u64) {
    let order = "AZ 7/26".parse().expect("a reference");
    let asked = Redact { sequence, order, actor: Actor("operator:court".to_owned()), at: Timestamp::from_millis(9) };
    asked.run(&platform.writer.store).await.expect("removed");
}

/// A projector that checks the chains and keeps the ledger, ready.
async fn start(platform: &mut Platform) -> Projector {
    platform.stop = CancellationToken::new();
    let builder = Projector::builder(platform.test.connect(), quick()).own_stream(platform.writer.store.clone());
    let builder = builder.projection(Ledger::default());
    let projector = builder.start(platform.stop.child_token()).await.expect("it starts");
    projector.ready(LONGEST).await.expect("it gets ready");
    projector
}

async fn stop(platform: &Platform, projector: Projector) {
    platform.stop.cancel();
    projector.stopped().await;
}

async fn settle(platform: &Platform, projector: &Projector) {
    let head = platform.writer.store.head().await.expect("a head");
    platform.reached(projector, "entity_heads", head).await;
    platform.reached(projector, "ledger", head).await;
}

async fn heads(projector: &Projector) -> Vec<PartitionHead> {
    projector.operations().heads().await.expect("heads")
}

async fn built(projector: &Projector, name: &str, verify: bool) -> String {
    let operations = projector.operations();
    let generation = if verify { operations.verify(name).await } else { operations.rebuild(name).await };
    let generation = generation.expect("it begins");
    operations.finished(name, generation, LONGEST).await.expect("it ends").outcome
}

/// In the middle and at the end of an entity; the heads that are built anew equal those
/// that have grown, and only the read model that holds the words differs until rebuilt.
#[tokio::test(flavor = "multi_thread")]
async fn heads_built_behind_a_removal_equal_those_that_have_grown() {
    let mut platform = Platform::new().await;
    let here = tenant("riverside");
    let projector = start(&mut platform).await;
    let keys: Vec<_> = (0..30).map(|_| platform.writer.key(&here)).collect();
    let (mut history, mut removed) = (History::default(), Vec::new());
    for number in 0..300 {
        let sequence = platform.writer.add(&keys[number % keys.len()], 1).await;
        removed.extend((number % 50 == 7 || number == 299).then_some(sequence));
    }
    settle(&platform, &projector).await;
    history.look(&platform).await;
    for sequence in &removed {
        redact(&platform, *sequence).await;
    }
    settle(&platform, &projector).await;
    history.look(&platform).await;
    let grown = heads(&projector).await;
    assert_eq!(grown, history.heads());
    assert_eq!(platform.totals(&here).await, (300, 300), "a redaction is no event of the ledger");
    for verify in [true, false] {
        assert_eq!(built(&projector, "entity_heads", verify).await, "equal to the live generation");
        assert_eq!(heads(&projector).await, grown);
    }
    assert!(built(&projector, "ledger", true).await.starts_with("differs"), "the live one holds the words");
    built(&projector, "ledger", false).await;
    let left = 300 - removed.len() as i64;
    assert_eq!(platform.totals(&here).await, (left, left));
    assert_eq!(built(&projector, "ledger", true).await, "equal to the live generation");
}

/// A checkpoint rests on it, and a projector that was away comes by when it is gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_projector_goes_on_over_what_was_removed_while_it_was_away() {
    let mut platform = Platform::new().await;
    let here = tenant("riverside");
    let mut history = History::default();
    let one = platform.writer.key(&here);
    let other = platform.writer.key_in(&here, one.partition().number());
    let projector = start(&mut platform).await;
    platform.writer.add(&other, 1).await;
    let rests = platform.writer.add(&one, 1).await;
    settle(&platform, &projector).await;
    stop(&platform, projector).await;
    let missed = platform.writer.add(&one, 10).await;
    platform.writer.add(&other, 100).await;
    platform.writer.add(&one, 1_000).await;
    history.look(&platform).await;
    for sequence in [rests, missed] {
        redact(&platform, sequence).await;
    }
    history.look(&platform).await;
    let projector = start(&mut platform).await;
    settle(&platform, &projector).await;
    assert_eq!(heads(&projector).await, history.heads());
    // What was removed had been written down by then, or never was.
    assert_eq!(platform.row(&here, &one).await, Some((2, 1_001)));
    assert_eq!(built(&projector, "entity_heads", true).await, "equal to the live generation");
    stop(&platform, projector).await;
    let projector = start(&mut platform).await;
    platform.writer.add(&one, 5).await;
    settle(&platform, &projector).await;
    assert_eq!(platform.row(&here, &one).await, Some((3, 1_006)));
}

/// It lags, and what it has not read yet is taken from before it.
#[tokio::test(flavor = "multi_thread")]
async fn a_running_projector_passes_what_is_removed_before_it_comes_by() {
    let mut platform = Platform::new().await;
    let here = tenant("riverside");
    let mut history = History::default();
    let one = platform.writer.key(&here);
    let other = platform.writer.key_in(&here, one.partition().number());
    let projector = start(&mut platform).await;
    platform.writer.add(&one, 1).await;
    settle(&platform, &projector).await;
    // As while an erasure is recorded: nothing is applied, and little is read ahead.
    let mut superuser = platform.test.superuser().await.expect("the superuser's way in");
    sqlx::query("SELECT pg_advisory_lock(7220102)").execute(&mut superuser).await.expect("the lock");
    for _ in 0..40 {
        platform.writer.add(&other, 1).await;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let missed = platform.writer.add(&one, 10).await;
    platform.writer.add(&other, 1).await;
    history.look(&platform).await;
    redact(&platform, missed).await;
    history.look(&platform).await;
    superuser.close().await.expect("the lock is let go");
    settle(&platform, &projector).await;
    assert_eq!(heads(&projector).await, history.heads());
    assert_eq!(built(&projector, "entity_heads", true).await, "equal to the live generation");
}

/// The same hole without a word stops everything.
#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_named_stops_the_process() {
    let mut platform = Platform::new().await;
    let here = tenant("riverside");
    let (one, other) = (platform.writer.key(&here), platform.writer.key(&here));
    let projector = start(&mut platform).await;
    platform.writer.add(&one, 1).await;
    let rests = platform.writer.add(&other, 1).await;
    settle(&platform, &projector).await;
    stop(&platform, projector).await;
    platform.stop = CancellationToken::new();
    let lost = platform.writer.add(&one, 1).await;
    platform.writer.add(&one, 1).await;
    platform.writer.store.remove(lost).await.expect("gone");
    let away = || Projector::builder(platform.test.connect(), quick()).own_stream(platform.writer.store.clone());
    let projector = away().start(platform.stop.child_token()).await.expect("it starts");
    let damage = damage_of(&projector).await;
    assert!(damage.contains(&format!("`{one}` has version 3 after 1")), "{damage}");
    projector.stopped().await;
    platform.writer.store.remove(rests).await.expect("gone");
    let projector = away().start(platform.stop.child_token()).await.expect("it starts");
    let damage = damage_of(&projector).await;
    assert!(damage.contains("checkpoint"), "{damage}");
}

/// Of a parked event that is gone nothing is left to apply, and what waits behind it flows.
#[tokio::test]
async fn a_removed_poison_lets_its_entity_go_on() {
    let mut platform = Platform::new().await;
    let here = tenant("riverside");
    let sick = platform.writer.key(&here);
    let projector = start(&mut platform).await;
    platform.writer.add(&sick, 1).await;
    let poisoned = platform.writer.write(&sick, &[("Poison", String::new())]).await;
    platform.writer.add(&sick, 3).await;
    settle(&platform, &projector).await;
    redact(&platform, poisoned).await;
    let operations = projector.operations();
    let through = operations.replay("ledger", &subject(&sick), "operator", "removed").await.expect("it goes through");
    assert_eq!((through, platform.row(&here, &sick).await), (1, Some((2, 4))));
    assert!(operations.parked(None).await.expect("a list").is_empty());
}
