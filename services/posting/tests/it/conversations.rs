//! Conversations: who may talk to whom, what each of the two reads, and that nobody else
//! learns of it.

use kindred_eventsourcing::EventStore as _;
use kindred_ids::ConversationId;
use kindred_posting::application::{CommunityRole, NewMessage};
use kindred_proto::common;
use kindred_proto::posting as wire;
use kindred_proto::posting::conversations_server::Conversations as _;
use kindred_service_kit::error::ApiError;

use crate::support::database::Library;
use crate::support::{Person, Receipt, Town, refusal, refused};

fn texts(messages: &[wire::Message]) -> Vec<&str> {
    messages.iter().map(|message| message.text.as_str()).collect()
}

#[tokio::test]
async fn a_pair_has_one_conversation_whoever_opens_it_and_however_often() {
    let town = Town::new();
    let (ann, ben) = (town.person("riverside", "ann").await, town.person("riverside", "ben").await);
    town.introduce(&ann, &ben);
    let command = town.command();
    let (receipt, id) = town.application.open_conversation(&ann.caller, command, ben.id).await.unwrap();
    assert!(receipt.changed);
    for (by, with) in [(&ann, &ben), (&ben, &ann)] {
        let (receipt, same) = town.open(by, with).await.unwrap();
        assert_eq!((receipt.changed, same), (false, id));
    }
    assert_eq!(town.store.head().await.unwrap(), 1);
    let again = Receipt { replayed: true, ..receipt };
    town.membership.block(ben.id, ann.id);
    for application in [&town.application, &town.restarted()] {
        let replayed = application.open_conversation(&ann.caller, command, ben.id).await.unwrap();
        assert_eq!(replayed, (again.clone(), id), "however late, and whatever became of the two since");
    }
}

#[tokio::test]
async fn only_who_was_introduced_and_can_be_reached_is_talked_to() {
    let town = Town::new();
    let (ann, ben) = (town.person("riverside", "ann").await, town.person("riverside", "ben").await);
    let elsewhere = town.person("lakeside", "eve").await;
    assert_eq!(refused(town.open(&ann, &ann).await), refusal("INVALID_ARGUMENT", "ONESELF"));
    for stranger in [&ben, &elsewhere] {
        assert_eq!(refused(town.open(&ann, stranger).await), refusal("FAILED_PRECONDITION", "NOT_INTRODUCED"));
    }
    town.introduce(&ben, &ann);
    let unreachable = refusal("FAILED_PRECONDITION", "MEMBER_UNREACHABLE");
    for (one, other) in [(&ann, &ben), (&ben, &ann)] {
        town.membership.block(one.id, other.id);
        assert_eq!(refused(town.open(&ann, &ben).await), unreachable);
        town.membership.unblock(one.id, other.id);
    }
    town.membership.refuse(ben.id, "MEMBER_SUSPENDED");
    assert_eq!(refused(town.open(&ann, &ben).await), unreachable);
    assert_eq!(town.store.head().await.unwrap(), 0, "nothing was written");
}

#[tokio::test]
async fn a_block_reads_like_any_other_absence_and_ends_with_it() {
    let town = Town::new();
    let (ann, ben, talk) = town.pair().await;
    let told = async |by: &Person| town.say(by, talk, "words").await.expect_err("refused");
    let head = town.store.head().await.unwrap();
    town.membership.block(ben.id, ann.id);
    let (blocked, blocking) = (told(&ann).await, told(&ben).await);
    town.membership.unblock(ben.id, ann.id);
    town.say(&ann, talk, "words").await.unwrap();
    for reason in ["MEMBER_SUSPENDED", "MEMBER_ERASED"] {
        town.membership.refuse(ben.id, reason);
        let absent = told(&ann).await;
        assert_eq!(absent, blocked, "{reason}");
        assert_eq!(refused(town.say(&ben, talk, "words").await), refusal("PERMISSION_DENIED", reason));
    }
    assert_eq!((blocked.code().as_str(), blocked.reason()), ("FAILED_PRECONDITION", "MEMBER_UNREACHABLE"));
    assert_eq!(blocking, blocked);
    assert_eq!(town.store.head().await.unwrap(), head + 1);
}

