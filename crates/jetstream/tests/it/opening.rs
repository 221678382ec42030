//! What a stream must be before it is served, and what an operator does about it.

use futures::future::join_all;
use kindred_eventsourcing::EventStore;
use kindred_eventsourcing::conformance::{key, write};
use kindred_jetstream::{
    Applied, ApplyError, ConnectSettings, Credentials, Durability, JetStreamStore, OpenError, StoreOptions, Version,
    apply_streams, connect,
};
use serde_json::{Value, json};

use crate::support::{Admin, Servers, client, new_store, settings, unique_context};

async fn open(context: &str) -> Result<JetStreamStore, OpenError> {
    let client = client(Servers::OneNode).await;
    JetStreamStore::open(&client, context, None, StoreOptions::default()).await
}

async fn apply(context: &str) -> Applied {
    let client = client(Servers::OneNode).await;
    apply_streams(&client, &settings(context, Servers::OneNode)).await.expect("applied")
}

/// A stream as it must be but for some fields.
async fn altered(changes: &Value) -> (String, Admin) {
    let context = unique_context();
    apply(&context).await;
    let admin = Admin::of(Servers::OneNode, &context).await;
    let mut config = admin.must("STREAM.INFO", json!({})).await["config"].take();
    for (name, value) in changes.as_object().expect("an object") {
        config[name] = value.clone();
    }
    admin.must("STREAM.DELETE", json!({})).await;
    admin.must("STREAM.CREATE", config).await;
    (context, admin)
}

#[tokio::test]
async fn a_stream_that_nobody_made_is_named() {
    let context = unique_context();
    let error = open(&context).await.err().expect("refused");
    assert!(matches!(&error, OpenError::Missing(stream) if *stream == format!("EVT_{}", context.to_uppercase())));
    assert!(error.to_string().contains("kindred streams apply"), "{error}");
}

#[tokio::test]
async fn a_server_too_old_is_named_with_both_versions() {
    let store = new_store(Servers::OneNode, Durability::ProcessCrash).await;
    let options = StoreOptions { compat: Version(99, 1, 0), ..StoreOptions::default() };
    let client = client(Servers::OneNode).await;
    let error = JetStreamStore::open(&client, store.context(), None, options).await.err().expect("refused");
    assert!(matches!(error, OpenError::ServerTooOld { .. }));
    assert!(error.to_string().contains("99.1.0") && error.to_string().contains("2.15."), "{error}");
}

#[tokio::test]
async fn every_field_that_matters_is_compared_and_named() {
    let wrong = [
        ("max_age", json!(86_400_000_000_000_u64)),
        ("max_msgs", json!(10)),
        ("max_msgs_per_subject", json!(1)),
        ("max_msg_size", json!(1000)),
        ("max_consumers", json!(3)),
        ("duplicate_window", json!(1_000_000_000)),
        ("discard", json!("old")),
        ("retention", json!("interest")),
        ("storage", json!("memory")),
        ("allow_direct", json!(false)),
        ("allow_atomic", json!(false)),
        ("deny_purge", json!(false)),
        ("deny_delete", json!(true)),
        ("compression", json!("none")),
        ("allow_msg_ttl", json!(true)),
        ("no_ack", json!(true)),
        ("republish", json!({ "src": ">", "dest": "copy.>" })),
        ("subject_transform", json!({ "src": ">", "dest": ">" })),
    ];
    for (field, value) in wrong {
        let mut changes = json!({ field: value });
        // These the server takes only together.
        match field {
            "storage" => changes["compression"] = json!("none"),
            "no_ack" => changes["allow_atomic"] = json!(false),
            "subject_transform" => changes["subject_transform"] = json!({ "src": "es.>", "dest": "es.>" }),
            _ => {}
        }
        let (context, _) = altered(&changes).await;
        let error = open(&context).await.err().unwrap_or_else(|| panic!("`{field}` was accepted"));
        assert!(matches!(error, OpenError::Config(_)), "{field}: {error:?}");
        let named = changes.as_object().expect("an object").keys().any(|name| error.to_string().contains(name));
        assert!(named, "{field}: {error}");
    }
}

#[tokio::test]
async fn applying_mends_what_can_be_mended_and_keeps_identity_and_messages() {
    let changes = json!({
        "max_age": 86_400_000_000_000_u64, "max_msgs": 1000, "discard": "old", "allow_direct": false,
        "allow_atomic": false, "deny_purge": false, "compression": "none", "max_bytes": 1 << 20,
        "republish": { "src": ">", "dest": "copy.>" }, "description": "ours",
    });
    let (context, admin) = altered(&changes).await;
    let before = admin.must("STREAM.INFO", json!({})).await;
    admin.probe("one").await;
    let applied = apply(&context).await;
    assert!(matches!(applied, Applied::Updated(_)), "{applied:?}");
    let after = admin.must("STREAM.INFO", json!({})).await;
    assert_eq!(json!(applied.identity().as_str()), before["config"]["metadata"]["kindred-identity"]);
    assert_eq!((&after["state"]["messages"], &after["config"]["description"]), (&json!(1), &json!("ours")));
    assert_eq!(after["config"]["max_bytes"], json!(64 << 20));
    let store = open(&context).await.expect("mended");
    assert_eq!(store.identity(), applied.identity());
    assert_eq!(apply(&context).await, Applied::Unchanged(applied.identity().clone()));
}

#[tokio::test]
async fn what_cannot_be_undone_is_named() {
    let (context, _) = altered(&json!({ "deny_delete": true })).await;
    let client = client(Servers::OneNode).await;
    let error = apply_streams(&client, &settings(&context, Servers::OneNode)).await.expect_err("refused");
    let with_source = format!("{error} {:?}", std::error::Error::source(&error).map(ToString::to_string));
    assert!(with_source.contains("deny") && with_source.contains(&context.to_uppercase()), "{with_source}");
}

