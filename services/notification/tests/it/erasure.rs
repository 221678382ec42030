//! An erased person: no inbox, no mail, no trace but an id in what others were told.

use std::sync::Arc;

use futures::future::BoxFuture;
use kindred_eventsourcing::EventStore as _;
use kindred_notification::projections::Inbox;
use kindred_projections::{NoKeys, Person, Projection as _, StepError};
use kindred_service_host::ContextErasure;
use kindred_testkit::eventually;

use crate::support::{PATIENCE, Plan, RIVERSIDE, Town, member};

fn confirmed(_: Person, _: kindred_ids::CommandId) -> BoxFuture<'static, Result<(), StepError>> {
    Box::pin(async { Ok(()) })
}

async fn open() -> Town {
    let wire = |builder: kindred_projections::ProjectorBuilder| {
        builder.erasure(ContextErasure::new("notification", Arc::new(NoKeys), Arc::new(confirmed)))
    };
    Town::open_with(Plan { wire, ..Plan::default() }).await
}

async fn confirmation(town: &Town) {
    eventually("the confirmation", PATIENCE, async || {
        let mut connection = town.database.superuser().await.unwrap();
        let query = "SELECT count(*) FROM kindred.erased_people WHERE confirmed_at IS NOT NULL";
        let count: i64 = sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap();
        (count == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn inbox_and_deliveries_of_an_erased_person_are_gone_and_what_others_were_told_stays() {
    let town = open().await;
    town.reply(1, member(1), member(2), &[]).await;
    town.reply(2, member(2), member(1), &[member(3)]).await;
    town.block(member(1), member(5)).await;
    town.block(member(6), member(1)).await;
    town.settled().await;
    assert_eq!((town.count("inbox_items_v1").await, town.count("notice_blocks_v1").await), (3, 2));
    town.erase(member(1)).await;
    confirmation(&town).await;
    let trace = member(1).as_uuid().to_string();
    assert!(!town.dump("deliveries_v1").await.contains(&trace));
    assert_eq!(town.count("notice_blocks_v1").await, 0);
    assert_eq!(town.count(&format!("inbox_items_v1 WHERE member_id = '{trace}'")).await, 0);
    let ben = town.inbox(member(2)).await;
    assert_eq!((ben.items.len(), ben.items[0].actor_id.clone()), (1, member(1).to_string()));
    // Nothing of theirs is ever due.
    assert_eq!(town.count(&format!("deliveries_v1 WHERE due_at IS NOT NULL AND member_id = '{trace}'")).await, 0);
}

#[tokio::test]
async fn what_happens_after_an_erasure_leaves_no_rows_either_and_a_rebuild_agrees() {
    let town = open().await;
    town.reply(1, member(1), member(2), &[]).await;
    town.settled().await;
    town.erase(member(1)).await;
    confirmation(&town).await;
    town.reply(2, member(1), member(2), &[]).await;
    town.reply(3, member(2), member(3), &[]).await;
    town.inbox_of(member(2), 1).await;
    town.settled().await;
    assert_eq!((town.count("inbox_items_v1").await, town.count("deliveries_v1").await), (1, 1));
    let before = [town.dump("inbox_items_v1").await, town.dump("deliveries_v1").await];
    for name in ["inbox", "deliveries", "notice_blocks"] {
        rebuild(&town, name).await;
    }
    assert_eq!([town.dump("inbox_items_v1").await, town.dump("deliveries_v1").await], before);
}

/// Rebuilds and waits for the flip; a difference would keep the old generation.
async fn rebuild(town: &Town, name: &str) {
    let operations = town.projector.operations();
    let generation = operations.rebuild(name).await.unwrap();
    eventually("the flip", PATIENCE, async || {
        let statuses = operations.list().await.unwrap();
        let live = statuses.iter().find(|status| status.projection == name && status.generation == generation);
        live.filter(|status| status.state == "live").map(|_| ())
    })
    .await;
}

#[tokio::test]
async fn a_rebuild_sends_nothing_and_misses_nothing_while_people_write() {
    let town = Town::open().await;
    for number in 0..30 {
        town.reply(number, member(number + 10), member(1), &[]).await;
    }
    town.settled().await;
    let head = town.store.head().await.unwrap();
    let (inbox, deliveries) = (rebuild(&town, "inbox"), rebuild(&town, "deliveries"));
    let writing = async {
        for number in 30..60 {
            town.reply(number, member(number + 10), member(1), &[]).await;
            assert_eq!(town.inbox(member(10)).await.items.len(), 1, "the inbox was empty for a moment");
        }
    };
    tokio::join!(inbox, deliveries, writing);
    town.settled().await;
    assert_eq!((town.count("inbox_items_v1").await, town.count("deliveries_v1").await), (60, 60));
    assert_eq!(town.store.head().await.unwrap(), 2 * head);
    assert_eq!((Inbox::NAME, RIVERSIDE), ("inbox", "riverside"));
}
