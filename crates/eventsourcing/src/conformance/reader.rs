//! Reading the log in order.

use std::time::Duration;

use kindred_ids::EntityKey;

use super::Subject;
use super::fixture::{append_one, at, commit, key, next_command};
use crate::{BATCH_BYTES, EventStore, LogReader, RecordedCommit, Write};

/// Long enough for anything that will come.
const WAIT: Duration = Duration::from_secs(10);
/// Short, where nothing is expected.
const MOMENT: Duration = Duration::from_millis(50);

async fn fill(store: &impl EventStore, count: u32) -> Vec<(u64, EntityKey)> {
    let mut written = Vec::new();
    for number in 0..count {
        let commit = append_one(store, &key(number % 7)).await;
        written.push((commit.sequence, commit.key));
    }
    written
}

/// Reads until the position is the head.
async fn drain(store: &impl EventStore, reader: &mut impl LogReader, most: usize) -> Vec<(u64, EntityKey)> {
    let head = store.head().await.expect("a head");
    let (mut read, mut position) = (Vec::new(), 0);
    while position < head {
        let batch = reader.next(most, WAIT).await.expect("the log can be read");
        assert!(batch.commits.len() <= most);
        assert!(batch.position >= position && batch.position >= last(&batch.commits));
        position = batch.position;
        read.extend(batch.commits.into_iter().map(|commit| (commit.sequence, commit.key)));
    }
    assert_eq!(position, head);
    read
}

fn last(commits: &[RecordedCommit]) -> u64 {
    commits.last().map_or(0, |commit| commit.sequence)
}

/// Nothing twice, nothing left out, also when more than one batch is read.
pub async fn a_reader_gives_all_in_order(subject: &impl Subject) {
    let store = subject.open().await;
    let written = fill(&store, 100).await;
    for most in [1000, 7, 1] {
        let mut reader = store.reader(0, None).await.expect("a reader");
        assert_eq!(drain(&store, &mut reader, most).await, written);
    }
}

/// Another reader goes on where one stopped, also in the middle.
pub async fn a_reader_resumes_behind_its_position(subject: &impl Subject) {
    let store = subject.open().await;
    let written = fill(&store, 60).await;
    let mut reader = store.reader(0, None).await.expect("a reader");
    let mut read = Vec::new();
    let mut position = 0;
    while read.len() < 25 {
        let batch = reader.next(10, WAIT).await.expect("the log can be read");
        position = batch.position;
        read.extend(batch.commits.into_iter().map(|commit| (commit.sequence, commit.key)));
    }
    drop(reader);
    let other = subject.again(&store).await;
    let mut reader = other.reader(position, None).await.expect("a reader");
    read.extend(drain(&other, &mut reader, 10).await);
    assert_eq!(read, written);
    let mut at_the_end = store.reader(store.head().await.expect("a head"), None).await.expect("a reader");
    assert!(at_the_end.next(10, MOMENT).await.expect("the log can be read").commits.is_empty());
}

/// And its position moves past the others'.
pub async fn a_reader_of_a_partition_gives_only_that(subject: &impl Subject) {
    let store = subject.open().await;
    let written = fill(&store, 60).await;
    let partition = key(3).partition();
    let mut reader = store.reader(0, Some(partition)).await.expect("a reader");
    let expected: Vec<_> = written.into_iter().filter(|(_, key)| key.partition() == partition).collect();
    assert_eq!(drain(&store, &mut reader, 4).await, expected);
}

/// A partition without commits is as far as the log is.
pub async fn a_reader_of_an_idle_partition_comes_to_the_head(subject: &impl Subject) {
    let store = subject.open().await;
    let written = fill(&store, 20).await;
    let idle = kindred_ids::Partition::all()
        .find(|partition| written.iter().all(|(_, key)| key.partition() != *partition))
        .expect("seven entities do not fill 64 partitions");
    let mut reader = store.reader(0, Some(idle)).await.expect("a reader");
    let head = store.head().await.expect("a head");
    let batch = reader.next(10, MOMENT).await.expect("the log can be read");
    assert!(batch.commits.is_empty());
    // A store may need to find out that nothing is left.
    let mut position = batch.position;
    while position < head {
        position = reader.next(10, MOMENT).await.expect("the log can be read").position;
    }
    assert_eq!(position, head);
}

/// Whatever number was asked for; the next batch goes on behind it.
pub async fn a_batch_of_large_commits_ends_by_bytes(subject: &impl Subject) {
    const SIZE: usize = 250_000;
    let store = subject.open().await;
    let count = BATCH_BYTES / SIZE + 5;
    let mut previous = None;
    for _ in 0..count {
        let commit = commit(next_command(), previous.as_ref(), vec![1; SIZE]);
        let expected = previous.as_ref().map_or(0, |previous: &RecordedCommit| previous.sequence);
        let stored = store.append(vec![Write { key: key(1), expected, commit }]).await.expect("the commit is stored");
        previous = Some(at(&store, stored[0]).await);
    }
    let mut reader = store.reader(0, None).await.expect("a reader");
    let mut sizes = Vec::new();
    while sizes.iter().sum::<usize>() < count {
        let batch = reader.next(1000, WAIT).await.expect("the log can be read");
        let bytes: usize = batch.commits.iter().map(RecordedCommit::size).sum();
        assert!(bytes < BATCH_BYTES + SIZE, "{bytes} bytes at once");
        sizes.push(batch.commits.len());
    }
    assert_eq!(sizes.iter().sum::<usize>(), count, "nothing twice");
}

/// What is written while a reader waits wakes it.
pub async fn a_waiting_reader_gets_what_comes(subject: &impl Subject) {
    let store = subject.open().await;
    let first = append_one(&store, &key(1)).await;
    let mut reader = store.reader(first.sequence, None).await.expect("a reader");
    let waiting = tokio::spawn(async move {
        loop {
            let batch = reader.next(10, WAIT).await.expect("the log can be read");
            if let Some(commit) = batch.commits.into_iter().next() {
                return commit;
            }
        }
    });
    let second = append_one(&store, &key(1)).await;
    let read = tokio::time::timeout(WAIT, waiting).await.expect("in time").expect("no panic");
    assert_eq!((read.sequence, read.hash), (second.sequence, second.hash));
}

/// In about the time it was given.
pub async fn a_reader_of_an_empty_log_comes_back_empty(subject: &impl Subject) {
    let store = subject.open().await;
    let mut reader = store.reader(store.head().await.expect("a head"), None).await.expect("a reader");
    let empty = tokio::time::timeout(WAIT, reader.next(10, MOMENT)).await.expect("in time").expect("readable");
    assert!(empty.commits.is_empty());
    let stored = append_one(&store, &key(1)).await;
    let mut position = 0;
    while position < stored.sequence {
        position = reader.next(10, WAIT).await.expect("readable").position;
    }
}

/// Each has all.
pub async fn readers_do_not_take_from_each_other(subject: &impl Subject) {
    let store = subject.open().await;
    let written = fill(&store, 40).await;
    let (mut one, mut two) =
        (store.reader(0, None).await.expect("a reader"), store.reader(0, None).await.expect("a reader"));
    assert_eq!(drain(&store, &mut one, 3).await, written);
    assert_eq!(drain(&store, &mut two, 100).await, written);
}