#[tokio::test]
async fn for_anybody_but_the_two_there_is_no_such_conversation() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let (ann, ben, talk) = town.pair().await;
    let (receipt, message) = town.say(&ann, talk, "Between us").await.unwrap();
    library.conversation(&ben, Some(&receipt), talk).await.expect("readable");
    let diabetes = town.community("riverside", "diabetes");
    let staff = town.person("riverside", "mia").await;
    town.join(&staff, diabetes, CommunityRole::Manager);
    let elsewhere = town.person("lakeside", "eve").await;
    let unknown = refusal("NOT_FOUND", "CONVERSATION_UNKNOWN");
    let never: ConversationId = message.to_string().parse().unwrap();
    for nobody in [&staff, &elsewhere] {
        assert_eq!(refused(library.conversation(nobody, None, talk).await), unknown);
        assert_eq!(refused(town.say(nobody, talk, "words").await), unknown);
        assert_eq!(refused(town.leave_conversation(nobody, talk).await), unknown);
        assert_eq!(refused(town.take_out(nobody, message).await), refusal("NOT_FOUND", "MESSAGE_UNKNOWN"));
        assert_eq!(library.conversations(nobody, Some(&receipt)).await.unwrap().conversations, []);
    }
    for call in [library.conversation(&ann, None, never).await.map(drop), town.say(&ann, never, "x").await.map(drop)] {
        assert_eq!(refused(call), unknown);
    }
    assert_eq!(refused(town.take_out(&ben, message).await), refusal("PERMISSION_DENIED", "NOT_THE_AUTHOR"));
}

#[tokio::test]
async fn messages_come_page_by_page_the_newest_last() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let (ann, ben, talk) = town.pair().await;
    let mut receipt = None;
    for number in 0..7 {
        // Clocks of two replicas may differ; the log's order holds.
        town.clock.advance_millis(if number % 2 == 0 { -5_000 } else { 5_000 });
        let by = if number % 3 == 0 { &ann } else { &ben };
        receipt = Some(town.say(by, talk, &number.to_string()).await.unwrap().0);
    }
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = Some(common::Page { cursor, size: 3 });
        let message = wire::GetConversationRequest { conversation_id: talk.to_string(), page };
        let answer = library.talks.get_conversation(library.request(&ben, receipt.as_ref(), message)).await.unwrap();
        let answer = answer.into_inner();
        assert_eq!(answer.conversation.unwrap().member_id, ann.id.to_string());
        pages.push(texts(&answer.messages).concat());
        cursor = answer.next_cursor;
        if cursor.is_empty() {
            break;
        }
    }
    assert_eq!(pages, ["456", "123", "0"]);
}

#[tokio::test]
async fn conversations_are_listed_by_their_last_activity_page_by_page() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let ann = town.person("riverside", "ann").await;
    let mut talks = Vec::new();
    for number in 0..5 {
        let other = town.person("riverside", &format!("other-{number}")).await;
        town.introduce(&ann, &other);
        talks.push((town.open(&other, &ann).await.unwrap().1, other));
    }
    town.leave_conversation(&ann, talks[4].0).await.unwrap();
    let (receipt, _) = town.say(&talks[1].1, talks[1].0, "Up again").await.unwrap();
    let (mut listed, mut cursor) = (Vec::new(), String::new());
    loop {
        let message = wire::ListConversationsRequest { page: Some(common::Page { cursor, size: 2 }) };
        let answer = library.talks.list_conversations(library.request(&ann, Some(&receipt), message)).await.unwrap();
        let answer = answer.into_inner();
        listed.extend(answer.conversations);
        cursor = answer.next_cursor;
        if cursor.is_empty() {
            break;
        }
    }
    let with: Vec<&str> = listed.iter().map(|one| one.member_id.as_str()).collect();
    let expected: Vec<String> = [1, 3, 2, 0].map(|number: usize| talks[number].1.id.to_string()).into();
    assert_eq!(with, expected);
    assert_eq!(listed[0].last_message.as_ref().map(|message| message.text.as_str()), Some("Up again"));
    assert_eq!(listed[1].last_message, None);
}

