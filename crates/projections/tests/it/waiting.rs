//! A caller that brings a position reads its own write; one that cannot is told.

use std::time::{Duration, Instant};

use kindred_projections::{Waited, Waiter};

use crate::support::{Ledger, Platform, tenant};

#[tokio::test]
async fn a_write_is_read_after_a_wait_by_this_and_another_process() {
    let mut platform = Platform::new().await;
    let projector = platform.ledger(&Ledger::default()).await;
    let here = tenant("riverside");
    let elsewhere = Waiter::new(platform.test.connect());
    for amount in 1..=20 {
        let key = platform.writer.key(&here);
        let sequence = platform.writer.add(&key, amount).await;
        let waiter = if amount % 2 == 0 { projector.waiter() } else { elsewhere.clone() };
        let longest = Duration::from_secs(2);
        let waited = waiter.wait("ledger", 1, key.partition(), sequence, longest).await.expect("an answer");
        assert_eq!(waited, Waited::Reached);
        assert_eq!(platform.row(&here, &key).await, Some((1, amount)));
    }
}

#[tokio::test]
async fn a_wait_for_what_never_comes_ends_as_stale_in_time() {
    let mut platform = Platform::new().await;
    let projector = platform.ledger(&Ledger::default()).await;
    let key = platform.writer.key(&tenant("riverside"));
    let begun = Instant::now();
    let longest = Duration::from_millis(200);
    let waited = projector.waiter().wait("ledger", 1, key.partition(), 1_000, longest).await;
    assert_eq!(waited.expect("an answer"), Waited::Stale);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    let unknown = projector.waiter().wait("ledger", 99, key.partition(), 0, longest).await;
    assert_eq!(unknown.expect("an answer"), Waited::Stale, "a version that nobody built is not reached");
}
