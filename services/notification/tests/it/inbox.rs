//! The inbox as its member reads it.

use kindred_eventsourcing::EventStore as _;
use kindred_proto::common::Page;
use kindred_proto::notification as wire;
use kindred_proto::notification::notifications_server::Notifications as _;
use kindred_service_kit::error::{ApiError, ErrorCode};

use crate::support::{Town, community, member, thread};

fn refusal(status: tonic::Status) -> (ErrorCode, String, Option<String>) {
    let error = ApiError::from(status);
    (error.code(), error.reason().to_owned(), error.field().map(str::to_owned))
}

fn mark(item: &wire::InboxItem, town: &Town) -> wire::MarkReadRequest {
    wire::MarkReadRequest { command_id: town.command().to_string(), item_id: item.item_id.clone() }
}

#[tokio::test]
async fn every_kind_of_event_lands_in_the_right_inbox() {
    let town = Town::open().await;
    town.start_thread(1, member(1), &[member(2)]).await;
    town.reply(1, member(1), member(2), &[]).await;
    let asked = town.ask(1, member(1), member(3)).await;
    town.answer(asked, member(1), member(3), "IntroductionAccepted").await;
    town.decide_join(1, member(4), member(9), false).await;
    let conversation = town.write(1, member(5), member(6)).await;
    let ann = town.inbox_of(member(1), 2).await;
    let kinds: Vec<_> = ann.items.iter().map(|item| item.kind()).collect();
    assert_eq!(kinds, [wire::NotificationKind::IntroductionAccepted, wire::NotificationKind::Reply]);
    assert_eq!((ann.unread, ann.stale), (2, false));
    let mention = town.inbox_of(member(2), 1).await.items.remove(0);
    assert_eq!(mention.kind(), wire::NotificationKind::Mention);
    assert_eq!(mention.actor_id, member(1).to_string());
    assert_eq!((mention.thread_id, mention.community_id), (thread(1).to_string(), community().to_string()));
    assert_eq!(town.inbox_of(member(3), 1).await.items[0].kind(), wire::NotificationKind::IntroductionRequested);
    let declined = town.inbox_of(member(4), 1).await.items.remove(0);
    assert_eq!((declined.kind(), declined.declined), (wire::NotificationKind::JoinDecided, true));
    let message = town.inbox_of(member(6), 1).await.items.remove(0);
    assert_eq!((message.kind(), message.actor_id), (wire::NotificationKind::Message, member(5).to_string()));
    assert_eq!((message.subject_id, message.thread_id), (conversation.to_string(), String::new()));
    assert_eq!(town.inbox(member(9)).await.items, []);
}

#[tokio::test]
async fn pages_run_through_the_inbox_once_and_in_order() {
    let town = Town::open().await;
    for number in 0..25 {
        town.reply(number, member(1), member(2), &[]).await;
    }
    town.settled().await;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = Some(Page { cursor, size: 10 });
        let request = town.request(member(1), None, wire::ListInboxRequest { page, unread_only: false });
        let answer = town.service.list_inbox(request).await.unwrap().into_inner();
        assert_eq!(answer.unread, 25);
        seen.extend(answer.items.into_iter().map(|item| (std::cmp::Reverse(item.at), item.item_id)));
        cursor = answer.next_cursor;
        if cursor.is_empty() {
            break;
        }
    }
    assert_eq!(seen.len(), 25);
    assert!(seen.is_sorted_by_key(|(at, _)| *at));
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 25);
}

#[tokio::test]
async fn what_was_marked_is_read_for_whoever_marked_it_at_once() {
    let town = Town::open().await;
    town.reply(1, member(1), member(2), &[]).await;
    town.reply(2, member(1), member(2), &[]).await;
    let item = town.inbox_of(member(1), 2).await.items.remove(0);
    let request = mark(&item, &town);
    let receipt = town
        .service
        .mark_read(town.request(member(1), None, request.clone()))
        .await
        .unwrap()
        .into_inner()
        .receipt
        .unwrap();
    let again =
        town.service.mark_read(town.request(member(1), None, request)).await.unwrap().into_inner().receipt.unwrap();
    assert_eq!((receipt.changed, receipt.replayed, again.replayed), (true, false, true));
    let mut list = town.request(member(1), None, wire::ListInboxRequest { unread_only: true, ..Default::default() });
    list.metadata_mut().insert("kindred-position", receipt.position.parse().unwrap());
    let unread = town.service.list_inbox(list).await.unwrap().into_inner();
    assert_eq!((unread.items.len(), unread.unread, unread.stale), (1, 1, false));
    assert_ne!(unread.items[0].item_id, item.item_id);
    let all = town.inbox(member(1)).await;
    assert_eq!(all.items.iter().filter(|item| item.read).count(), 1);
}

