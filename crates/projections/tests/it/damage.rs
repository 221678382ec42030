//! A log that is not what it was stops everything, before a row is made of it.

use std::time::Duration;

use kindred_eventsourcing::EventStore;
use kindred_projections::Projector;

use crate::support::{Ledger, Platform, quick, tenant};

async fn damage_of(projector: &Projector) -> String {
    let mut health = projector.health();
    let seen = health.wait_for(|health| health.damaged.is_some());
    let health = tokio::time::timeout(Duration::from_secs(10), seen).await.expect("damage is seen").expect("news");
    health.damaged.clone().unwrap_or_default()
}

#[tokio::test]
async fn a_broken_chain_stops_the_process() {
    let mut platform = Platform::new().await;
    let key = platform.writer.key(&tenant("riverside"));
    platform.writer.add(&key, 1).await;
    let other = platform.writer.add(&key, 2).await;
    platform.writer.add(&key, 3).await;
    let forged = EventStore::at(&platform.writer.store, 1).await.expect("a log").expect("a commit");
    let body = kindred_eventsourcing::NewCommit { meta: forged.meta, records: forged.records }.body();
    platform.writer.store.damage(other, body);
    let builder = Projector::builder(platform.test.connect(), quick()).own_stream(platform.writer.store.clone());
    let projector = builder.start(platform.stop.child_token()).await.expect("it starts");
    let damage = damage_of(&projector).await;
    assert!(damage.contains("chain") && damage.contains("sequence 3"), "{damage}");
    assert!(projector.ready(Duration::from_secs(5)).await.is_err(), "it serves a hole");
}

#[tokio::test]
async fn a_stream_that_lost_what_a_checkpoint_rests_on_is_refused() {
    let mut platform = Platform::new().await;
    let here = tenant("riverside");
    let first = platform.ledger(&Ledger::default()).await;
    let key = platform.writer.key(&here);
    platform.writer.add(&key, 1).await;
    platform.settle(&first).await;
    platform.stop.cancel();
    first.stopped().await;
    // Another log of the same name, made anew.
    platform.stop = tokio_util::sync::CancellationToken::new();
    platform.writer = crate::support::Writer::new(platform.writer.seed.clone());
    for _ in 0..5 {
        let key = platform.writer.key(&here);
        platform.writer.add(&key, 1).await;
    }
    let builder = platform.builder(quick()).projection(Ledger::default());
    let second = builder.start(platform.stop.child_token()).await.expect("it starts");
    let damage = damage_of(&second).await;
    assert!(damage.contains("checkpoint"), "{damage}");
    assert_eq!(platform.totals(&here).await, (1, 1), "rows of another log were made");
}