#[tokio::test]
async fn those_who_apply_at_once_agree() {
    for servers in [Servers::OneNode, Servers::ThreeNodes] {
        let context = unique_context();
        let client = client(servers).await;
        let settings = settings(&context, servers);
        let all = join_all((0..8).map(|_| apply_streams(&client, &settings))).await;
        let identities: Vec<_> = all.into_iter().map(|applied| applied.expect("applied").identity().clone()).collect();
        assert!(identities.windows(2).all(|pair| pair[0] == pair[1]), "{identities:?}");
    }
}

#[tokio::test]
async fn settings_that_no_stream_can_have_are_named() {
    let client = client(Servers::OneNode).await;
    let mut two = settings("plain", Servers::OneNode);
    two.replicas = 2;
    let error = apply_streams(&client, &two).await.expect_err("refused");
    assert!(error.to_string().contains("`replicas`") && error.to_string().contains('2'), "{error}");
    for context in ["", "Big", "a.b", "a b", "*"] {
        let error = apply_streams(&client, &settings(context, Servers::OneNode)).await.expect_err("refused");
        assert!(matches!(error, ApplyError::Context(_)), "{error}");
    }
}

#[tokio::test]
async fn copies_are_added_only_while_no_service_reads_the_one_as_the_only_one() {
    let (context, client) = (unique_context(), client(Servers::ThreeNodes).await);
    let one = settings(&context, Servers::OneNode);
    let made = apply_streams(&client, &one).await.expect("applied");
    let store = JetStreamStore::open(&client, &context, None, StoreOptions::default()).await.expect("opened");
    store.append(vec![write(&key(1), None)]).await.expect("stored");

    let three = settings(&context, Servers::ThreeNodes);
    let error = apply_streams(&client, &three).await.expect_err("refused");
    assert!(matches!(&error, ApplyError::InUse { stream } if stream == store.stream()), "{error:?}");
    assert!(error.to_string().contains("--services-stopped"), "{error}");
    assert_eq!(apply_streams(&client, &one).await.expect("as before"), Applied::Unchanged(made.identity().clone()));

    let scaled = apply_streams(&client, &three.idle(true)).await.expect("applied");
    assert_eq!(scaled, Applied::Updated(made.identity().clone()));
    let store = JetStreamStore::open(&client, &context, Some(made.identity()), StoreOptions::default()).await;
    let tail = store.expect("opened").tail(&key(1)).await.expect("read").expect("kept");
    assert_eq!(tail.sequence, 2, "behind the probe");
}

#[tokio::test]
async fn a_stream_made_anew_is_refused_until_adopted() {
    for servers in [Servers::OneNode, Servers::ThreeNodes] {
        let store = new_store(servers, Durability::ProcessCrash).await;
        let admin = Admin::of(servers, store.context()).await;
        admin.must("STREAM.DELETE", json!({})).await;
        let client = client(servers).await;
        let anew = apply_streams(&client, &settings(store.context(), servers)).await.expect("applied");
        let open =
            async |expected| JetStreamStore::open(&client, store.context(), expected, StoreOptions::default()).await;
        let error = open(Some(store.identity())).await.err().expect("refused");
        assert!(
            matches!(&error, OpenError::StreamRecreated { expected, found, .. }
                if expected == store.identity() && found == anew.identity()),
            "{error:?}"
        );
        assert!(error.to_string().contains("kindred streams adopt"), "{error}");
        let adopted = open(None).await.expect("whoever adopts it says so by expecting none");
        open(Some(adopted.identity())).await.expect("adopted");
    }
}

#[tokio::test]
async fn a_stream_without_identity_is_refused_until_applied() {
    let (context, _) = altered(&json!({ "metadata": { "kindred-schema": "1" } })).await;
    let error = open(&context).await.err().expect("refused");
    assert!(matches!(error, OpenError::NoIdentity(_)), "{error:?}");
    assert!(matches!(apply(&context).await, Applied::Updated(_)));
    open(&context).await.expect("applied");
}

#[tokio::test]
async fn replicas_that_open_at_once_all_pass_the_self_test() {
    for servers in [Servers::OneNode, Servers::ThreeNodes] {
        let store = new_store(servers, Durability::ProcessCrash).await;
        let client = client(servers).await;
        let openings = (0..12)
            .map(|_| JetStreamStore::open(&client, store.context(), Some(store.identity()), StoreOptions::default()));
        for opened in join_all(openings).await {
            let opened = opened.expect("another's probe is no reason to fail");
            assert_eq!(opened.identity(), store.identity());
        }
    }
}

#[tokio::test]
async fn an_opened_stream_takes_commits() {
    let store = new_store(Servers::OneNode, Durability::ProcessCrash).await;
    store.append(vec![write(&key(1), None)]).await.expect("stored");
}

#[tokio::test]
async fn a_failed_connection_shows_no_secret() {
    let mut settings = ConnectSettings::new(["nats://someone:hunter2@127.0.0.1:1"], "test");
    settings.credentials = Credentials::Password { user: "someone".to_owned(), password: "hunter3".to_owned() };
    let error = connect(&settings).await.expect_err("nobody listens there");
    let shown = format!("{error} {error:?} {settings:?}");
    assert!(error.to_string().contains("127.0.0.1:1"), "{error}");
    assert!(!shown.contains("hunter2\"}") && !shown.contains("hunter3") && !error.to_string().contains("hunter2"));
}