#[tokio::test]
async fn another_members_or_tenants_item_is_not_found_and_stays_as_it_is() {
    let town = Town::open().await;
    town.reply(1, member(1), member(2), &[]).await;
    let item = town.inbox_of(member(1), 1).await.items.remove(0);
    let head = town.store.head().await.unwrap();
    let unknown = || (ErrorCode::NotFound, "INBOX_ITEM_UNKNOWN".to_owned(), Some("item_id".to_owned()));
    let of_another = town.service.mark_read(town.request(member(2), None, mark(&item, &town))).await;
    assert_eq!(refusal(of_another.expect_err("not theirs")), unknown());
    let of_another_tenant =
        town.service.mark_read(town.request_in("lakeside", member(1), None, mark(&item, &town))).await;
    assert_eq!(refusal(of_another_tenant.expect_err("not theirs")), unknown());
    let request = town.request_in("lakeside", member(1), None, wire::ListInboxRequest::default());
    let elsewhere = town.service.list_inbox(request).await.unwrap().into_inner();
    assert_eq!((elsewhere.items.len(), elsewhere.unread), (0, 0));
    assert_eq!((town.store.head().await.unwrap(), town.inbox(member(1)).await.unread), (head, 1));
}

#[tokio::test]
async fn bad_input_is_refused_by_name_and_changes_nothing() {
    let town = Town::open().await;
    town.reply(1, member(1), member(2), &[]).await;
    let item = town.inbox_of(member(1), 1).await.items.remove(0);
    let head = town.store.head().await.unwrap();
    let used = town.command().to_string();
    let marks = [
        ("", item.item_id.as_str(), "command_id", "COMMAND_ID_MISSING"),
        ("seven", item.item_id.as_str(), "command_id", "COMMAND_ID_MALFORMED"),
        (used.as_str(), "", "item_id", "ID_MISSING"),
        (used.as_str(), "00000000000000000000000000000001", "item_id", "ID_MALFORMED"),
    ];
    for (command_id, item_id, field, reason) in marks {
        let message = wire::MarkReadRequest { command_id: command_id.to_owned(), item_id: item_id.to_owned() };
        let refused = town.service.mark_read(town.request(member(1), None, message)).await.expect_err("bad");
        assert_eq!(refusal(refused), (ErrorCode::InvalidArgument, reason.to_owned(), Some(field.to_owned())));
    }
    let pages = [
        (Page { cursor: String::new(), size: 101 }, "page.size", "PAGE_TOO_LARGE"),
        (Page { cursor: "nonsense".to_owned(), size: 0 }, "page.cursor", "CURSOR_MALFORMED"),
    ];
    for (page, field, reason) in pages {
        let message = wire::ListInboxRequest { page: Some(page), unread_only: false };
        let refused = town.service.list_inbox(town.request(member(1), None, message)).await.expect_err("bad");
        assert_eq!(refusal(refused), (ErrorCode::InvalidArgument, reason.to_owned(), Some(field.to_owned())));
    }
    let preferences = [
        (None, "preference", "PREFERENCE_MISSING"),
        (Some(wire::Preference { kind: 99, channel: 1, on: true }), "preference.kind", "KIND_UNKNOWN"),
        (Some(wire::Preference { kind: 1, channel: 0, on: true }), "preference.channel", "CHANNEL_UNKNOWN"),
    ];
    for (preference, field, reason) in preferences {
        let message = wire::SetPreferenceRequest { command_id: used.clone(), preference };
        let refused = town.service.set_preference(town.request(member(1), None, message)).await.expect_err("bad");
        assert_eq!(refusal(refused), (ErrorCode::InvalidArgument, reason.to_owned(), Some(field.to_owned())));
    }
    assert_eq!(town.store.head().await.unwrap(), head);
}

#[tokio::test]
async fn a_used_command_id_with_another_choice_is_refused() {
    let town = Town::open().await;
    let preference = |on| Some(wire::Preference { kind: 1, channel: 2, on });
    let set = |on| wire::SetPreferenceRequest { command_id: COMMAND.to_owned(), preference: preference(on) };
    const COMMAND: &str = "3a7d1f6c2b9e4d508f1a2b3c4d5e6f70";
    town.service.set_preference(town.request(member(1), None, set(false))).await.unwrap();
    let refused = town.service.set_preference(town.request(member(1), None, set(true))).await.expect_err("reused");
    assert_eq!(refusal(refused).1, "COMMAND_ID_REUSED");
    let request = town.request(member(1), None, wire::GetPreferencesRequest {});
    let preferences = town.service.get_preferences(request).await.unwrap().into_inner().preferences;
    assert_eq!(preferences.len(), 16);
    let off: Vec<_> = preferences.iter().filter(|preference| !preference.on).map(|it| (it.kind, it.channel)).collect();
    assert_eq!(off, [(1, 2), (5, 2)]);
}

#[tokio::test]
async fn a_block_that_was_acknowledged_counts_for_the_very_next_event() {
    let town = Town::open().await;
    for number in 0..10 {
        let (began, author) = (member(100 + number), member(200 + number));
        if number % 2 == 0 {
            town.block(began, author).await
        } else {
            town.block(author, began).await
        };
        town.reply(number, began, author, &[]).await;
    }
    town.block(member(1), member(2)).await;
    town.unblock(member(1), member(2)).await;
    town.reply(50, member(1), member(2), &[]).await;
    town.inbox_of(member(1), 1).await;
    town.settled().await;
    assert_eq!(town.count("inbox_items_v1").await, 1);
    assert_eq!(town.count("deliveries_v1 WHERE state = 'cancelled' AND last_code = 'blocked'").await, 10);
}
