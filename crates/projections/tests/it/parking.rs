//! An event that cannot be applied is parked with what follows it; nothing else waits.

use std::sync::atomic::Ordering;

use kindred_projections::Error;

use crate::support::{Ledger, Platform, subject, tenant};

#[tokio::test]
async fn poison_parks_its_entity_in_order_and_replays_when_cured() {
    let mut platform = Platform::new().await;
    let here = tenant("riverside");
    let ledger = Ledger::default();
    let projector = platform.ledger(&ledger).await;
    let (sick, well) = (platform.writer.key(&here), platform.writer.key(&here));
    platform.writer.add(&sick, 1).await;
    let poisoned = platform.writer.write(&sick, &[("Added", "2".to_owned()), ("Poison", String::new())]).await;
    platform.writer.add(&well, 10).await;
    let behind = platform.writer.add(&sick, 3).await;
    platform.writer.add(&well, 20).await;
    platform.settle(&projector).await;
    assert_eq!(platform.row(&here, &well).await, Some((2, 30)), "the others wait");
    assert_eq!(platform.row(&here, &sick).await, Some((1, 1)), "half a commit or a later one took effect");
    let parked = projector.operations().parked(Some("ledger")).await.expect("a list");
    let seen: Vec<_> = parked.iter().map(|event| (event.sequence, event.event_index, event.error.as_str())).collect();
    assert_eq!(seen, [(poisoned, 1, "it is poison"), (behind, 0, "")]);
    assert_eq!(parked[0].subject, subject(&sick));

    // Not cured: it stays, with all behind it.
    let operations = projector.operations();
    let through = operations.replay("ledger", &subject(&sick), "operator", "try").await.expect("it is tried");
    assert_eq!(through, 0);
    assert_eq!(operations.parked(None).await.expect("a list").len(), 2);

    ledger.cured.store(true, Ordering::SeqCst);
    let through = operations.replay("ledger", &subject(&sick), "operator", "cured").await.expect("it goes through");
    assert_eq!(through, 2);
    assert_eq!(platform.row(&here, &sick).await, Some((4, 1_006)));
    let last = platform.writer.add(&sick, 4).await;
    platform.reached(&projector, "ledger", last).await;
    assert_eq!(platform.row(&here, &sick).await, Some((5, 1_010)), "it flows again");
    let records = "SELECT count(*) FROM kindred.parking_records WHERE action = 'replayed' AND actor = 'operator'";
    assert_eq!(platform.number(records).await, 2);
    let again = operations.replay("ledger", &subject(&sick), "operator", "again").await;
    assert!(matches!(again, Err(Error::Refused(_))));
}

#[tokio::test]
async fn a_row_that_postgres_refuses_is_parked_without_its_words() {
    let mut platform = Platform::new().await;
    let here = tenant("riverside");
    let projector = platform.ledger(&Ledger::default()).await;
    let (sick, well) = (platform.writer.key(&here), platform.writer.key(&here));
    platform.writer.write(&sick, &[("Refused", String::new())]).await;
    platform.writer.add(&well, 1).await;
    platform.settle(&projector).await;
    let parked = projector.operations().parked(None).await.expect("a list");
    assert_eq!(parked.len(), 1);
    assert_eq!(parked[0].error, "postgres refused a row (22P02)");
    assert_eq!(platform.row(&here, &well).await, Some((1, 1)));
}

#[tokio::test]
async fn a_discarded_event_lets_the_later_ones_through() {
    let mut platform = Platform::new().await;
    let here = tenant("riverside");
    let projector = platform.ledger(&Ledger::default()).await;
    let sick = platform.writer.key(&here);
    let poisoned = platform.writer.write(&sick, &[("Poison", String::new())]).await;
    platform.writer.add(&sick, 3).await;
    platform.settle(&projector).await;
    let operations = projector.operations();
    let unknown = operations.discard_parked("ledger", &subject(&sick), 999, "operator", "typo").await;
    assert!(matches!(unknown, Err(Error::Refused(_))));
    operations.discard_parked("ledger", &subject(&sick), poisoned, "operator", "given up").await.expect("it goes");
    assert_eq!(operations.replay("ledger", &subject(&sick), "operator", "rest").await.expect("it goes"), 1);
    assert_eq!(platform.row(&here, &sick).await, Some((1, 3)));
    assert_eq!(operations.parked(None).await.expect("a list"), []);
}

#[tokio::test]
async fn a_rebuild_never_skips() {
    let mut platform = Platform::new().await;
    let here = tenant("riverside");
    let projector = platform.ledger(&Ledger::default()).await;
    let (sick, well) = (platform.writer.key(&here), platform.writer.key(&here));
    platform.writer.write(&sick, &[("Poison", String::new())]).await;
    platform.writer.add(&well, 1).await;
    platform.settle(&projector).await;
    let operations = projector.operations();
    let generation = operations.rebuild("ledger").await.expect("it begins");
    let ended = operations.finished("ledger", generation, std::time::Duration::from_secs(60)).await.expect("it ends");
    assert!(ended.outcome.contains("it is poison"), "{}", ended.outcome);
    assert_ne!(ended.state, "live");
    assert_eq!(platform.row(&here, &well).await, Some((1, 1)), "the live generation is as it was");
}
