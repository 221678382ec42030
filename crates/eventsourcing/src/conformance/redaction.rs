//! A commit that was lawfully removed leaves a hole that is stepped over; any other is damage.

use std::sync::Arc;

use kindred_ids::EntityKey;

use super::Subject;
use super::append::assert_chained;
use super::damage::is_damage;
use super::fixture::{Count, Counter, all, append_one, at, commit, context, key, name, next_command, tail};
use crate::{
    Actor, CommandContext, EventStore, Executor, Loaded, OrderReference, Receipt, Redact, RedactError, Redaction,
    Redactions, Removable, StoreError, Timestamp, Write,
};

fn order(text: &str) -> OrderReference {
    text.parse().expect("a reference")
}

fn redact(sequence: u64) -> Redact {
    let actor = Actor("operator:court".to_owned());
    Redact { sequence, order: order("AZ 7/26"), actor, at: Timestamp::from_millis(9) }
}

/// Counts, and what each command was answered.
async fn counts<S: EventStore>(executor: &Executor<S>, number: usize) -> Vec<(CommandContext, Receipt)> {
    let mut answered = Vec::new();
    for _ in 0..number {
        let sent = context();
        let receipt = executor.run::<Counter>(&key(1), &Count::default(), &sent).await.expect("accepted");
        answered.push((sent, receipt));
    }
    answered
}

async fn loaded<S: EventStore>(store: &S) -> Result<Arc<Loaded<u32>>, StoreError> {
    Executor::new(store.clone(), 10).load::<Counter>(&key(1)).await
}

/// Where the first commit of `answered` from `index` stands.
fn place(answered: &[(CommandContext, Receipt)], index: usize) -> u64 {
    answered[index].1.position.sequence
}

/// In the middle, at the start and at the end: the entity loads and takes commands, and
/// each removed command still has its first receipt.
pub async fn a_removed_commit_is_stepped_over(subject: &impl Subject) {
    let store = subject.open().await;
    let answered = counts(&Executor::new(store.clone(), 10), 5).await;
    for (number, index) in [2, 0, 4].into_iter().enumerate() {
        let redaction = redact(place(&answered, index)).run(&store).await.expect("removed");
        assert_eq!((redaction.version, redaction.sequence), (index as u64 + 1, place(&answered, index)));
        assert!(store.at(redaction.sequence).await.expect("readable").is_none());
        let loaded = loaded(&subject.again(&store).await).await.expect("it loads");
        assert_eq!(loaded.version, 6 + number as u64);
    }
    let other = Executor::new(subject.again(&store).await, 10);
    // The counter says where it came to: the fifth is gone, so it stands at the fourth.
    assert_eq!(other.load::<Counter>(&key(1)).await.expect("it loads").state, 4);
    for (sent, receipt) in &answered {
        let again = other.run::<Counter>(&key(1), &Count::default(), sent).await.expect("answered");
        assert_eq!(again, Receipt { replayed: true, ..receipt.clone() });
    }
    let next = other.run::<Counter>(&key(1), &Count::default(), &context()).await.expect("accepted");
    assert_eq!((next.version, loaded(&store).await.expect("it loads").state), (9, 5));
}

/// One beside the other: no commit between them links their hashes.
pub async fn removed_commits_in_a_row_are_stepped_over(subject: &impl Subject) {
    let store = subject.open().await;
    let answered = counts(&Executor::new(store.clone(), 10), 6).await;
    for index in [3, 1, 2] {
        redact(place(&answered, index)).run(&store).await.expect("removed");
    }
    let loaded = loaded(&store).await.expect("it loads");
    assert_eq!((loaded.version, loaded.state), (9, 6));
    let stood: Vec<u64> = all(&store, &key(1)).await.iter().map(|commit| commit.meta.version).collect();
    assert_eq!(stood, [1, 5, 6, 7, 8, 9]);
}

/// A state in the cache gives up what was removed, as one that is loaded anew.
pub async fn a_cached_state_loses_what_was_removed(subject: &impl Subject) {
    let store = subject.open().await;
    let executor = Executor::new(store.clone(), 10);
    let answered = counts(&executor, 4).await;
    assert_eq!(executor.load::<Counter>(&key(1)).await.expect("it loads").state, 4);
    redact(place(&answered, 3)).run(&subject.again(&store).await).await.expect("removed");
    let cached = executor.load::<Counter>(&key(1)).await.expect("it loads");
    assert_eq!((cached.version, cached.state), (5, 3));
    let (sent, receipt) = &answered[3];
    let again = executor.run::<Counter>(&key(1), &Count::default(), sent).await.expect("answered");
    assert_eq!((again.position, again.replayed), (receipt.position.clone(), true));
}

/// A crash between the two halves: the commit counts no longer, and the same command again
/// takes it out without naming it twice.
pub async fn a_removal_cut_off_is_completed(subject: &impl Subject) {
    let store = subject.open().await;
    let answered = counts(&Executor::new(store.clone(), 10), 3).await;
    let asked = redact(place(&answered, 2));
    let named = asked.name(&store).await.expect("named");
    assert!(store.at(asked.sequence).await.expect("readable").is_some());
    let state = loaded(&store).await.expect("it loads").state;
    let other_order = Redact { order: order("another"), ..asked.clone() };
    assert_eq!(other_order.run(&subject.again(&store).await).await.expect("completed"), named);
    assert!(store.at(asked.sequence).await.expect("readable").is_none());
    let after = loaded(&store).await.expect("it loads");
    assert_eq!((state, after.state, after.version), (2, 2, 4));
}

