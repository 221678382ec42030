//! Readers over faults: nothing twice, nothing left out, no silent stall.

use std::time::Duration;

use kindred_embedded::Nats;
use kindred_eventsourcing::conformance::{key, write};
use kindred_eventsourcing::{AppendError, ChainHash, EventStore, LogReader, StoreError};
use kindred_jetstream::{
    ConnectSettings, Durability, JetStreamReader, JetStreamStore, StreamSettings, apply_streams, connect,
};
use serde_json::json;

use crate::support::{Admin, Servers, new_store, options, unique_context};

const WAIT: Duration = Duration::from_secs(1);

async fn append(store: &JetStreamStore, entity: u32) -> u64 {
    let tail = store.tail(&key(entity)).await.expect("readable");
    store.append(vec![write(&key(entity), tail.as_ref())]).await.expect("stored")[0]
}

/// Sequences up to `last`, through whatever the reader reports as passing.
async fn read_to(reader: &mut JetStreamReader, last: u64) -> Vec<u64> {
    let mut sequences = Vec::new();
    loop {
        match reader.next(100, WAIT).await {
            Ok(batch) => {
                sequences.extend(batch.commits.iter().map(|commit| commit.sequence));
                if batch.position >= last {
                    return sequences;
                }
            }
            Err(StoreError::Unavailable { .. }) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
}

async fn on(url: String) -> JetStreamStore {
    let client = connect(&ConnectSettings::new([url], "test")).await.expect("the bus lets us in");
    let context = unique_context();
    apply_streams(&client, &StreamSettings::new(&context).max_bytes(64 << 20)).await.expect("the stream is made");
    JetStreamStore::open(&client, &context, None, options(Durability::ProcessCrash)).await.expect("the stream opens")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_goes_on_after_the_server_was_killed() {
    let mut server = Nats::builder().start().await.expect("a server of its own");
    let store = on(server.url()).await;
    let mut reader = store.reader(0, None).await.expect("a reader");
    let mut written = Vec::new();
    for _ in 0..3 {
        for entity in 0..10 {
            written.push(append(&store, entity).await);
        }
        server.kill9().await;
        server.restart().await.expect("it starts again");
        for entity in 0..10 {
            written.push(append(&store, entity).await);
        }
    }
    let last = *written.last().expect("sixty");
    assert_eq!(read_to(&mut reader, last).await, written);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_reader_goes_on_after_the_server_was_killed() {
    let mut server = Nats::builder().start().await.expect("a server of its own");
    let store = on(server.url()).await;
    let first = append(&store, 1).await;
    let mut reader = store.reader(first, None).await.expect("a reader");
    let waiting = tokio::spawn(async move { read_to(&mut reader, first + 1).await });
    server.kill9().await;
    server.restart().await.expect("it starts again");
    let second = append(&store, 1).await;
    assert_eq!(waiting.await.expect("no panic"), [second]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_goes_on_after_the_server_was_frozen() {
    let server = Nats::builder().start().await.expect("a server of its own");
    let store = on(server.url()).await;
    let first = append(&store, 1).await;
    let mut reader = store.reader(0, None).await.expect("a reader");
    assert_eq!(read_to(&mut reader, first).await, [first]);
    server.pause();
    // Longer than heartbeats may be missing.
    let frozen = tokio::time::Instant::now();
    while frozen.elapsed() < Duration::from_secs(4) {
        match reader.next(10, WAIT).await {
            Ok(batch) => assert!(batch.commits.is_empty()),
            Err(error) => assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}"),
        }
    }
    server.resume();
    let second = append(&store, 1).await;
    assert_eq!(read_to(&mut reader, second).await, [second]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_whose_consumer_is_deleted_makes_another() {
    for servers in [Servers::OneNode, Servers::ThreeNodes] {
        let store = new_store(servers, Durability::ProcessCrash).await;
        let first = append(&store, 1).await;
        let mut reader = store.reader(0, None).await.expect("a reader");
        assert_eq!(read_to(&mut reader, first).await, [first]);
        let admin = Admin::of(servers, store.context()).await;
        let consumers = admin.must("CONSUMER.NAMES", json!({})).await["consumers"].take();
        for name in consumers.as_array().expect("a list") {
            let subject = format!("$JS.API.CONSUMER.DELETE.{}.{}", admin.stream(), name.as_str().expect("a name"));
            admin.nats.request(subject, "".into()).await.expect("an answer");
        }
        let second = append(&store, 1).await;
        assert_eq!(read_to(&mut reader, second).await, [second]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_far_behind_gives_all_and_in_batches() {
    let store = new_store(Servers::OneNode, Durability::ProcessCrash).await;
    let writers = (0..16).map(|entity| {
        let store = store.clone();
        tokio::spawn(async move {
            let (mut expected, mut written) = (0, Vec::new());
            for _ in 0..1000 {
                let mut next = write(&key(entity), None);
                next.expected = expected;
                expected = store.append(vec![next]).await.expect("stored")[0];
                written.push(expected);
            }
            written
        })
    });
    let mut written: Vec<u64> = Vec::new();
    for writer in futures::future::join_all(writers).await {
        written.extend(writer.expect("no panic"));
    }
    written.sort_unstable();
    let mut reader = store.reader(0, None).await.expect("a reader");
    let (mut read, mut batches) = (Vec::new(), 0);
    while read.len() < written.len() {
        let batch = reader.next(500, WAIT).await.expect("readable");
        assert!(batch.commits.len() <= 500);
        batches += 1;
        read.extend(batch.commits.iter().map(|commit| commit.sequence));
    }
    assert_eq!(read, written);
    assert!(batches < 2000, "batches are not single messages: {batches}");
    let admin = Admin::of(Servers::OneNode, store.context()).await;
    let consumers = admin.must("CONSUMER.NAMES", json!({})).await;
    assert_eq!(consumers["total"], json!(1), "one consumer for all: {consumers}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_whose_nodes_die_in_turn_loses_nothing() {
    let mut cluster = Nats::builder().start_cluster(3).await.expect("a cluster of its own");
    let client = connect(&ConnectSettings::new(cluster.urls(), "test")).await.expect("the bus lets us in");
    let context = unique_context();
    let settings = StreamSettings::new(&context).replicas(3).max_bytes(64 << 20);
    apply_streams(&client, &settings).await.expect("the stream is made");
    let store = JetStreamStore::open(&client, &context, None, options(Durability::PowerLoss)).await.expect("it opens");
    let mut reader = store.reader(0, None).await.expect("a reader");
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let writers = (0..4).map(|entity| tokio::spawn(write_until(store.clone(), entity, stopped.clone())));
    let writers: Vec<_> = writers.collect();
    for node in 0..3 {
        cluster.nodes_mut()[node].kill9().await;
        let head = store.head().await;
        cluster.nodes_mut()[node].restart().await.expect("it starts again");
        cluster.until_ready().await.expect("the cluster is whole again");
        // Writes go on before the next node dies.
        let head = head.unwrap_or_default();
        while store.head().await.expect("readable") < head + 20 {}
    }
    stop.send(true).expect("writers listen");
    let mut acknowledged = Vec::new();
    for writer in writers {
        acknowledged.extend(writer.await.expect("no panic"));
    }
    let head = store.head().await.expect("readable");
    let read = read_to(&mut reader, head).await;
    assert!(read.windows(2).all(|pair| pair[0] < pair[1]), "in order, nothing twice");
    let lost: Vec<_> = acknowledged.iter().filter(|sequence| read.binary_search(sequence).is_err()).collect();
    assert!(lost.is_empty(), "{} of {} acknowledged are lost: {lost:?}", lost.len(), acknowledged.len());
    for entity in 0..4 {
        let commits = store.load(&key(entity), 0, head).await.expect("readable");
        let commands: std::collections::HashSet<_> = commits.iter().map(|commit| commit.meta.command_id).collect();
        assert_eq!(commands.len(), commits.len(), "no command is stored twice");
    }
}

/// Appends to one entity, each command until it is known to be stored.
async fn write_until(store: JetStreamStore, entity: u32, stopped: tokio::sync::watch::Receiver<bool>) -> Vec<u64> {
    let mut acknowledged = Vec::new();
    while !*stopped.borrow() {
        let Ok(tail) = store.tail(&key(entity)).await else { continue };
        let sent = write(&key(entity), tail.as_ref());
        loop {
            match store.append(vec![sent.clone()]).await {
                Ok(sequences) => acknowledged.extend(sequences),
                Err(AppendError::Unknown | AppendError::Busy | AppendError::Store(StoreError::Unavailable { .. })) => {
                    continue;
                }
                Err(error) => panic!("nobody else writes here: {error:?}"),
            }
            break;
        }
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_made_anew_behind_a_lost_connection_is_damage() {
    let mut server = Nats::builder().start().await.expect("a server of its own");
    let store = on(server.url()).await;
    let last = append(&store, 1).await;
    let mut reader = store.reader(0, None).await.expect("a reader");
    read_to(&mut reader, last).await;
    let admin =
        Admin { nats: async_nats::connect(server.url()).await.expect("connects"), context: store.context().into() };
    admin.must("STREAM.DELETE", json!({})).await;
    let client = connect(&ConnectSettings::new([server.url()], "admin")).await.expect("the bus lets us in");
    apply_streams(&client, &StreamSettings::new(store.context()).max_bytes(64 << 20)).await.expect("made anew");
    server.kill9().await;
    server.restart().await.expect("it starts again");
    let appended = store.append(vec![write(&key(2), None)]).await;
    assert!(matches!(appended, Err(AppendError::Store(StoreError::Damaged(_)))), "{appended:?}");
    let tail = store.tail(&key(2)).await;
    assert!(matches!(tail, Err(StoreError::Damaged(_))), "{tail:?}");
    let read = loop {
        match reader.next(10, WAIT).await {
            Ok(batch) => assert!(batch.commits.is_empty()),
            Err(StoreError::Unavailable { .. }) => {}
            Err(error) => break error,
        }
    };
    assert!(matches!(read, StoreError::Damaged(_)), "{read:?}");
}

#[tokio::test]
async fn a_position_past_the_end_is_damage() {
    let store = new_store(Servers::OneNode, Durability::ProcessCrash).await;
    let last = append(&store, 1).await;
    let error = store.reader(last + 1, None).await.err().expect("refused");
    assert!(matches!(&error, StoreError::Damaged(damage) if damage.sequence == last), "{error:?}");
}

#[tokio::test]
async fn a_position_is_verified_by_its_hash() {
    let store = new_store(Servers::OneNode, Durability::ProcessCrash).await;
    let last = append(&store, 1).await;
    let hash = store.at(last).await.expect("readable").expect("there").hash;
    store.verify_position(0, ChainHash::START).await.expect("before the first is always right");
    store.verify_position(last, hash).await.expect("as it was");
    let other = store.verify_position(last, ChainHash([9; 16])).await;
    assert!(matches!(other, Err(StoreError::Damaged(_))), "{other:?}");
    Admin::of(Servers::OneNode, store.context()).await.delete_message(last).await;
    let gone = store.verify_position(last, hash).await;
    assert!(matches!(gone, Err(StoreError::Damaged(_))), "{gone:?}");
}

#[tokio::test]
async fn a_message_that_is_no_commit_ends_the_batch_before_it_and_is_named() {
    let store = new_store(Servers::OneNode, Durability::ProcessCrash).await;
    let before = append(&store, 1).await;
    let admin = Admin::of(Servers::OneNode, store.context()).await;
    let subject = key(2).subject(store.context());
    admin.nats.request(subject, "not a commit".into()).await.expect("an answer");
    append(&store, 1).await;
    let mut reader = store.reader(0, None).await.expect("a reader");
    let mut read = Vec::new();
    let error = loop {
        match reader.next(100, WAIT).await {
            Ok(batch) => read.extend(batch.commits.iter().map(|commit| commit.sequence)),
            Err(error) => break error,
        }
    };
    assert_eq!(read, [before]);
    assert!(matches!(error, StoreError::Unreadable { sequence, .. } if sequence == before + 1), "{error:?}");
    let again = reader.next(100, WAIT).await.expect_err("it does not go away");
    assert!(matches!(again, StoreError::Unreadable { sequence, .. } if sequence == before + 1), "{again:?}");
}

#[tokio::test]
async fn probes_are_no_commits_but_move_the_position() {
    let store = new_store(Servers::OneNode, Durability::ProcessCrash).await;
    let head = store.head().await.expect("readable");
    assert!(head > 0, "the self-test wrote a probe");
    assert!(store.at(head).await.expect("readable").is_none());
    let mut reader = store.reader(0, None).await.expect("a reader");
    assert_eq!(read_to(&mut reader, head).await, [0; 0]);
}
