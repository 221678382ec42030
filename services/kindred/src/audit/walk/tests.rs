//! Heads against logs in memory: as they were, changed, cut.

use kindred_eventsourcing::conformance::{commit, key};
use kindred_eventsourcing::{Actor, MemoryStore, NewCommit, Redact, Write};
use kindred_ids::CommandId;

use super::*;

const AT: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// A log with a commit for each entity named, in that order; the same again and again.
async fn log(entities: &[u32]) -> MemoryStore {
    let store = MemoryStore::new("posting");
    for (index, entity) in entities.iter().enumerate() {
        let (key, command) = (key(*entity), CommandId::derived(&[&index.to_be_bytes()]));
        let tail = store.tail(&key).await.expect("a log");
        let expected = tail.as_ref().map_or(0, |tail| tail.sequence);
        let write = Write { key, expected, commit: commit(command, tail.as_ref(), vec![1, 2, 3]) };
        store.append(vec![write]).await.expect("it is stored");
    }
    store
}

/// What was signed after every commit.
async fn heads(store: &MemoryStore) -> Vec<(Place, Timestamp)> {
    let (mut heads, mut all) = (BTreeMap::new(), BTreeMap::new());
    for sequence in 1..=store.head().await.expect("a log") {
        let commit = store.at(sequence).await.expect("a log").expect("a commit");
        let partition = commit.key.partition();
        let head = heads.entry(partition).or_insert(PartitionHead::start(partition));
        *head = head.after(&commit);
        all.insert((partition.number(), head.sequence, head.running.0), AT);
    }
    all.into_iter().collect()
}

/// How many heads hold, and partition, sequence and words of what does not.
async fn walk(heads: Vec<(Place, Timestamp)>, store: &MemoryStore) -> (usize, Vec<(u8, u64, String)>) {
    let mut walk = Walk::new(heads);
    walk.read(store).await.expect("a log");
    let place = |finding: Finding| (finding.partition.unwrap_or(99), finding.sequence.unwrap_or(0), finding.what);
    (walk.held(), walk.into_findings().into_iter().map(place).collect())
}

fn partition(entity: u32) -> u8 {
    key(entity).partition().number()
}

#[tokio::test]
async fn a_log_as_it_was_holds_also_when_it_went_on() {
    let (before, after) = (log(&[1, 2, 1, 3]).await, log(&[1, 2, 1, 3, 2, 4]).await);
    assert_eq!(walk(heads(&before).await, &before).await, (4, Vec::new()));
    assert_eq!(walk(heads(&before).await, &after).await, (4, Vec::new()));
    assert_eq!(walk(Vec::new(), &MemoryStore::new("posting")).await, (0, Vec::new()));
}

#[tokio::test]
async fn what_was_removed_on_an_order_still_counts_at_its_place() {
    let store = log(&[1, 2, 1, 1, 2]).await;
    let signed = heads(&store).await;
    for sequence in [3, 4] {
        let order = "file 7".parse().expect("a reference");
        let redact = Redact { sequence, order, actor: Actor("operator:court".to_owned()), at: AT };
        redact.run(&store).await.expect("removed");
    }
    assert_eq!(walk(signed, &store).await, (5, Vec::new()));
}

#[tokio::test]
async fn a_changed_commit_is_found_where_it_was_changed() {
    let store = log(&[1, 2, 1, 1, 2]).await;
    let signed = heads(&store).await;
    let forged = store.at(3).await.expect("a log").expect("a commit");
    let mut records = forged.records;
    records[0].data = vec![1, 2, 4].into();
    store.damage(3, NewCommit { meta: forged.meta, records }.body());
    let (held, findings) = walk(signed, &store).await;
    assert_eq!((held, findings.len()), (3, 1), "{findings:?}");
    assert_eq!((findings[0].0, findings[0].1), (partition(1), 3));
    assert!(findings[0].2.contains("running hash") && findings[0].2.contains("2027-01-15"), "{findings:?}");
}

#[tokio::test]
async fn a_cut_tail_is_found_at_the_first_head_behind_it() {
    let signed = heads(&log(&[1, 2, 1, 2, 1]).await).await;
    let (held, findings) = walk(signed, &log(&[1, 2, 1]).await).await;
    let mut places: Vec<_> = findings.iter().map(|(partition, sequence, _)| (*partition, *sequence)).collect();
    places.sort_unstable();
    let mut expected = [(partition(2), 4), (partition(1), 5)];
    expected.sort_unstable();
    assert_eq!((held, places), (3, expected.to_vec()));
    assert!(findings.iter().all(|(.., what)| what.contains("the stream ends at 3")), "{findings:?}");
}

#[tokio::test]
async fn a_commit_that_is_another_entitys_now_is_missed() {
    let signed = heads(&log(&[1, 2, 1]).await).await;
    let (held, findings) = walk(signed, &log(&[1, 2, 2, 1]).await).await;
    assert_eq!((held, findings.len()), (2, 1));
    assert_eq!((findings[0].0, findings[0].1), (partition(1), 3));
    assert!(findings[0].2.contains("no commit of the partition"), "{findings:?}");
}

#[tokio::test]
async fn two_heads_of_one_place_cannot_both_hold() {
    let store = log(&[1]).await;
    let mut signed = heads(&store).await;
    let ((partition, sequence, _), at) = signed[0];
    signed.push(((partition, sequence, [255; 16]), at));
    let (held, findings) = walk(signed, &store).await;
    assert_eq!((held, findings.len()), (1, 1), "{findings:?}");
}

#[tokio::test]
async fn what_is_no_commit_any_more_is_found() {
    let store = log(&[1, 2, 1]).await;
    let signed = heads(&store).await;
    store.damage(2, vec![255; 9].into());
    let (_, findings) = walk(signed, &store).await;
    assert_eq!((findings.len(), findings[0].1), (1, 2), "{findings:?}");
    assert!(findings[0].2.contains("no commit"), "{findings:?}");
}