/// The log lost it, or somebody took it without a word.
pub async fn a_hole_that_nobody_named_is_damage(subject: &impl Subject) {
    let store = subject.open().await;
    let answered = counts(&Executor::new(store.clone(), 10), 5).await;
    redact(place(&answered, 1)).run(&store).await.expect("removed");
    store.remove(place(&answered, 3)).await.expect("gone");
    let outcome = loaded(&subject.again(&store).await).await.map(|loaded| loaded.version);
    assert!(outcome.as_ref().is_err_and(is_damage), "{outcome:?}");
    let asked = redact(place(&answered, 3)).run(&store).await;
    assert!(matches!(&asked, Err(RedactError::Log(error)) if is_damage(error)), "{asked:?}");
}

/// A redaction fits the commit in all it says, or it makes no hole lawful.
pub async fn a_hole_that_is_named_otherwise_is_damage(subject: &impl Subject) {
    let change: [fn(&mut Redaction); 5] = [
        |redaction| redaction.hash.0[0] ^= 1,
        |redaction| redaction.previous.0[0] ^= 1,
        |redaction| redaction.version += 1,
        |redaction| redaction.sequence += 1,
        |redaction| redaction.key = key(2),
    ];
    for change in change {
        let store = subject.open().await;
        let answered = counts(&Executor::new(store.clone(), 10), 4).await;
        let mut redaction = Redaction::of(&at(&store, place(&answered, 1)).await, &order("forged"));
        change(&mut redaction);
        append_record(&store, &key(1), &redaction).await;
        store.remove(place(&answered, 1)).await.expect("gone");
        let outcome = loaded(&store).await.map(|loaded| loaded.version);
        assert!(outcome.as_ref().is_err_and(is_damage), "{redaction:?}: {outcome:?}");
    }
}

async fn append_record(store: &impl EventStore, key: &EntityKey, redaction: &Redaction) {
    let tail = tail(store, key).await;
    let mut commit = commit(next_command(), tail.as_ref(), Vec::new());
    commit.records = vec![redaction.record(store.context())];
    let write = Write { key: key.clone(), expected: tail.map_or(0, |tail| tail.sequence), commit };
    store.append(vec![write]).await.expect("stored");
}

/// Each says why, and writes nothing.
pub async fn what_cannot_be_removed_is_named(subject: &impl Subject) {
    let store = subject.open().await;
    let executor = Executor::new(store.clone(), 10);
    let answered = counts(&executor, 2).await;
    let claim = Count { claim: Some(name(3)), ..Count::default() };
    executor.run::<Counter>(&key(1), &claim, &context()).await.expect("accepted");
    redact(place(&answered, 0)).run(&store).await.expect("removed");
    let head = store.head().await.expect("a head");
    for beyond in [0, head + 1, u64::MAX / 2] {
        let asked = redact(beyond).run(&store).await;
        assert!(matches!(asked, Err(RedactError::NoSuch { .. })), "{beyond}: {asked:?}");
    }
    let twice = redact(place(&answered, 0)).run(&store).await;
    assert!(matches!(&twice, Err(RedactError::AlreadyRemoved { order, .. }) if order == "AZ 7/26"), "{twice:?}");
    let reservation = tail(&store, &name(3).entity(key(1).scope())).await.expect("claimed");
    for kept in [head, head - 1, reservation.sequence] {
        let asked = redact(kept).run(&store).await;
        assert!(matches!(asked, Err(RedactError::Kept { .. })), "{kept}: {asked:?}");
    }
    assert_eq!(store.head().await.expect("a head"), head);
}

/// Writers do not keep a removal off, and lose nothing by it.
pub async fn a_removal_goes_on_beside_writers(subject: &impl Subject) {
    let store = subject.open().await;
    let first = append_one(&store, &key(1)).await;
    let writers = (0..3).map(|_| {
        let executor = Executor::new(store.clone(), 10);
        tokio::spawn(async move {
            for _ in 0..8 {
                let sent = context();
                while executor.run::<Counter>(&key(1), &Count::default(), &sent).await.is_err() {}
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    let asked = redact(first.sequence);
    let redaction = loop {
        match asked.run(&store).await {
            Err(RedactError::Conflict) => {}
            outcome => break outcome.expect("removed"),
        }
    };
    for writer in writers {
        writer.await.expect("no panic");
    }
    assert_eq!(loaded(&store).await.expect("it loads").version, 1 + 24 + 1);
    let known = Redactions::of_stream(&subject.again(&store).await).await.expect("readable");
    assert_eq!(known.at(first.sequence), Some(&redaction));
    assert_eq!(known.of_version(&key(1), 1), Some(&redaction));
    assert_chained(&all(&store, &redaction.marker()).await);
    assert_eq!(redaction.marker().partition(), key(1).partition());
}

/// Only what is behind the place asked for.
pub async fn redactions_are_found_behind_a_place(subject: &impl Subject) {
    let store = subject.open().await;
    assert!(store.redactions(0).await.expect("readable").is_empty());
    let answered = counts(&Executor::new(store.clone(), 10), 3).await;
    redact(place(&answered, 1)).run(&store).await.expect("removed");
    let first = store.head().await.expect("a head");
    redact(place(&answered, 2)).run(&store).await.expect("removed");
    let places = async |after| -> Vec<u64> {
        store.redactions(after).await.expect("readable").iter().map(|marker| marker.sequence).collect()
    };
    let second = store.head().await.expect("a head");
    assert_eq!(places(0).await, [first, second]);
    assert_eq!(places(first).await, [second]);
    assert_eq!(places(second).await, [0; 0]);
}
