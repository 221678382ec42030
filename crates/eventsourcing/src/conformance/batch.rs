//! Several entities at once: all or nothing.

use futures::future::join_all;

use super::Subject;
use super::append::assert_chained;
use super::fixture::{
    Count, Counter, Refusal, all, append_one, at, commit, context, key, name, next_command, tail, write,
};
use crate::{AppendError, EventStore, ExecuteError, Executor, Write};

fn batch_of(command: kindred_ids::CommandId, seeds: impl IntoIterator<Item = u32>) -> Vec<Write> {
    let write = |seed| Write { key: key(seed), expected: 0, commit: commit(command, None, vec![0; 4]) };
    seeds.into_iter().map(write).collect()
}

/// Sequences in the order of the writes.
pub async fn a_batch_is_stored_whole_and_in_order(subject: &impl Subject) {
    let store = subject.open().await;
    let sequences = store.append(batch_of(next_command(), 0..5)).await.expect("stored");
    assert_eq!(sequences.len(), 5);
    for (seed, sequence) in (0..).zip(&sequences) {
        assert_eq!(at(&store, *sequence).await.key, key(seed));
    }
    assert!(sequences.windows(2).all(|pair| pair[1] == pair[0] + 1), "{sequences:?}");
}

/// Wherever the stale one stands.
pub async fn a_batch_with_one_stale_write_stores_nothing(subject: &impl Subject) {
    let store = subject.open().await;
    let there = append_one(&store, &key(1)).await;
    for place in 0..3 {
        let mut batch = batch_of(next_command(), [10, 11]);
        let stale = Write { expected: 0, ..write(&key(1), None) };
        batch.insert(place, stale);
        let outcome = store.append(batch).await;
        assert!(matches!(outcome, Err(AppendError::Conflict)), "{outcome:?}");
    }
    for seed in [10, 11] {
        assert!(tail(&store, &key(seed)).await.is_none());
    }
    assert_eq!(tail(&store, &key(1)).await.map(|tail| tail.sequence), Some(there.sequence));
}

/// As after a lost acknowledgement.
pub async fn a_resent_batch_is_stored_once(subject: &impl Subject) {
    let store = subject.open().await;
    let batch = batch_of(next_command(), 0..3);
    let stored = store.append(batch.clone()).await.expect("stored");
    assert_eq!(store.append(batch).await.expect("told as stored"), stored);
    for seed in 0..3 {
        assert_eq!(all(&store, &key(seed)).await.len(), 1);
    }
}

/// As after a long outage.
pub async fn a_resent_batch_is_stored_once_when_its_message_ids_are_forgotten(subject: &impl Subject) {
    let store = subject.open().await;
    let batch = batch_of(next_command(), 0..3);
    let stored = store.append(batch.clone()).await.expect("stored");
    subject.forget_message_ids(&store).await;
    assert_eq!(store.append(batch).await.expect("told as stored"), stored);
    for seed in 0..3 {
        assert_eq!(all(&store, &key(seed)).await.len(), 1);
    }
}

/// Batches that share one entity: the one that wins is whole, of the others nothing is there.
pub async fn racing_batches_are_whole(subject: &impl Subject) {
    let store = subject.open().await;
    let other = subject.again(&store).await;
    let tasks = (0..16_u32).map(|number| {
        let store = if number % 2 == 0 { store.clone() } else { other.clone() };
        tokio::spawn(async move {
            let batch = batch_of(next_command(), [100 + number, 1, 200 + number]);
            (number, store.append(batch).await)
        })
    });
    let mut winners = Vec::new();
    for outcome in join_all(tasks).await {
        match outcome.expect("no panic") {
            (number, Ok(_)) => winners.push(number),
            (_, Err(error)) => assert!(matches!(error, AppendError::Conflict), "{error:?}"),
        }
    }
    assert_eq!(winners.len(), 1, "{winners:?}");
    for number in 0..16 {
        let there = usize::from(winners.contains(&number));
        assert_eq!(all(&store, &key(100 + number)).await.len(), there);
        assert_eq!(all(&store, &key(200 + number)).await.len(), there);
    }
}

/// Ten people want one name at once.
pub async fn a_name_is_taken_once_in_a_race(subject: &impl Subject) {
    let store = subject.open().await;
    let command = Count { claim: Some(name(1)), ..Count::default() };
    let tasks = (0..10).map(|seed| {
        let executor = Executor::new(store.clone(), 10);
        let command = command.clone();
        tokio::spawn(async move { executor.run::<Counter>(&key(seed), &command, &context()).await })
    });
    let (mut winners, mut refused) = (0, 0);
    for outcome in join_all(tasks).await {
        match outcome.expect("no panic") {
            Ok(_) => winners += 1,
            Err(ExecuteError::Refused(Refusal::NameTaken)) => refused += 1,
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!((winners, refused), (1, 9));
    let mut commits = 0;
    for seed in 0..10 {
        commits += all(&store, &key(seed)).await.len();
    }
    assert_eq!(commits, 1, "whoever was refused wrote nothing");
}

/// A name's own tail is what a claim rests on.
pub async fn a_name_given_back_can_be_taken_again(subject: &impl Subject) {
    let store = subject.open().await;
    let executor = Executor::new(store.clone(), 10);
    let claim = Count { claim: Some(name(2)), ..Count::default() };
    let release = Count { release: Some(name(2)), ..Count::default() };
    let run = async |seed, command: &Count| executor.run::<Counter>(&key(seed), command, &context()).await;
    run(1, &claim).await.expect("free");
    assert!(matches!(run(2, &claim).await, Err(ExecuteError::Refused(Refusal::NameTaken))));
    run(1, &release).await.expect("its own");
    run(2, &claim).await.expect("free again");
    let reservation = name(2).entity(key(1).scope());
    let commits = all(&store, &reservation).await;
    assert_eq!(commits.len(), 3);
    assert_chained(&commits);
}
