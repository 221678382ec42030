//! What a service may do on the bus, and a list of what it may not.

use std::sync::Arc;
use std::time::Duration;

use kindred_embedded::Nats;
use kindred_eventsourcing::conformance::{key, write};
use kindred_eventsourcing::{EventStore, LogReader};
use kindred_jetstream::{
    Client, ConnectSettings, Credentials, Durability, JetStreamStore, OpenError, StreamSettings, apply_streams,
    connect, permissions, removal_permissions,
};
use tokio::sync::mpsc;

use crate::support::options;

/// A server on which `posting` reads `membership`, one identity may take something out of
/// the log of `membership`, and nobody else may anything.
pub async fn server() -> Nats {
    let service = |name: &str, reads: &[&str]| {
        let block = permissions(name, reads, &format!("_INBOX_{name}"));
        format!("{{ user: {name}, password: {name}, {block} }}")
    };
    let users = [
        "{ user: admin, password: admin }".to_owned(),
        service("membership", &[]),
        service("posting", &["membership"]),
        format!("{{ user: removal, password: removal, {} }}", removal_permissions("membership", "_INBOX_removal")),
    ];
    let config = format!("accounts {{ kindred {{ jetstream: enabled, users: [ {} ] }} }}", users.join(",\n"));
    Nats::builder().config(config).start().await.expect("a server of its own")
}

pub async fn enter(server: &Nats, name: &str) -> Client {
    let mut settings = ConnectSettings::new([server.url()], name);
    settings.credentials = Credentials::Password { user: name.to_owned(), password: name.to_owned() };
    connect(&settings).await.expect("the bus lets us in")
}

