//! The table of replies, each row provoked on a real server.
//!
//! | row | provoked by | one node | grouped | three nodes |
//! |---|---|---|---|---|
//! | ack | every case of the conformance suite | x | x | x |
//! | duplicate, ours | an answer lost on the wire, sent again | | | x |
//! | duplicate, another's | one message id in two tenants | | | x |
//! | 10164 | many writers of one subject | | | x |
//! | 10071, ours | an answer lost on the wire, sent again | x | x | |
//! | 10071, ours further down | the same, and somebody wrote behind it | x | | x |
//! | 10071, another's | a stale expected sequence | x | x | x |
//! | 10201, ours | a batch sent again | x | x | x |
//! | 10201, another's | a batch with a message id of another tenant | x | | x |
//! | 10077 | a stream at its limit, alone and in a batch | x | x | x |
//! | timeout | a frozen server, for a while and for good | x | x | |
//! | broken connection | a connection cut after the publish | x | x | x |
//! | no responders | a stream deleted under the store | x | | x |
//! | 429 | a server that queues one message for a stream | x | | |
//! | 10176, 10210 | fifty batches left open by somebody | x | | x |
//! | too large, before sending | the conformance suite | x | x | x |
//! | too large, by the server | a stream with a lower limit | x | x | x |
//! | other refusal | our subjects on a stream of another name | x | | x |

use std::time::Duration;

use futures::future::join_all;
use kindred_embedded::Nats;
use kindred_eventsourcing::conformance::{commit, key, named, write};
use kindred_eventsourcing::{AppendError, EventStore, StoreError, Write};
use kindred_ids::CommandId;
use kindred_jetstream::{
    ConnectSettings, Durability, JetStreamStore, StoreOptions, StreamSettings, apply_streams, connect,
};
use serde_json::json;

use crate::proxy::Proxy;
use crate::recorder;
use crate::support::{Admin, Servers, new_store, options, unique_context};

const ONE: (Servers, Durability) = (Servers::OneNode, Durability::ProcessCrash);
const GROUPED: (Servers, Durability) = (Servers::OneNode, Durability::PowerLoss);
const THREE: (Servers, Durability) = (Servers::ThreeNodes, Durability::PowerLoss);

#[track_caller]
fn assert_answered(store: &JetStreamStore, answer: &str) {
    let context = store.context();
    assert!(recorder::answers(context, answer) > 0, "no `{answer}` among {:?}", recorder::all(context));
}

fn command(seed: u32) -> CommandId {
    CommandId::derived(&[b"replies", &seed.to_be_bytes()])
}

async fn count(store: &JetStreamStore, seed: u32) -> usize {
    let tail = store.tail(&key(seed)).await.expect("readable").map_or(0, |tail| tail.sequence);
    store.load(&key(seed), 0, tail).await.expect("readable").len()
}

/// A store whose answers can be lost, and one beside it.
async fn behind_a_proxy((servers, durability): (Servers, Durability)) -> (Proxy, JetStreamStore, JetStreamStore) {
    recorder::listen();
    let beside = new_store(servers, durability).await;
    let proxy = Proxy::to(&servers.urls().await[0]).await;
    let client = connect(&ConnectSettings::new([proxy.url()], "proxied")).await.expect("through the proxy");
    let store = JetStreamStore::open(&client, beside.context(), Some(beside.identity()), options(durability))
        .await
        .expect("the stream opens");
    (proxy, store, beside)
}

async fn until_stored(store: &JetStreamStore, seed: u32) -> u64 {
    loop {
        if let Some(tail) = store.tail(&key(seed)).await.expect("readable") {
            return tail.sequence;
        }
    }
}

