//! Grouped appends: one batch for many commands, and each command's own outcome.

use std::collections::HashSet;

use futures::future::join_all;
use kindred_embedded::{Nats, Sync};
use kindred_eventsourcing::conformance::{key, write};
use kindred_eventsourcing::{AppendError, EventStore};
use kindred_jetstream::{ConnectSettings, Durability, JetStreamStore, StreamSettings, apply_streams, connect};
use serde_json::json;

use crate::support::{Admin, options, unique_context};

/// A server that writes each answer through to the disk.
async fn durable() -> (Nats, JetStreamStore) {
    let server = Nats::builder().sync(Sync::Always).start().await.expect("a server of its own");
    let client = connect(&ConnectSettings::new([server.url()], "test")).await.expect("the bus lets us in");
    let context = unique_context();
    apply_streams(&client, &StreamSettings::new(&context).max_bytes(64 << 20)).await.expect("the stream is made");
    let store = JetStreamStore::open(&client, &context, None, options(Durability::PowerLoss)).await.expect("it opens");
    (server, store)
}

async fn batches(server: &Nats, store: &JetStreamStore) -> (usize, HashSet<String>) {
    let nats = async_nats::connect(server.url()).await.expect("connects");
    let admin = Admin { nats, context: store.context().to_owned() };
    let (mut grouped, mut batches) = (0, HashSet::new());
    for sequence in 1..=store.head().await.expect("readable") {
        let subject = format!("$JS.API.DIRECT.GET.{}", admin.stream());
        let answer = admin.nats.request(subject, json!({ "seq": sequence }).to_string().into()).await.expect("there");
        if let Some(batch) = answer.headers.as_ref().and_then(|headers| headers.get("Nats-Batch-Id")) {
            grouped += 1;
            batches.insert(batch.to_string());
        }
    }
    (grouped, batches)
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_commits_share_batches_and_each_learns_its_place() {
    let (server, store) = durable().await;
    let appends = (0..200).map(|entity| {
        let store = store.clone();
        tokio::spawn(async move { (entity, store.append(vec![write(&key(entity), None)]).await) })
    });
    for outcome in join_all(appends).await {
        let (entity, outcome) = outcome.expect("no panic");
        let sequence = outcome.expect("stored")[0];
        assert_eq!(store.at(sequence).await.expect("readable").map(|commit| commit.key), Some(key(entity)));
    }
    let (grouped, batches) = batches(&server, &store).await;
    assert!(grouped > 100, "only {grouped} of 200 were grouped");
    assert!(batches.len() < grouped / 4, "{} batches for {grouped} commits", batches.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_loses_takes_nobody_along() {
    let (_server, store) = durable().await;
    store.append(vec![write(&key(7), None)]).await.expect("stored");
    let appends = (0..100).map(|entity| {
        let store = store.clone();
        tokio::spawn(async move { (entity, store.append(vec![write(&key(entity), None)]).await) })
    });
    for outcome in join_all(appends).await {
        let (entity, outcome) = outcome.expect("no panic");
        match entity {
            7 => assert!(matches!(outcome, Err(AppendError::Conflict)), "{outcome:?}"),
            _ => assert_eq!(
                store.tail(&key(entity)).await.expect("readable").map(|tail| vec![tail.sequence]),
                outcome.ok()
            ),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rivals_in_one_group_get_one_winner() {
    let (_server, store) = durable().await;
    let appends = (0..60).map(|number| {
        let store = store.clone();
        tokio::spawn(async move { store.append(vec![write(&key(number % 3), None)]).await })
    });
    let outcomes: Vec<_> = join_all(appends).await.into_iter().map(|outcome| outcome.expect("no panic")).collect();
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 3);
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Err(AppendError::Conflict))).count(), 57);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_of_several_messages_is_never_split() {
    let (_server, store) = durable().await;
    let appends = (0..80_u32).map(|number| {
        let store = store.clone();
        let entities: Vec<u32> = (0..=number % 4).map(|part| number * 10 + part).collect();
        tokio::spawn(async move {
            let writes = entities.iter().map(|entity| write(&key(*entity), None)).collect();
            (entities, store.append(writes).await)
        })
    });
    for outcome in join_all(appends).await {
        let (entities, outcome) = outcome.expect("no panic");
        let sequences = outcome.expect("stored");
        assert!(sequences.windows(2).all(|pair| pair[1] == pair[0] + 1), "{sequences:?}");
        for (entity, sequence) in entities.iter().zip(sequences) {
            assert_eq!(store.at(sequence).await.expect("readable").map(|commit| commit.key), Some(key(*entity)));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_under_groups_loses_nothing_it_acknowledged() {
    let (mut server, store) = durable().await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let writers = (0..32_u32).map(|entity| {
        let (store, stopped) = (store.clone(), stopped.clone());
        tokio::spawn(async move {
            let mut acknowledged = Vec::new();
            let mut tail = None;
            while !*stopped.borrow() {
                let sent = write(&key(entity), tail.as_ref());
                let stored = loop {
                    match store.append(vec![sent.clone()]).await {
                        Ok(sequences) => break sequences[0],
                        Err(AppendError::Conflict | AppendError::Malformed(_) | AppendError::TooLarge { .. }) => {
                            panic!("nobody else writes here")
                        }
                        Err(_) => {}
                    }
                };
                tail = loop {
                    if let Ok(tail) = store.at(stored).await {
                        break tail;
                    }
                };
                assert!(tail.is_some(), "acknowledged at {stored} and gone");
                acknowledged.push(stored);
            }
            (entity, acknowledged)
        })
    });
    let writers: Vec<_> = writers.collect();
    for _ in 0..3 {
        let head = store.head().await.expect("readable");
        while store.head().await.expect("readable") < head + 200 {}
        server.kill9().await;
        server.restart().await.expect("it starts again");
    }
    stop.send(true).expect("writers listen");
    for writer in writers {
        let (entity, acknowledged) = writer.await.expect("no panic");
        let last = *acknowledged.last().expect("some");
        let commits = store.load(&key(entity), 0, last).await.expect("readable");
        assert_eq!(commits.iter().map(|commit| commit.sequence).collect::<Vec<_>>(), acknowledged);
    }
}