#[tokio::test]
async fn whoever_leaves_sees_nothing_later_and_the_other_is_told_that_they_are_gone() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let (ann, ben, talk) = town.pair().await;
    town.say(&ann, talk, "one").await.unwrap();
    assert!(town.leave_conversation(&ben, talk).await.unwrap().changed);
    assert!(!town.leave_conversation(&ben, talk).await.unwrap().changed);
    assert_eq!(refused(town.say(&ann, talk, "two").await), refusal("FAILED_PRECONDITION", "OTHER_LEFT"));
    assert_eq!(refused(town.say(&ben, talk, "two").await), refusal("FAILED_PRECONDITION", "CONVERSATION_LEFT"));
    let receipt = town.open(&ann, &ben).await.unwrap().0;
    assert!(!receipt.changed, "the one who is here does not bring the other back");
    let read = library.conversation(&ben, Some(&receipt), talk).await.unwrap();
    let about = read.conversation.unwrap();
    assert_eq!((about.left, about.other_left, texts(&read.messages)), (true, false, vec!["one"]));
    assert_eq!(library.conversations(&ben, Some(&receipt)).await.unwrap().conversations, []);
    let seen = library.conversations(&ann, Some(&receipt)).await.unwrap().conversations.remove(0);
    assert_eq!((seen.left, seen.other_left), (false, true));

    let (receipt, same) = town.open(&ben, &ann).await.unwrap();
    assert_eq!((receipt.changed, same), (true, talk));
    let (receipt, _) = town.say(&ann, talk, "three").await.unwrap();
    let read = library.conversation(&ben, Some(&receipt), talk).await.unwrap();
    assert_eq!((read.conversation.unwrap().left, texts(&read.messages)), (false, vec!["one", "three"]));
}

#[tokio::test]
async fn a_message_that_was_taken_out_leaves_no_word() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let (ann, ben, talk) = town.pair().await;
    let (receipt, message) = town.say(&ann, talk, "Regretted-words").await.unwrap();
    assert_eq!(texts(&library.conversation(&ben, Some(&receipt), talk).await.unwrap().messages), ["Regretted-words"]);
    let receipt = town.take_out(&ann, message).await.unwrap();
    assert!(!town.take_out(&ann, message).await.unwrap().changed, "it is already gone");
    for reader in [&ann, &ben] {
        let gone = library.conversation(reader, Some(&receipt), talk).await.unwrap().messages.remove(0);
        assert_eq!((gone.deleted, gone.text.as_str(), gone.author_erased), (true, "", false));
        let last = library.conversations(reader, Some(&receipt)).await.unwrap().conversations.remove(0).last_message;
        assert!(last.is_some_and(|last| last.deleted && last.text.is_empty()));
    }
    assert!(!library.dump().await.contains("Regretted-words"));
}

#[tokio::test]
async fn the_same_message_again_is_written_once_and_other_words_are_refused() {
    let town = Town::new();
    let (ann, ben, talk) = town.pair().await;
    let command = town.command();
    let new = |text: &str| NewMessage::read(command, talk, text).unwrap();
    let (receipt, id) = town.application.write_message(&ann.caller, &new("words")).await.unwrap();
    town.leave_conversation(&ben, talk).await.unwrap();
    let head = town.store.head().await.unwrap();
    for application in [&town.application, &town.restarted()] {
        let again = application.write_message(&ann.caller, &new("words")).await.unwrap();
        assert_eq!(again, (Receipt { replayed: true, ..receipt.clone() }, id));
        let other = application.write_message(&ann.caller, &new("other words")).await;
        assert_eq!(refused(other), refusal("INVALID_ARGUMENT", "COMMAND_ID_REUSED"));
    }
    assert_eq!(town.store.head().await.unwrap(), head);
}

