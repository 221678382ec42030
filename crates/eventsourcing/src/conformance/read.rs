//! Tails, loading and the executor's answers.

use std::time::Duration;

use futures::future::join_all;

use super::Subject;
use super::append::assert_chained;
use super::fixture::{Count, Counter, Refusal, all, append_one, at, context, key, tail};
use crate::{EventStore, ExecuteError, Executor};

/// The first receipt again, also from another process, however late.
pub async fn a_command_sent_twice_gives_the_first_receipt(subject: &impl Subject) {
    let store = subject.open().await;
    let other = subject.again(&store).await;
    let (sent, command) = (context(), Count::default());
    let first = Executor::new(store.clone(), 10).run::<Counter>(&key(1), &command, &sent).await.expect("accepted");
    append_counts(&store, 2).await;
    subject.forget_message_ids(&store).await;
    let again = Executor::new(other, 10).run::<Counter>(&key(1), &command, &sent).await.expect("accepted");
    assert_eq!((again.version, &again.position, again.replayed), (first.version, &first.position, true));
    assert_eq!(all(&store, &key(1)).await.len(), 3);
}

async fn append_counts(store: &impl EventStore, count: usize) {
    let executor = Executor::new(store.clone(), 10);
    for _ in 0..count {
        executor.run::<Counter>(&key(1), &Count::default(), &context()).await.expect("accepted");
    }
}

/// The counter says the number that it came to: equal numbers would be two decisions on
/// one version.
pub async fn racing_commands_never_decide_on_the_same_version(subject: &impl Subject) {
    let store = subject.open().await;
    let other = subject.again(&store).await;
    let tasks = (0..10).map(|number| {
        let executor = Executor::new(if number % 2 == 0 { store.clone() } else { other.clone() }, 10);
        tokio::spawn(async move {
            let sent = context();
            loop {
                match executor.run::<Counter>(&key(1), &Count::default(), &sent).await {
                    Ok(receipt) => return receipt.version,
                    Err(ExecuteError::Conflict) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
        })
    });
    let mut versions: Vec<u64> = join_all(tasks).await.into_iter().map(|version| version.expect("no panic")).collect();
    versions.sort_unstable();
    assert_eq!(versions, (1..=10).collect::<Vec<_>>());
    let commits = all(&store, &key(1)).await;
    assert_chained(&commits);
    let numbers: Vec<u32> = commits
        .iter()
        .map(|commit| u32::from_be_bytes(commit.records[0].data.as_ref().try_into().expect("four bytes")))
        .collect();
    assert_eq!(numbers, (1..=10).collect::<Vec<_>>());
}

/// Two hundred times, while others write: a replica that lags would be caught.
pub async fn an_acknowledged_commit_is_seen_at_once_by_another_process(subject: &impl Subject) {
    let store = subject.open().await;
    let other = subject.again(&store).await;
    let noise = (0..4).map(|seed| {
        let store = store.clone();
        tokio::spawn(async move {
            for _ in 0..60 {
                append_one(&store, &key(100 + seed)).await;
            }
        })
    });
    let noise: Vec<_> = noise.collect();
    let mut previous = None;
    for number in 1..=100_u64 {
        let sent = super::fixture::write(&key(1), previous.as_ref());
        let sequence = store.append(vec![sent]).await.expect("stored")[0];
        let seen = tail(&other, &key(1)).await.expect("a tail");
        assert_eq!((seen.sequence, seen.meta.version), (sequence, number));
        let loaded = other.load(&key(1), 0, sequence).await.expect("loaded");
        assert_eq!(loaded.len() as u64, number);
        assert!(other.head().await.expect("a head") >= sequence);
        previous = Some(seen);
    }
    for outcome in join_all(noise).await {
        outcome.expect("no panic");
    }
}

/// A process that has an older state cached neither refuses nor accepts by it.
pub async fn a_refusal_rests_on_the_newest_tail(subject: &impl Subject) {
    let store = subject.open().await;
    let (here, there) = (Executor::new(store.clone(), 10), Executor::new(subject.again(&store).await, 10));
    let up_to = |limit| Count { limit, ..Count::default() };
    here.run::<Counter>(&key(1), &up_to(0), &context()).await.expect("accepted");
    there.run::<Counter>(&key(1), &up_to(2), &context()).await.expect("one below the limit");
    let refused = here.run::<Counter>(&key(1), &up_to(2), &context()).await;
    assert!(matches!(refused, Err(ExecuteError::Refused(Refusal::LimitReached))), "{refused:?}");
    here.run::<Counter>(&key(1), &up_to(3), &context()).await.expect("the limit is higher");
    let refused = there.run::<Counter>(&key(1), &up_to(3), &context()).await;
    assert!(matches!(refused, Err(ExecuteError::Refused(Refusal::LimitReached))), "{refused:?}");
}

/// Three pages of 256, other entities' commits between.
pub async fn an_entity_longer_than_a_page_loads_whole(subject: &impl Subject) {
    let store = subject.open().await;
    let mut previous = None;
    for number in 0..600 {
        let sequence = store.append(vec![super::fixture::write(&key(1), previous.as_ref())]).await.expect("stored")[0];
        previous = Some(at(&store, sequence).await);
        if number % 50 == 0 {
            append_one(&store, &key(2)).await;
        }
    }
    let commits = all(&store, &key(1)).await;
    assert_eq!(commits.len(), 600);
    assert_chained(&commits);
}

/// `after` is left out, `through` is in.
pub async fn loading_stops_at_the_ends_asked_for(subject: &impl Subject) {
    let store = subject.open().await;
    let mut sequences = Vec::new();
    for _ in 0..6 {
        sequences.push(append_one(&store, &key(1)).await.sequence);
        append_one(&store, &key(2)).await;
    }
    let load = async |after, through| -> Vec<u64> {
        let commits = store.load(&key(1), after, through).await.expect("loaded");
        commits.iter().map(|commit| commit.sequence).collect()
    };
    assert_eq!(load(0, sequences[5]).await, sequences);
    assert_eq!(load(sequences[1], sequences[3]).await, sequences[2..=3]);
    assert_eq!(load(sequences[5], sequences[5]).await, [0; 0]);
    let head = store.head().await.expect("a head");
    assert_eq!(load(sequences[4], head).await, [sequences[5]]);
}

/// Nothing is no error.
pub async fn an_unknown_entity_is_empty(subject: &impl Subject) {
    let store = subject.open().await;
    append_one(&store, &key(1)).await;
    assert!(tail(&store, &key(2)).await.is_none());
    let head = store.head().await.expect("a head");
    let loaded = tokio::time::timeout(Duration::from_secs(5), store.load(&key(2), 0, head)).await;
    assert!(loaded.expect("in time").expect("loaded").is_empty());
    let state = Executor::new(store, 10).load::<Counter>(&key(2)).await.expect("loaded");
    assert!(!state.exists());
}

/// Single commits by their place; beyond the ends there is none.
pub async fn a_sequence_reads_back(subject: &impl Subject) {
    let store = subject.open().await;
    let stored = append_one(&store, &key(1)).await;
    let read = at(&store, stored.sequence).await;
    assert_eq!((read.sequence, read.hash), (stored.sequence, stored.hash));
    let head = store.head().await.expect("a head");
    for beyond in [0, head + 1, u64::MAX / 2] {
        assert!(store.at(beyond).await.expect("the log can be read").is_none(), "{beyond}");
    }
}
