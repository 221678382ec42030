//! Reactions: every event at least once, in order, with the same command ids.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kindred_eventsourcing::RecordedCommit;
use kindred_ids::{CommandId, EntityKey};
use kindred_projections::{Projector, ReactError, Reaction, reaction_command_id};
use kindred_testkit::eventually;

use crate::support::{CONTEXT, Platform, quick, subject, tenant};

/// The commands that a receiver has taken, each id once, as the executor would.
#[derive(Clone, Default)]
struct Receiver {
    taken: Arc<Mutex<BTreeMap<EntityKey, Vec<CommandId>>>>,
    calls: Arc<Mutex<usize>>,
    /// An entity whose commands do not get through for now.
    down: Arc<Mutex<Option<EntityKey>>>,
}

struct Forward(Receiver);

impl Reaction for Forward {
    const NAME: &'static str = "forward";
    const CONTEXT: &'static str = CONTEXT;

    async fn react(&self, commit: &RecordedCommit) -> Result<(), ReactError> {
        if self.0.down.lock().expect("no panic").as_ref() == Some(&commit.key) {
            return Err(ReactError::transient("the receiver is down"));
        }
        for (index, record) in commit.records.iter().enumerate() {
            if record.event_type == "Poison" {
                return Err(ReactError::poison(index, "it is poison"));
            }
            let command = reaction_command_id(Self::NAME, commit.event_id(index), 0);
            *self.0.calls.lock().expect("no panic") += 1;
            let mut taken = self.0.taken.lock().expect("no panic");
            let commands = taken.entry(commit.key.clone()).or_default();
            if !commands.contains(&command) {
                commands.push(command);
            }
        }
        Ok(())
    }
}

impl Receiver {
    fn count(&self) -> usize {
        self.taken.lock().expect("no panic").values().map(Vec::len).sum()
    }
}

async fn start(platform: &Platform, receiver: &Receiver) -> Projector {
    let builder = platform.builder(quick()).reaction(Forward(receiver.clone()));
    builder.start(platform.stop.child_token()).await.expect("it starts")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_becomes_one_command_over_restarts_and_lost_checkpoints() {
    let mut platform = Platform::new().await;
    let receiver = Receiver::default();
    let here = tenant("riverside");
    let keys: Vec<_> = (0..20).map(|_| platform.writer.key(&here)).collect();
    let first = start(&platform, &receiver).await;
    for round in 0..200_usize {
        platform.writer.add(&keys[round % 20], 1).await;
    }
    eventually("200 commands", Duration::from_secs(60), async || (receiver.count() == 200).then_some(())).await;
    platform.stop.cancel();
    first.stopped().await;
    let order = receiver.taken.lock().expect("no panic").clone();
    let mut superuser = platform.test.superuser().await.expect("the superuser's way in");
    sqlx::Executor::execute(&mut superuser, "DELETE FROM kindred.checkpoints").await.expect("checkpoints are lost");
    let calls = *receiver.calls.lock().expect("no panic");
    platform.stop = tokio_util::sync::CancellationToken::new();
    let _second = start(&platform, &receiver).await;
    eventually("a second pass", Duration::from_secs(60), async || {
        (*receiver.calls.lock().expect("no panic") >= calls + 200).then_some(())
    })
    .await;
    assert_eq!(*receiver.taken.lock().expect("no panic"), order, "a redelivery was another command");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_does_not_get_through_holds_up_only_its_partition() {
    let mut platform = Platform::new().await;
    let receiver = Receiver::default();
    let here = tenant("riverside");
    let (stuck, other) = (platform.writer.key_in(&here, 3), platform.writer.key_in(&here, 4));
    *receiver.down.lock().expect("no panic") = Some(stuck.clone());
    let _projector = start(&platform, &receiver).await;
    for _ in 0..5 {
        platform.writer.add(&stuck, 1).await;
        platform.writer.add(&other, 1).await;
    }
    eventually("the others", Duration::from_secs(60), async || (receiver.count() == 5).then_some(())).await;
    platform.writer.add(&other, 1).await;
    eventually("news of the others", Duration::from_secs(60), async || (receiver.count() == 6).then_some(())).await;
    *receiver.down.lock().expect("no panic") = None;
    eventually("the stuck one", Duration::from_secs(20), async || (receiver.count() == 11).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn poison_is_parked_and_can_be_discarded() {
    let mut platform = Platform::new().await;
    let receiver = Receiver::default();
    let here = tenant("riverside");
    let (sick, well) = (platform.writer.key(&here), platform.writer.key(&here));
    let projector = start(&platform, &receiver).await;
    let poisoned = platform.writer.write(&sick, &[("Poison", String::new())]).await;
    platform.writer.add(&sick, 1).await;
    platform.writer.add(&well, 1).await;
    let operations = projector.operations();
    eventually("both parked", Duration::from_secs(60), async || {
        let parked = operations.parked(Some("forward")).await.expect("a list");
        (parked.len() == 2 && receiver.count() == 1).then_some(())
    })
    .await;
    operations.discard_parked("forward", &subject(&sick), poisoned, "operator", "given up").await.expect("it goes");
    assert_eq!(operations.replay("forward", &subject(&sick), "operator", "rest").await.expect("it goes"), 1);
    assert_eq!(receiver.count(), 2);
}
