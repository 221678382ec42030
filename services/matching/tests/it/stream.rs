//! The index over a real stream: sealed profiles in JetStream, people found.

use std::sync::Arc;
use std::time::Duration;

use kindred_eventsourcing::EventStore as _;
use kindred_ids::TenantSlug;
use kindred_matching::index::Index;
use kindred_matching::index::feed::Feed;
use kindred_proto::membership::{ProfileFieldKind, Visibility};
use kindred_testkit::TestStreams;
use kindred_vault::{CacheSettings, CachedKeys, MemoryVault};
use tokio_util::sync::CancellationToken;

use crate::support::log::Facts;

#[tokio::test]
async fn people_are_found_over_a_real_stream_before_and_after_its_tail() {
    let streams = TestStreams::create(&["membership"]).await.unwrap();
    let (store, vault) = (streams.store("membership").await.unwrap(), MemoryVault::new());
    let keys = Arc::new(CachedKeys::try_new(vault.clone(), CacheSettings::default()).unwrap());
    let facts = Facts::new(store.clone(), vault);
    let tenant: TenantSlug = "riverside".parse().unwrap();
    let mut people = Vec::new();
    for number in 0..30 {
        let member = facts.member(&tenant).await;
        let value = if number % 2 == 0 { "walking" } else { "chess" };
        let fields = [(ProfileFieldKind::Interest, value.to_owned(), String::new(), Visibility::Matched)];
        facts.write(facts.profile(&tenant, member, &fields).await).await;
        facts.write(facts.consent(&tenant, member, true)).await;
        people.push(member);
    }
    let (index, stop) = (Index::new(11), CancellationToken::new());
    let feeding = tokio::spawn(Feed::new(index.clone(), store.clone(), keys).run(|_| {}, stop.clone()));
    let bound = Duration::from_secs(20);
    assert!(index.reached(store.head().await.unwrap(), bound).await);
    assert_eq!(index.find(&tenant, people[0], 50).matches.len(), 14);
    let written = facts.write(facts.consent(&tenant, people[2], false)).await;
    assert!(index.reached(written, bound).await);
    let found = index.find(&tenant, people[0], 50);
    assert!(found.position >= written && found.matches.len() == 13);
    assert!(found.matches.iter().all(|found| found.member != people[2]));
    stop.cancel();
    feeding.await.unwrap().unwrap();
}