async fn a_lost_answer_is_found_out(set_up: (Servers, Durability), answer: &str) {
    let (proxy, store, beside) = behind_a_proxy(set_up).await;
    proxy.swallow_answers();
    let appending = tokio::spawn({
        let store = store.clone();
        async move { store.append(vec![write(&key(1), None)]).await }
    });
    let stored = until_stored(&beside, 1).await;
    proxy.cut();
    assert_eq!(appending.await.expect("no panic").expect("stored"), [stored]);
    assert_eq!(count(&beside, 1).await, 1);
    assert_answered(&store, "Err(Lost");
    assert_answered(&store, answer);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_on_one_node_is_found_out_by_the_tail() {
    a_lost_answer_is_found_out(ONE, "code=10071").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_while_grouping_is_found_out_by_the_tail() {
    a_lost_answer_is_found_out(GROUPED, "code=10071").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_on_three_nodes_is_found_out_by_the_duplicate() {
    a_lost_answer_is_found_out(THREE, "Ok(Duplicate").await;
}

async fn a_lost_answer_is_found_behind_a_newer_tail(set_up: (Servers, Durability)) {
    let (proxy, store, beside) = behind_a_proxy(set_up).await;
    // Where the window of message ids is over, the server no longer knows the publish.
    Admin::of(set_up.0, store.context()).await.configure(json!({ "duplicate_window": 100_000_000 })).await;
    proxy.swallow_answers();
    let appending = tokio::spawn({
        let store = store.clone();
        async move { store.append(vec![write(&key(1), None)]).await }
    });
    let stored = until_stored(&beside, 1).await;
    let tail = beside.tail(&key(1)).await.expect("readable");
    beside.append(vec![write(&key(1), tail.as_ref())]).await.expect("behind it");
    Admin::of(set_up.0, store.context()).await.forget_message_ids().await;
    proxy.cut();
    assert_eq!(appending.await.expect("no panic").expect("stored"), [stored]);
    assert_eq!(count(&beside, 1).await, 2);
    assert_answered(&store, "code=10071");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_on_one_node_is_found_behind_a_newer_tail() {
    a_lost_answer_is_found_behind_a_newer_tail(ONE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_on_three_nodes_is_found_behind_a_newer_tail() {
    a_lost_answer_is_found_behind_a_newer_tail(THREE).await;
}

async fn a_lost_answer_to_a_batch_is_found_out(set_up: (Servers, Durability)) {
    let (proxy, store, beside) = behind_a_proxy(set_up).await;
    proxy.swallow_answers();
    let appending = tokio::spawn({
        let store = store.clone();
        async move { store.append(batch(1, [1, 2])).await }
    });
    let stored = until_stored(&beside, 2).await;
    proxy.cut();
    assert_eq!(appending.await.expect("no panic").expect("stored"), [stored - 1, stored]);
    assert_answered(&store, "Err(Lost");
    assert_eq!(count(&beside, 1).await + count(&beside, 2).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_answer_lost_on_one_node_is_found_out() {
    a_lost_answer_to_a_batch_is_found_out(ONE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_answer_lost_while_grouping_is_found_out() {
    a_lost_answer_to_a_batch_is_found_out(GROUPED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_answer_lost_on_three_nodes_is_found_out() {
    a_lost_answer_to_a_batch_is_found_out(THREE).await;
}

fn batch(seed: u32, entities: impl IntoIterator<Item = u32>) -> Vec<Write> {
    let write = |entity| Write { key: key(entity), expected: 0, commit: commit(command(seed), None, vec![0; 4]) };
    entities.into_iter().map(write).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_of_anothers_message_is_a_conflict() {
    recorder::listen();
    let store = new_store(THREE.0, THREE.1).await;
    let name = "00112233445566778899aabbccddeeff";
    let write = |tenant| Write { key: named(tenant, name), expected: 0, commit: commit(command(1), None, vec![0; 4]) };
    store.append(vec![write("riverside")]).await.expect("stored");
    let outcome = store.append(vec![write("lakeside")]).await;
    assert!(matches!(outcome, Err(AppendError::Conflict)), "{outcome:?}");
    assert!(store.tail(&named("lakeside", name)).await.expect("readable").is_none());
    assert_answered(&store, "Ok(Duplicate");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_with_a_write_under_way_is_tried_again() {
    recorder::listen();
    let store = new_store(THREE.0, THREE.1).await;
    let mut round = 0;
    while recorder::answers(store.context(), "code=10164") == 0 {
        let tasks = (0..64).map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.append(vec![write(&key(round), None)]).await })
        });
        let outcomes: Vec<_> = join_all(tasks).await.into_iter().map(|outcome| outcome.expect("no panic")).collect();
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        round += 1;
    }
}

async fn a_stale_write_conflicts(set_up: (Servers, Durability)) {
    recorder::listen();
    let store = new_store(set_up.0, set_up.1).await;
    store.append(vec![write(&key(1), None)]).await.expect("stored");
    let outcome = store.append(vec![write(&key(1), None)]).await;
    assert!(matches!(outcome, Err(AppendError::Conflict)), "{outcome:?}");
    assert_answered(&store, "code=10071");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_write_conflicts_on_one_node() {
    a_stale_write_conflicts(ONE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_write_conflicts_while_grouping() {
    a_stale_write_conflicts(GROUPED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_write_conflicts_on_three_nodes() {
    a_stale_write_conflicts(THREE).await;
}

async fn a_batch_sent_again_is_stored_once(set_up: (Servers, Durability)) {
    recorder::listen();
    let store = new_store(set_up.0, set_up.1).await;
    let stored = store.append(batch(1, [1, 2])).await.expect("stored");
    assert_eq!(store.append(batch(1, [1, 2])).await.expect("told as stored"), stored);
    assert_answered(&store, "code=10201");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_sent_again_is_stored_once_on_one_node() {
    a_batch_sent_again_is_stored_once(ONE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_sent_again_is_stored_once_while_grouping() {
    a_batch_sent_again_is_stored_once(GROUPED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_sent_again_is_stored_once_on_three_nodes() {
    a_batch_sent_again_is_stored_once(THREE).await;
}

async fn a_batch_with_anothers_message_id_conflicts(set_up: (Servers, Durability)) {
    recorder::listen();
    let store = new_store(set_up.0, set_up.1).await;
    let name = "00112233445566778899aabbccddeeff";
    let write = |tenant| Write { key: named(tenant, name), expected: 0, commit: commit(command(1), None, vec![0; 4]) };
    store.append(vec![write("riverside")]).await.expect("stored");
    let mut both = batch(2, [5]);
    both.push(write("lakeside"));
    let outcome = store.append(both).await;
    assert!(matches!(outcome, Err(AppendError::Conflict)), "{outcome:?}");
    assert_eq!(count(&store, 5).await, 0);
    assert_answered(&store, "code=10201");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_with_anothers_message_id_conflicts_on_one_node() {
    a_batch_with_anothers_message_id_conflicts(ONE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_with_anothers_message_id_conflicts_on_three_nodes() {
    a_batch_with_anothers_message_id_conflicts(THREE).await;
}

async fn a_full_stream_says_so((servers, durability): (Servers, Durability)) {
    recorder::listen();
    let store = new_store(servers, durability).await;
    Admin::of(servers, store.context()).await.configure(json!({ "max_bytes": 100_000 })).await;
    // Each of its own bytes, for the stream compresses.
    let large = |entity: u32| {
        let data = (0..20_000_u32).map(|index| (index.wrapping_mul(2_654_435_761).rotate_left(entity) >> 24) as u8);
        Write { key: key(entity), expected: 0, commit: commit(command(entity), None, data.collect()) }
    };
    let mut entity = 0;
    let refused = loop {
        match store.append(vec![large(entity)]).await {
            Ok(_) => entity += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, AppendError::Full), "{refused:?}");
    assert_eq!(count(&store, entity).await, 0);
    let together = store.append(vec![large(entity + 1), large(entity + 2)]).await;
    assert!(matches!(together, Err(AppendError::Full)), "{together:?}");
    assert_eq!(count(&store, entity + 1).await + count(&store, entity + 2).await, 0);
    assert_answered(&store, "code=10077");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_stream_says_so_on_one_node() {
    a_full_stream_says_so(ONE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_stream_says_so_while_grouping() {
    a_full_stream_says_so(GROUPED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_stream_says_so_on_three_nodes() {
    a_full_stream_says_so(THREE).await;
}

async fn private(extra: &str, durability: Durability, deadline: Duration) -> (Nats, JetStreamStore) {
    recorder::listen();
    let server = Nats::builder().config(extra).start().await.expect("a server of its own");
    let client = connect(&ConnectSettings::new([server.url()], "test")).await.expect("the bus lets us in");
    let context = unique_context();
    apply_streams(&client, &StreamSettings::new(&context).max_bytes(64 << 20)).await.expect("the stream is made");
    let options = StoreOptions { attempt: Duration::from_millis(200), deadline, ..options(durability) };
    let store = JetStreamStore::open(&client, &context, None, options).await.expect("the stream opens");
    (server, store)
}

async fn a_frozen_server_is_waited_for(durability: Durability) {
    let (server, store) = private("", durability, Duration::from_secs(30)).await;
    server.pause();
    let appending = tokio::spawn({
        let store = store.clone();
        async move { store.append(vec![write(&key(1), None)]).await }
    });
    while recorder::answers(store.context(), "Err(Lost") < 2 {
        tokio::task::yield_now().await;
    }
    server.resume();
    let stored = appending.await.expect("no panic").expect("stored");
    assert_eq!(store.tail(&key(1)).await.expect("readable").map(|tail| tail.sequence), Some(stored[0]));
    assert_eq!(count(&store, 1).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_server_is_waited_for_with_the_same_publish() {
    a_frozen_server_is_waited_for(Durability::ProcessCrash).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_server_is_waited_for_while_grouping() {
    a_frozen_server_is_waited_for(Durability::PowerLoss).await;
}

async fn a_server_silent_for_good_is_unknown(durability: Durability) {
    let (server, store) = private("", durability, Duration::from_millis(500)).await;
    server.pause();
    let sent = write(&key(1), None);
    let outcome = store.append(vec![sent.clone()]).await;
    assert!(matches!(outcome, Err(AppendError::Unknown)), "{outcome:?}");
    server.resume();
    let stored = store.append(vec![sent]).await.expect("now it is known");
    assert_eq!(store.tail(&key(1)).await.expect("readable").map(|tail| tail.sequence), Some(stored[0]));
    assert_eq!(count(&store, 1).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_silent_for_good_leaves_the_outcome_unknown() {
    a_server_silent_for_good_is_unknown(Durability::ProcessCrash).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_silent_for_good_leaves_the_outcome_unknown_while_grouping() {
    a_server_silent_for_good_is_unknown(Durability::PowerLoss).await;
}

async fn a_deleted_stream_is_unavailable((servers, durability): (Servers, Durability)) {
    recorder::listen();
    let store = new_store(servers, durability).await;
    Admin::of(servers, store.context()).await.must("STREAM.DELETE", json!({})).await;
    let outcome = store.append(vec![write(&key(1), None)]).await;
    assert!(matches!(outcome, Err(AppendError::Store(StoreError::Unavailable { .. }))), "{outcome:?}");
    assert_eq!(recorder::answers(store.context(), "Err(NoResponders"), 3, "250 ms twice, then no more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_stream_is_unavailable_on_one_node() {
    a_deleted_stream_is_unavailable(ONE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_stream_is_unavailable_on_three_nodes() {
    a_deleted_stream_is_unavailable(THREE).await;
}

async fn a_batch_beside_too_many_open_ones_is_shed((servers, durability): (Servers, Durability)) {
    recorder::listen();
    let store = new_store(servers, durability).await;
    let admin = Admin::of(servers, store.context()).await;
    let mut open = 0;
    let refusal = loop {
        let answer = admin.open_batch(&format!("left-{open}")).await;
        match answer {
            None => open += 1,
            Some(error) => break error,
        }
    };
    assert_eq!((open, &refusal["err_code"]), (50, &json!(10210)));
    let outcome = store.append(batch(1, [1, 2])).await;
    assert!(matches!(outcome, Err(AppendError::Busy)), "{outcome:?}");
    assert_eq!(count(&store, 1).await + count(&store, 2).await, 0);
    assert_answered(&store, "code=10176");
    store.append(vec![write(&key(3), None)]).await.expect("a single commit needs no batch");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_beside_too_many_open_ones_is_shed_on_one_node() {
    a_batch_beside_too_many_open_ones_is_shed(ONE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_beside_too_many_open_ones_is_shed_on_three_nodes() {
    a_batch_beside_too_many_open_ones_is_shed(THREE).await;
}

async fn a_commit_larger_than_the_stream_takes_says_so((servers, durability): (Servers, Durability)) {
    recorder::listen();
    let store = new_store(servers, durability).await;
    Admin::of(servers, store.context()).await.configure(json!({ "max_msg_size": 2000 })).await;
    let large = Write { key: key(1), expected: 0, commit: commit(command(1), None, vec![1; 4000]) };
    let outcome = store.append(vec![large]).await;
    assert!(matches!(outcome, Err(AppendError::TooLarge { .. })), "{outcome:?}");
    assert_answered(&store, "code=10054");
    assert_eq!(count(&store, 1).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_larger_than_the_stream_takes_says_so_on_one_node() {
    a_commit_larger_than_the_stream_takes_says_so(ONE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_larger_than_the_stream_takes_says_so_while_grouping() {
    a_commit_larger_than_the_stream_takes_says_so(GROUPED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_larger_than_the_stream_takes_says_so_on_three_nodes() {
    a_commit_larger_than_the_stream_takes_says_so(THREE).await;
}

async fn our_subjects_on_another_stream_are_refused((servers, durability): (Servers, Durability)) {
    recorder::listen();
    let store = new_store(servers, durability).await;
    let admin = Admin::of(servers, store.context()).await;
    admin.must("STREAM.DELETE", json!({})).await;
    let imposter = Admin { context: format!("other{}", store.context()), ..admin };
    let mut config = json!({ "name": imposter.stream(), "storage": "file", "num_replicas": servers.replicas() });
    config["subjects"] = json!([format!("es.{}.>", store.context())]);
    imposter.must("STREAM.CREATE", config).await;
    let outcome = store.append(vec![write(&key(1), None)]).await;
    assert!(matches!(outcome, Err(AppendError::Store(StoreError::Unavailable { .. }))), "{outcome:?}");
    assert_answered(&store, "code=10060");
}

#[tokio::test(flavor = "multi_thread")]
async fn our_subjects_on_another_stream_are_refused_on_one_node() {
    our_subjects_on_another_stream_are_refused(ONE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn our_subjects_on_another_stream_are_refused_on_three_nodes() {
    our_subjects_on_another_stream_are_refused(THREE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_sheds_load_is_tried_again_then_busy() {
    let queue_of_one = "jetstream { max_buffered_msgs: 1 }";
    let (_server, store) = private(queue_of_one, Durability::ProcessCrash, Duration::from_secs(20)).await;
    let mut first = 0;
    while recorder::answers(store.context(), "code=10167") == 0 {
        let tasks = (first..first + 400).map(|entity| {
            let store = store.clone();
            tokio::spawn(async move { (entity, store.append(vec![write(&key(entity), None)]).await) })
        });
        for outcome in join_all(tasks).await {
            let (entity, outcome) = outcome.expect("no panic");
            assert!(matches!(outcome, Ok(_) | Err(AppendError::Busy)), "{outcome:?}");
            assert_eq!(count(&store, entity).await, usize::from(outcome.is_ok()));
        }
        first += 400;
    }
}
