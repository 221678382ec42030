//! The live inbox.

use std::time::Duration;

use futures::StreamExt as _;
use kindred_proto::notification as wire;
use kindred_proto::notification::notifications_server::Notifications as _;
use kindred_service_kit::error::{ApiError, ErrorCode};
use kindred_testkit::eventually;

use crate::support::{PATIENCE, Plan, Town, member};

async fn next(
    stream: &mut (impl futures::Stream<Item = Result<wire::WatchInboxResponse, tonic::Status>> + Unpin),
) -> u32 {
    let news = tokio::time::timeout(PATIENCE, stream.next()).await.expect("in time");
    news.expect("open").unwrap().unread
}

#[tokio::test]
async fn a_live_inbox_tells_at_once_and_after_every_change_of_its_own() {
    let town = Town::open().await;
    let watch = |who| town.service.watch_inbox(town.request(who, None, wire::WatchInboxRequest {}));
    let mut ann = watch(member(1)).await.unwrap().into_inner();
    let mut ben = watch(member(2)).await.unwrap().into_inner();
    assert_eq!((next(&mut ann).await, next(&mut ben).await), (0, 0));
    town.reply(1, member(1), member(2), &[]).await;
    eventually("one unread", PATIENCE, async || (next(&mut ann).await == 1).then_some(())).await;
    let item = town.inbox_of(member(1), 1).await.items.remove(0);
    let mark = wire::MarkReadRequest { command_id: town.command().to_string(), item_id: item.item_id };
    town.service.mark_read(town.request(member(1), None, mark)).await.unwrap();
    eventually("none unread", PATIENCE, async || (next(&mut ann).await == 0).then_some(())).await;
    // Nothing of this was Ben's. (The first connection to the database wakes everybody.)
    let quiet = async {
        while let Some(news) = ben.next().await {
            assert_eq!(news.unwrap().unread, 0);
        }
    };
    assert!(tokio::time::timeout(Duration::from_millis(50), quiet).await.is_err(), "the stream ended");
}

#[tokio::test]
async fn a_slow_reader_gets_the_newest_number_and_no_queue() {
    let town = Town::open().await;
    let mut ann =
        town.service.watch_inbox(town.request(member(1), None, wire::WatchInboxRequest {})).await.unwrap().into_inner();
    assert_eq!(next(&mut ann).await, 0);
    for number in 0..40 {
        town.reply(number, member(1), member(2), &[]).await;
    }
    town.inbox_of(member(1), 20).await;
    town.settled().await;
    assert_eq!(next(&mut ann).await, 40);
}

#[tokio::test]
async fn a_lost_connection_to_the_database_is_made_up_for() {
    let town = Town::open().await;
    let mut ann =
        town.service.watch_inbox(town.request(member(1), None, wire::WatchInboxRequest {})).await.unwrap().into_inner();
    assert_eq!(next(&mut ann).await, 0);
    town.database.cut_connections().await.unwrap();
    town.reply(1, member(1), member(2), &[]).await;
    eventually("one unread", PATIENCE, async || (next(&mut ann).await == 1).then_some(())).await;
}

#[tokio::test]
async fn one_stream_too_many_is_turned_away_until_another_ends() {
    let town = Town::open_with(Plan { watchers: 2, ..Plan::default() }).await;
    let watch = || town.service.watch_inbox(town.request(member(1), None, wire::WatchInboxRequest {}));
    let (first, _second) = (watch().await.unwrap(), watch().await.unwrap());
    let refused = ApiError::from(watch().await.map(drop).expect_err("full"));
    assert_eq!((refused.code(), refused.reason()), (ErrorCode::ResourceExhausted, "TOO_MANY_STREAMS"));
    drop(first);
    watch().await.unwrap();
}
