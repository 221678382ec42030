//! The same command again: stored once, and told as stored.

use super::Subject;
use super::fixture::{append_one, at, commit, count_of, key, named, next_command, tail, write};
use crate::{AppendError, EventStore, Write};

/// As after a lost acknowledgement.
pub async fn a_resent_commit_is_stored_once(subject: &impl Subject) {
    let store = subject.open().await;
    let first = append_one(&store, &key(1)).await;
    let sent = write(&key(1), Some(&first));
    let stored = store.append(vec![sent.clone()]).await.expect("stored");
    let other = subject.again(&store).await;
    assert_eq!(other.append(vec![sent.clone()]).await.expect("told as stored"), stored);
    assert_eq!(count_of(&store, &key(1), sent.commit.meta.command_id).await, 1);
}

/// As after a long outage.
pub async fn a_resent_commit_is_stored_once_when_its_message_id_is_forgotten(subject: &impl Subject) {
    let store = subject.open().await;
    let sent = write(&key(1), None);
    let stored = store.append(vec![sent.clone()]).await.expect("stored");
    subject.forget_message_ids(&store).await;
    assert_eq!(store.append(vec![sent.clone()]).await.expect("told as stored"), stored);
    assert_eq!(count_of(&store, &key(1), sent.commit.meta.command_id).await, 1);
}

/// Told as stored or as a conflict, by which the caller loads and finds its receipt.
pub async fn a_resent_commit_is_stored_once_when_the_entity_has_moved_on(subject: &impl Subject) {
    let store = subject.open().await;
    let sent = write(&key(1), None);
    let stored = store.append(vec![sent.clone()]).await.expect("stored");
    append_one(&store, &key(1)).await;
    for forgotten in [false, true] {
        if forgotten {
            subject.forget_message_ids(&store).await;
        }
        match store.append(vec![sent.clone()]).await {
            Ok(sequences) => assert_eq!(sequences, stored),
            Err(error) => assert!(matches!(error, AppendError::Conflict), "{error:?}"),
        }
        assert_eq!(count_of(&store, &key(1), sent.commit.meta.command_id).await, 1);
    }
}

/// Ids are not compared between entities.
pub async fn one_command_on_two_entities_is_stored_on_both(subject: &impl Subject) {
    let store = subject.open().await;
    let command = next_command();
    for seed in [1, 2] {
        let write = Write { key: key(seed), expected: 0, commit: commit(command, None, vec![0; 4]) };
        let sequences = store.append(vec![write]).await.expect("stored");
        assert_eq!(at(&store, sequences[0]).await.key, key(seed));
    }
}

/// Category and name of two tenants' entities can be the same, and so can message ids.
pub async fn one_message_id_in_two_tenants_is_never_taken_for_the_other(subject: &impl Subject) {
    let store = subject.open().await;
    let command = next_command();
    let name = "00112233445566778899aabbccddeeff";
    let write = |tenant| Write { key: named(tenant, name), expected: 0, commit: commit(command, None, vec![0; 4]) };
    store.append(vec![write("riverside")]).await.expect("stored");
    let lakeside = named("lakeside", name);
    match store.append(vec![write("lakeside")]).await {
        Ok(sequences) => assert_eq!(at(&store, sequences[0]).await.key, lakeside),
        Err(error) => {
            assert!(matches!(error, AppendError::Conflict), "{error:?}");
            assert!(tail(&store, &lakeside).await.is_none());
        }
    }
}