#[tokio::test]
async fn who_may_not_act_neither_reads_nor_writes_and_is_told_why() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let (ann, ben, talk) = town.pair().await;
    let (receipt, message) = town.say(&ann, talk, "words").await.unwrap();
    library.conversation(&ann, Some(&receipt), talk).await.expect("readable");
    let head = town.store.head().await.unwrap();
    for reason in ["TENANT_SUSPENDED", "MEMBER_SUSPENDED", "MEMBER_ERASED"] {
        town.membership.refuse(ann.id, reason);
        let expected = refusal("PERMISSION_DENIED", reason);
        assert_eq!(refused(town.open(&ann, &ben).await), expected);
        assert_eq!(refused(town.say(&ann, talk, "words").await), expected);
        assert_eq!(refused(town.take_out(&ann, message).await), expected);
        assert_eq!(refused(town.leave_conversation(&ann, talk).await), expected);
        assert_eq!(refused(library.conversation(&ann, None, talk).await), expected);
        assert_eq!(refused(library.conversations(&ann, None).await), expected);
    }
    assert_eq!(town.store.head().await.unwrap(), head);
}

#[tokio::test]
async fn no_word_of_a_message_stands_readable_in_the_log_and_without_keys_none_is_written() {
    let town = Town::new();
    let (ann, _, talk) = town.pair().await;
    town.say(&ann, talk, "Message-words").await.unwrap();
    let head = town.store.head().await.unwrap();
    for sequence in 1..=head {
        for record in &town.store.at(sequence).await.unwrap().unwrap().records {
            assert!(!String::from_utf8_lossy(&record.data).contains("-words"), "{} is readable", record.event_type);
        }
    }
    town.keys.forget_member(&ann.tenant, ann.id);
    assert_eq!(refused(town.say(&ann, talk, "words").await), refusal("UNAVAILABLE", "KEYS_UNAVAILABLE"));
    assert_eq!(town.store.head().await.unwrap(), head);
}

#[tokio::test]
async fn every_field_is_read_precisely() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let (ann, ben, talk) = town.pair().await;
    let head = town.store.head().await.unwrap();
    let good = || wire::WriteMessageRequest {
        command_id: town.command().to_string(),
        conversation_id: talk.to_string(),
        text: "words".to_owned(),
    };
    let rows: [(wire::WriteMessageRequest, &str, &str); 6] = [
        (wire::WriteMessageRequest { command_id: String::new(), ..good() }, "command_id", "COMMAND_ID_MISSING"),
        (wire::WriteMessageRequest { conversation_id: String::new(), ..good() }, "conversation_id", "ID_MISSING"),
        (wire::WriteMessageRequest { conversation_id: "{}".into(), ..good() }, "conversation_id", "ID_MALFORMED"),
        (wire::WriteMessageRequest { text: " \r\n".into(), ..good() }, "text", "TEXT_EMPTY"),
        (wire::WriteMessageRequest { text: "a".repeat(5_001), ..good() }, "text", "TEXT_TOO_LONG"),
        (wire::WriteMessageRequest { text: "nul \0".into(), ..good() }, "text", "TEXT_CONTROL_CHARACTER"),
    ];
    for (message, field, reason) in rows {
        let status = library.talks.write_message(library.request(&ann, None, message)).await.expect_err(reason);
        let error = ApiError::from(status);
        assert_eq!((error.code().as_str(), error.field(), error.reason()), ("INVALID_ARGUMENT", Some(field), reason));
    }
    assert_eq!(town.store.head().await.unwrap(), head);
    let longest = wire::WriteMessageRequest { text: "\u{1F600}".repeat(5_000), ..good() };
    let written = library.talks.write_message(library.request(&ann, None, longest)).await.expect("within the limits");
    let command_id = town.command().to_string();
    let delete = wire::DeleteMessageRequest { command_id, message_id: written.into_inner().message_id };
    library.talks.delete_message(library.request(&ann, None, delete)).await.expect("taken out");
    let command_id = town.command().to_string();
    let leave = wire::LeaveConversationRequest { command_id, conversation_id: talk.to_string() };
    library.talks.leave_conversation(library.request(&ben, None, leave)).await.expect("left");
    let command_id = town.command().to_string();
    let open = wire::OpenConversationRequest { command_id, member_id: ann.id.to_string() };
    let opened = library.talks.open_conversation(library.request(&ben, None, open)).await.expect("back again");
    assert_eq!(opened.into_inner().conversation_id, talk.to_string());
}