pub async fn apply(server: &Nats) {
    let admin = enter(server, "admin").await;
    for context in ["membership", "posting", "matching"] {
        apply_streams(&admin, &StreamSettings::new(context).max_bytes(16 << 20)).await.expect("the stream is made");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_can_do_all_that_a_store_does() {
    let server = server().await;
    apply(&server).await;
    let posting = enter(&server, "posting").await;
    let store = JetStreamStore::open(&posting, "posting", None, options(Durability::PowerLoss)).await.expect("its own");
    let first = store.append(vec![write(&key(1), None)]).await.expect("its own")[0];
    let together = store.append(vec![write(&key(2), None), write(&key(3), None)]).await.expect("its own");
    assert_eq!(store.load(&key(1), 0, first).await.expect("its own").len(), 1);
    assert_eq!(store.at(together[1]).await.expect("its own").map(|commit| commit.key), Some(key(3)));
    for partition in [None, Some(key(1).partition())] {
        let mut reader = store.reader(0, partition).await.expect("its own");
        let batch = reader.next(10, Duration::from_secs(5)).await.expect("its own");
        assert!(!batch.commits.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_reads_the_streams_it_needs_and_no_other() {
    let server = server().await;
    apply(&server).await;
    let membership = enter(&server, "membership").await;
    let theirs = JetStreamStore::open(&membership, "membership", None, options(Durability::ProcessCrash)).await;
    theirs.expect("its own").append(vec![write(&key(1), None)]).await.expect("its own");
    let posting = enter(&server, "posting").await;
    let log = JetStreamStore::follow(&posting, "membership", None, options(Durability::ProcessCrash))
        .await
        .expect("it may read this one");
    let mut reader = log.reader(0, None).await.expect("it may read this one");
    let mut read = 0;
    while read == 0 {
        read = reader.next(10, Duration::from_secs(5)).await.expect("readable").commits.len();
    }
    let head = log.head().await.expect("it may read this one");
    let commit = log.at(head).await.expect("it may read this one").expect("the last is a commit");
    log.verify_position(commit.sequence, commit.hash).await.expect("as it was");
    assert!(log.verify_position(commit.sequence, kindred_eventsourcing::ChainHash([3; 16])).await.is_err());
    assert!(log.tail(&key(1)).await.is_err() && log.append(vec![write(&key(9), None)]).await.is_err());
    let mut part = log.reader(0, Some(key(1).partition())).await.expect("it may read this one");
    let mut other =
        log.reader(0, kindred_ids::Partition::new(key(1).partition().number() ^ 1)).await.expect("readable");
    for (reader, expected) in [(&mut part, 1), (&mut other, 0)] {
        let (mut commits, mut position) = (0, 0);
        while position < head {
            let batch = reader.next(10, Duration::from_secs(5)).await.expect("readable");
            (commits, position) = (commits + batch.commits.len(), batch.position);
        }
        assert_eq!(commits, expected);
    }
    let mut hasty = options(Durability::ProcessCrash);
    (hasty.attempt, hasty.deadline) = (Duration::from_millis(100), Duration::from_millis(200));
    let refused = JetStreamStore::follow(&posting, "matching", None, hasty).await;
    assert!(matches!(refused.err(), Some(OpenError::Call { .. })));
}

/// All that `posting` might try and may not.
const REFUSED_PUBLISHES: [&str; 36] = [
    "es.membership.00.t.member.x",
    "es.matching.00.t.profile.x",
    "pub.membership.joined",
    "es.x",
    "any.subject",
    "_INBOX_membership.x",
    "_INBOX.x",
    "$JS.API.INFO",
    "$JS.API.STREAM.LIST",
    "$JS.API.STREAM.NAMES",
    "$JS.API.STREAM.CREATE.EVT_POSTING",
    "$JS.API.STREAM.CREATE.NEW",
    "$JS.API.STREAM.UPDATE.EVT_POSTING",
    "$JS.API.STREAM.DELETE.EVT_POSTING",
    "$JS.API.STREAM.PURGE.EVT_POSTING",
    "$JS.API.STREAM.PURGE.EVT_MEMBERSHIP",
    "$JS.API.STREAM.MSG.DELETE.EVT_POSTING",
    "$JS.API.STREAM.MSG.DELETE.EVT_MEMBERSHIP",
    "$JS.API.STREAM.SNAPSHOT.EVT_POSTING",
    "$JS.API.STREAM.RESTORE.EVT_POSTING",
    "$JS.API.STREAM.LEADER.STEPDOWN.EVT_POSTING",
    "$JS.API.STREAM.PEER.REMOVE.EVT_POSTING",
    "$JS.API.STREAM.MSG.GET.EVT_MEMBERSHIP",
    "$JS.API.DIRECT.GET.EVT_MEMBERSHIP",
    "$JS.API.STREAM.INFO.EVT_MATCHING",
    "$JS.API.STREAM.MSG.GET.EVT_MATCHING",
    "$JS.API.DIRECT.GET.EVT_MATCHING",
    "$JS.API.CONSUMER.CREATE.EVT_MATCHING.r",
    "$JS.API.CONSUMER.DURABLE.CREATE.EVT_POSTING.r",
    "$JS.API.CONSUMER.MSG.NEXT.EVT_MATCHING.r",
    "$JS.API.CONSUMER.DELETE.EVT_MEMBERSHIP.r",
    "$JS.API.CONSUMER.LIST.EVT_MEMBERSHIP",
    "$JS.API.CONSUMER.INFO.EVT_POSTING.r",
    "$JS.API.META.LEADER.STEPDOWN",
    "$JS.API.SERVER.REMOVE",
    "$SYS.REQ.SERVER.PING",
];

const REFUSED_SUBSCRIPTIONS: [&str; 9] =
    [">", "es.>", "es.posting.>", "pub.>", "_INBOX.>", "_INBOX_membership.>", "$JS.API.>", "$JS.EVENT.>", "$SYS.>"];

#[tokio::test(flavor = "multi_thread")]
async fn everything_else_is_refused() {
    let server = server().await;
    apply(&server).await;
    let (errors, mut refusals) = mpsc::unbounded_channel();
    let errors = Arc::new(errors);
    let client = async_nats::ConnectOptions::new()
        .user_and_password("posting".to_owned(), "posting".to_owned())
        .event_callback(move |event| {
            if let async_nats::Event::ServerError(error) = &event {
                errors.send(error.to_string()).expect("the test listens");
            }
            std::future::ready(())
        })
        .connect(server.url())
        .await
        .expect("the bus lets us in");
    for subject in REFUSED_PUBLISHES {
        client.publish(subject, "{}".into()).await.expect("sent");
        let refusal = refusals.recv().await.expect("the server says no").to_lowercase();
        assert!(refusal.contains("publish") && refusal.contains(&subject.to_lowercase()), "{subject}: {refusal}");
    }
    for subject in REFUSED_SUBSCRIPTIONS {
        let subscription = client.subscribe(subject).await.expect("sent");
        let refusal = refusals.recv().await.expect("the server says no").to_lowercase();
        assert!(refusal.contains("subscription") && refusal.contains(&subject.to_lowercase()), "{subject}: {refusal}");
        drop(subscription);
    }
}

#[tokio::test]
async fn a_stranger_is_not_let_in() {
    let server = server().await;
    let error = connect(&ConnectSettings::new([server.url()], "stranger")).await.expect_err("no credentials");
    assert!(error.to_string().contains("127.0.0.1"), "{error}");
}
