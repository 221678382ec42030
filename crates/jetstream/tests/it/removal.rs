//! Taking a commit out on an order: who may, what is left of it, who tells it from a loss.

use std::path::Path;
use std::time::{Duration, Instant};

use kindred_embedded::Nats;
use kindred_eventsourcing::conformance::{key, write};
use kindred_eventsourcing::{
    Actor, ChainHash, EventStore, Redact, RedactError, Redactions, Removable, StoreError, Timestamp,
};
use kindred_jetstream::{Durability, JetStreamStore, StoreOptions};

use crate::permissions::{apply, enter, server};
use crate::support::options;

fn redact(sequence: u64) -> Redact {
    let order = "AZ 7/26".parse().expect("a reference");
    Redact { sequence, order, actor: Actor("operator:court".to_owned()), at: Timestamp::from_millis(9) }
}

/// The log of `membership`, entered by somebody.
async fn open(server: &Nats, name: &str) -> JetStreamStore {
    open_with(server, name, options(Durability::ProcessCrash)).await
}

async fn open_with(server: &Nats, name: &str, options: StoreOptions) -> JetStreamStore {
    JetStreamStore::open(&enter(server, name).await, "membership", None, options).await.expect("it may")
}

#[tokio::test(flavor = "multi_thread")]
async fn owner_and_follower_tell_a_lawful_hole_from_a_loss() {
    let server = server().await;
    apply(&server).await;
    let ours = open(&server, "membership").await;
    let last = ours.append(vec![write(&key(1), None)]).await.expect("its own")[0];
    let hash = ours.at(last).await.expect("readable").expect("there").hash;
    let posting = enter(&server, "posting").await;
    let theirs = JetStreamStore::follow(&posting, "membership", None, options(Durability::ProcessCrash)).await;
    let theirs = theirs.expect("it may read this one");
    assert!(Redactions::of_stream(&theirs).await.expect("readable").at(last).is_none());
    let removed = redact(last).run(&open(&server, "removal").await).await.expect("removed");
    for store in [&ours, &theirs] {
        assert!(store.at(last).await.expect("readable").is_none());
        store.verify_position(last, hash).await.expect("what was there is named");
        let other = store.verify_position(last, ChainHash([9; 16])).await;
        assert!(matches!(other, Err(StoreError::Damaged(_))), "{other:?}");
        assert_eq!(Redactions::of_stream(store).await.expect("readable").at(last), Some(&removed));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_cannot_remove_what_it_wrote() {
    let server = server().await;
    apply(&server).await;
    let patience = Duration::from_secs(1); // For a refusal that looks like silence.
    let options = StoreOptions { attempt: patience / 2, deadline: patience, ..options(Durability::ProcessCrash) };
    let ours = open_with(&server, "membership", options).await;
    let last = ours.append(vec![write(&key(1), None)]).await.expect("its own")[0];
    let refused = ours.remove(last).await;
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{refused:?}");
    let halfway = redact(last).run(&ours).await;
    assert!(matches!(halfway, Err(RedactError::Remove { sequence, .. }) if sequence == last), "{halfway:?}");
    assert!(ours.at(last).await.expect("readable").is_some());
    redact(last).run(&open(&server, "removal").await).await.expect("completed by who may");
    assert!(ours.at(last).await.expect("readable").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_it_is_left_on_the_disk() {
    let server = server().await;
    apply(&server).await;
    let ours = open(&server, "membership").await;
    let words = b"what nobody may read any more";
    let mut said = write(&key(1), None);
    said.commit.records[0].data = words.as_slice().into();
    let sequence = ours.append(vec![said]).await.expect("its own")[0];
    ours.append(vec![write(&key(2), None)]).await.expect("its own");
    until(|| holds(server.folder(), words)).await;
    redact(sequence).run(&open(&server, "removal").await).await.expect("removed");
    until(|| !holds(server.folder(), words)).await;
}

/// The server writes a moment after it answers.
async fn until(holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "it does not come to hold");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Whether a file in the folder has these bytes; one that is gone meanwhile has none.
fn holds(folder: &Path, bytes: &[u8]) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| {
        if path.is_dir() {
            return holds(&path, bytes);
        }
        let text = std::fs::read(&path).unwrap_or_default();
        text.windows(bytes.len()).any(|window| window == bytes)
    })
}
