//! One commit on one entity.

use std::sync::Arc;

use futures::future::join_all;
use uuid::Uuid;

use super::Subject;
use super::fixture::{all, append_one, at, commit, key, next_command, tail, write};
use crate::{Actor, AppendError, EventStore, RecordedCommit, Write, header};

/// Expected sequence 0 is sent and holds.
pub async fn a_new_entity_starts_behind_zero(subject: &impl Subject) {
    let store = subject.open().await;
    let sequences = store.append(vec![write(&key(1), None)]).await.expect("a new entity");
    assert_eq!(tail(&store, &key(1)).await.map(|tail| tail.sequence), Some(sequences[0]));
    let second = store.append(vec![write(&key(1), None)]).await;
    assert!(matches!(second, Err(AppendError::Conflict)), "{second:?}");
    assert_eq!(all(&store, &key(1)).await.len(), 1);
}

/// Neither an older nor a made-up tail is accepted.
pub async fn a_stale_expected_sequence_conflicts(subject: &impl Subject) {
    let store = subject.open().await;
    let first = append_one(&store, &key(1)).await;
    let second = append_one(&store, &key(1)).await;
    for expected in [0, first.sequence, second.sequence + 7] {
        let stale = Write { expected, ..write(&key(1), Some(&second)) };
        let outcome = store.append(vec![stale]).await;
        assert!(matches!(outcome, Err(AppendError::Conflict)), "expected {expected}: {outcome:?}");
    }
    let invented = Write { expected: 3, ..write(&key(2), None) };
    let outcome = store.append(vec![invented]).await;
    assert!(matches!(outcome, Err(AppendError::Conflict)), "{outcome:?}");
    assert_eq!(all(&store, &key(1)).await.len(), 2);
}

/// 32 at once, from two processes.
pub async fn of_many_creators_one_wins(subject: &impl Subject) {
    let store = subject.open().await;
    let other = subject.again(&store).await;
    let tasks = (0..32).map(|number| {
        let store = if number % 2 == 0 { store.clone() } else { other.clone() };
        tokio::spawn(async move { store.append(vec![write(&key(1), None)]).await })
    });
    let outcomes: Vec<_> = join_all(tasks).await.into_iter().map(|outcome| outcome.expect("no panic")).collect();
    let winners = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let losers = outcomes.iter().filter(|outcome| matches!(outcome, Err(AppendError::Conflict))).count();
    assert_eq!((winners, losers), (1, 31), "{outcomes:?}");
    assert_eq!(all(&store, &key(1)).await.len(), 1);
}

/// A storm on one subject: on a cluster most refusals are 10164.
pub async fn many_writers_of_one_entity_lose_nothing(subject: &impl Subject) {
    let store = subject.open().await;
    let other = subject.again(&store).await;
    let writers = (0..12).map(|number| {
        let store = if number % 2 == 0 { store.clone() } else { other.clone() };
        tokio::spawn(async move {
            for _ in 0..8 {
                while !try_append(&store).await {}
            }
        })
    });
    for outcome in join_all(writers).await {
        outcome.expect("no panic");
    }
    let commits = all(&store, &key(1)).await;
    assert_eq!(commits.len(), 12 * 8);
    assert_chained(&commits);
}

async fn try_append(store: &impl EventStore) -> bool {
    let seen = tail(store, &key(1)).await;
    match store.append(vec![write(&key(1), seen.as_ref())]).await {
        Ok(_) => true,
        Err(AppendError::Conflict) => false,
        Err(error) => panic!("{error:?}"),
    }
}

/// Versions without a hole, each naming the hash before it.
pub(super) fn assert_chained(commits: &[RecordedCommit]) {
    for (index, commit) in commits.iter().enumerate() {
        assert_eq!(commit.meta.version, index as u64 + 1);
    }
    for pair in commits.windows(2) {
        assert_eq!(pair[1].meta.previous, pair[0].hash);
        assert!(pair[1].sequence > pair[0].sequence);
    }
}

/// Each acknowledged sequence is one commit's, and all are there.
pub async fn many_writers_of_many_entities_lose_nothing(subject: &impl Subject) {
    let store = subject.open().await;
    let writers = (0..32).map(|seed| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut previous = None;
            for _ in 0..6 {
                let sequences = store.append(vec![write(&key(seed), previous.as_ref())]).await.expect("no rival");
                let stored = at(&store, sequences[0]).await;
                assert_eq!(stored.key, key(seed));
                previous = Some(stored);
            }
        })
    });
    for outcome in join_all(writers).await {
        outcome.expect("no panic");
    }
    for seed in 0..32 {
        let commits = all(&store, &key(seed)).await;
        assert_eq!(commits.len(), 6);
        assert_chained(&commits);
    }
}

/// Every header, an empty one among them, and the body.
pub async fn a_commit_reads_back_as_it_was_written(subject: &impl Subject) {
    let store = subject.open().await;
    let mut written = write(&key(1), None);
    written.commit.meta.actor = Actor("système d'accueil".to_owned());
    written.commit.meta.causation = Some(Uuid::from_u128(5));
    written.commit.meta.trace = Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned());
    written.commit.records.push(crate::Record { event_type: "Empty".to_owned(), version: 2, data: Vec::new().into() });
    let sequences = store.append(vec![written.clone()]).await.expect("stored");
    for read in [at(&store, sequences[0]).await, tail(&store, &key(1)).await.expect("a tail")] {
        let headers = crate::NewCommit { meta: read.meta.clone(), records: read.records.clone() }.headers();
        assert_eq!(headers, written.commit.headers());
        assert_eq!(read.meta.trace, written.commit.meta.trace);
        assert_eq!(read.records, written.commit.records);
        assert_eq!(read.key, key(1));
        assert_eq!(header::ORDER.len(), headers.len());
    }
    assert_eq!(all(&store, &key(1)).await[0].hash, at(&store, sequences[0]).await.hash);
}

/// A body without events is never written: an empty one would end a read early.
pub async fn a_commit_without_events_is_refused(subject: &impl Subject) {
    let store = subject.open().await;
    let before = store.head().await.expect("a head");
    let mut empty = write(&key(1), None);
    empty.commit.records.clear();
    let alone = store.append(vec![empty.clone()]).await;
    assert!(matches!(alone, Err(AppendError::Malformed(_))), "{alone:?}");
    let with_others = store.append(vec![write(&key(2), None), empty]).await;
    assert!(matches!(with_others, Err(AppendError::Malformed(_))), "{with_others:?}");
    assert_eq!(store.head().await.expect("a head"), before);
}

const LIMIT: usize = 256 * 1024;

fn sized(bytes: usize) -> Write {
    // Around the data stand type, version and lengths: 24 bytes of protobuf for these.
    let probe = commit(next_command(), None, vec![1; LIMIT]).body().len() - LIMIT;
    Write { key: key(1), expected: 0, commit: commit(next_command(), None, vec![1; bytes - probe]) }
}

/// Nothing is sent that the log cannot take.
pub async fn a_commit_too_large_is_refused(subject: &impl Subject) {
    let store = subject.open().await;
    let large = sized(LIMIT + 1);
    let outcome = store.append(vec![large]).await;
    let is_right =
        matches!(outcome, Err(AppendError::TooLarge { bytes, limit }) if bytes == LIMIT + 1 && limit == LIMIT);
    assert!(is_right, "{outcome:?}");
    assert!(tail(&store, &key(1)).await.is_none());
}

/// The limit itself is allowed.
pub async fn a_commit_of_the_largest_size_is_stored(subject: &impl Subject) {
    let store = Arc::new(subject.open().await);
    let largest = sized(LIMIT);
    assert_eq!(largest.commit.body().len(), LIMIT);
    let sequences = store.append(vec![largest.clone()]).await.expect("it fits");
    assert_eq!(at(&*store, sequences[0]).await.records, largest.commit.records);
    assert_eq!(all(&*store, &key(1)).await.len(), 1);
}
