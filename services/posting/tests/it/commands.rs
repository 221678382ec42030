//! Commands: what they write, what a second send gives, what the rules refuse.

use kindred_eventsourcing::{Contract as _, EventStore as _};
use kindred_ids::{CommandId, CommentId};
use kindred_posting::application::{Change, CommunityRole, NewReply, NewThread, Removal};
use kindred_posting::domain::comment::Event;
use kindred_posting::domain::{Comment, ReactionKind};
use kindred_service_kit::error::ApiError;

use crate::support::{Receipt, Town, refusal, refused};

#[tokio::test]
async fn the_same_command_again_returns_the_first_receipt_however_late() {
    let town = Town::new();
    let diabetes = town.community("riverside", "diabetes");
    let (ann, ben) = (town.member(diabetes, "ann").await, town.member(diabetes, "ben").await);
    let start = NewThread::read(town.command(), diabetes, "Hello there", "With @ben").unwrap();
    let (started, thread) = town.application.start_thread(&ann.caller, &start).await.unwrap();
    let reply = NewReply::read(town.command(), thread, None, "Answer for @ann").unwrap();
    let (replied, comment) = town.application.reply(&ben.caller, &reply).await.unwrap();
    let edit = Change::read(town.command(), comment.0, "Better", "").unwrap();
    let edited = town.application.edit_post(&ben.caller, &edit).await.unwrap();
    let reaction = town.command();
    let react = || town.application.react(&ann.caller, reaction, comment.0, Some(ReactionKind::Hug));
    let reacted = react().await.unwrap();
    let delete = Removal::read(town.command(), thread.0, "").unwrap();
    let deleted = town.application.delete_post(&ann.caller, &delete).await.unwrap();
    town.delete(&ben, comment.0, "").await.unwrap();

    let again = |receipt: &Receipt| Receipt { replayed: true, ..receipt.clone() };
    let head = town.store.head().await.unwrap();
    for application in [&town.application, &town.restarted()] {
        assert_eq!(application.start_thread(&ann.caller, &start).await.unwrap(), (again(&started), thread));
        assert_eq!(application.reply(&ben.caller, &reply).await.unwrap(), (again(&replied), comment));
        assert_eq!(application.edit_post(&ben.caller, &edit).await.unwrap(), again(&edited));
        let reacted_again = application.react(&ann.caller, reaction, comment.0, Some(ReactionKind::Hug)).await;
        assert_eq!(reacted_again.unwrap(), again(&reacted));
        assert_eq!(application.delete_post(&ann.caller, &delete).await.unwrap(), again(&deleted));
    }
    assert_eq!(town.store.head().await.unwrap(), head);
}

#[tokio::test]
async fn a_used_id_with_other_content_is_refused() {
    let town = Town::new();
    let diabetes = town.community("riverside", "diabetes");
    let ann = town.member(diabetes, "ann").await;
    let id = town.command();
    let start = |title: &str, text: &str| NewThread::read(id, diabetes, title, text).unwrap();
    let reused = refusal("INVALID_ARGUMENT", "COMMAND_ID_REUSED");
    let (_, thread) = town.application.start_thread(&ann.caller, &start("Hello there", "words")).await.unwrap();
    for other in [start("Hello there", "other words"), start("Other title", "words")] {
        assert_eq!(refused(town.application.start_thread(&ann.caller, &other).await), reused);
    }
    let reply = |id: CommandId, text: &str| NewReply::read(id, thread, None, text).unwrap();
    let id = town.command();
    town.application.reply(&ann.caller, &reply(id, "words")).await.unwrap();
    assert_eq!(refused(town.application.reply(&ann.caller, &reply(id, "other words")).await), reused);
}

#[tokio::test]
async fn the_same_id_of_two_people_makes_two_threads() {
    let town = Town::new();
    let diabetes = town.community("riverside", "diabetes");
    let (ann, ben) = (town.member(diabetes, "ann").await, town.member(diabetes, "ben").await);
    let new = NewThread::read(town.command(), diabetes, "Hello there", "words").unwrap();
    let (_, first) = town.application.start_thread(&ann.caller, &new).await.unwrap();
    let (receipt, second) = town.application.start_thread(&ben.caller, &new).await.unwrap();
    assert_ne!(first, second);
    assert!(!receipt.replayed);
}

#[tokio::test]
async fn only_its_author_changes_a_post() {
    let town = Town::new();
    let diabetes = town.community("riverside", "diabetes");
    let (ann, ben) = (town.member(diabetes, "ann").await, town.member(diabetes, "ben").await);
    town.join(&ben, diabetes, CommunityRole::Moderator);
    let (_, thread) = town.start(&ann, diabetes, "Hello there", "words").await;
    let (_, comment) = town.reply(&ann, thread, "words").await;
    for post in [thread.0, comment] {
        assert_eq!(refused(town.edit(&ben, post, "mine").await), refusal("PERMISSION_DENIED", "NOT_THE_AUTHOR"));
        assert!(!town.edit(&ann, post, "words").await.unwrap().changed, "the same words are no change");
        assert!(town.edit(&ann, post, "other words").await.unwrap().changed);
    }
    let titled = Change::read(town.command(), comment, "words", "A title").unwrap();
    let result = town.application.edit_post(&ann.caller, &titled).await;
    assert_eq!(refused(result), refusal("INVALID_ARGUMENT", "TITLE_NOT_FOR_REPLIES"));
}

#[tokio::test]
async fn an_author_takes_out_their_own_and_a_moderator_anybodys_with_a_reason() {
    let town = Town::new();
    let diabetes = town.community("riverside", "diabetes");
    let (ann, ben) = (town.member(diabetes, "ann").await, town.member(diabetes, "ben").await);
    let mia = town.member(diabetes, "mia").await;
    town.join(&mia, diabetes, CommunityRole::Moderator);
    let (_, thread) = town.start(&ann, diabetes, "Hello there", "words").await;
    let (_, first) = town.reply(&ben, thread, "one").await;
    let (_, second) = town.reply(&ben, thread, "two").await;
    for reason in ["", "because"] {
        assert_eq!(refused(town.delete(&ann, first, reason).await), refusal("PERMISSION_DENIED", "NOT_THE_AUTHOR"));
    }
    assert_eq!(refused(town.delete(&mia, first, "").await), refusal("INVALID_ARGUMENT", "REASON_MISSING"));
    assert!(town.delete(&mia, first, "off topic").await.unwrap().changed);
    assert!(!town.delete(&mia, first, "again").await.unwrap().changed, "it is already gone");
    assert!(town.delete(&ben, second, "").await.unwrap().changed);
    for post in [first, second] {
        assert_eq!(refused(town.edit(&ben, post, "back").await), refusal("FAILED_PRECONDITION", "POST_DELETED"));
        let reaction = town.react(&ann, post, Some(ReactionKind::Hug)).await;
        assert_eq!(refused(reaction), refusal("FAILED_PRECONDITION", "POST_DELETED"));
    }
    town.delete(&ann, thread.0, "").await.unwrap();
    assert_eq!(refused(town.try_reply(&ben, thread, "late").await), refusal("FAILED_PRECONDITION", "THREAD_DELETED"));
}

#[tokio::test]
async fn a_reply_answers_a_reply_of_its_own_thread() {
    let town = Town::new();
    let diabetes = town.community("riverside", "diabetes");
    let (ann, ben) = (town.member(diabetes, "ann").await, town.member(diabetes, "ben").await);
    let (_, here) = town.start(&ann, diabetes, "Hello there", "words").await;
    let (_, elsewhere) = town.start(&ann, diabetes, "Hello again", "words").await;
    let (_, comment) = town.reply(&ben, here, "one").await;
    let new = NewReply::read(town.command(), here, Some(CommentId(comment)), "to you").unwrap();
    let (receipt, _) = town.application.reply(&ann.caller, &new).await.unwrap();
    let commit = town.store.at(receipt.position.sequence).await.unwrap().unwrap();
    let Event::Posted { answered, .. } = Comment::decode(&commit.records[0]).unwrap() else {
        panic!("not a posted comment")
    };
    assert_eq!((answered.thread_author, answered.parent), (ann.id, Some((CommentId(comment), ben.id))));
    let new = NewReply::read(town.command(), elsewhere, Some(CommentId(comment)), "to you").unwrap();
    let result = town.application.reply(&ann.caller, &new).await;
    assert_eq!(refused(result), refusal("NOT_FOUND", "PARENT_UNKNOWN"));
    // A thread's id is no comment's, and the other way round.
    let new = NewReply::read(town.command(), here, Some(CommentId(here.0)), "to you").unwrap();
    let result = town.application.reply(&ann.caller, &new).await;
    assert_eq!(refused(result), refusal("NOT_FOUND", "PARENT_UNKNOWN"));
    let result = town.try_reply(&ann, kindred_ids::ThreadId(comment), "words").await;
    assert_eq!(refused(result), refusal("NOT_FOUND", "THREAD_UNKNOWN"));
}

#[tokio::test]
async fn a_mention_is_kept_as_a_reference_and_never_as_a_handle() {
    let town = Town::new();
    let diabetes = town.community("riverside", "diabetes");
    let (ann, ben) = (town.member(diabetes, "ann").await, town.member(diabetes, "ben").await);
    let (_, thread) = town.start(&ann, diabetes, "Hello there", "words").await;
    let (receipt, comment) = town.reply(&ann, thread, "Thanks @Ben, and @nobody").await;
    let store = &town.store;
    let mentioned = async |receipt: Receipt| {
        let commit = store.at(receipt.position.sequence).await.unwrap().unwrap();
        match Comment::decode(&commit.records[0]).unwrap() {
            Event::Posted { mentions, .. } | Event::Edited { mentions, .. } => mentions,
            Event::Deleted { .. } => panic!("deleted"),
        }
    };
    assert_eq!(mentioned(receipt).await, [ben.id]);
    // What was read is sent back changed: the reference still mentions.
    let receipt = town.edit(&ann, comment, &format!("Thanks @{{{}}}!", ben.id)).await.unwrap();
    assert_eq!(mentioned(receipt).await, [ben.id]);
    let receipt = town.edit(&ann, comment, &format!("Thanks @{{{}}}!", ann.id)).await.unwrap();
    assert_eq!(mentioned(receipt).await, [], "nobody types a reference");
}

#[tokio::test]
async fn no_word_stands_readable_in_the_log() {
    let town = Town::new();
    let diabetes = town.community("riverside", "diabetes");
    let (ann, mia) = (town.member(diabetes, "ann").await, town.member(diabetes, "mia").await);
    town.join(&mia, diabetes, CommunityRole::Moderator);
    let (_, thread) = town.start(&ann, diabetes, "Title-words", "Text-words for @mia").await;
    let (_, comment) = town.reply(&ann, thread, "Reply-words").await;
    town.edit(&ann, comment, "Edit-words").await.unwrap();
    town.delete(&mia, comment, "Reason-words").await.unwrap();
    for sequence in 1..=town.store.head().await.unwrap() {
        let commit = town.store.at(sequence).await.unwrap().unwrap();
        for record in &commit.records {
            let bytes = String::from_utf8_lossy(&record.data);
            assert!(!bytes.contains("-words") && !bytes.contains("@mia"), "{} is readable", record.event_type);
        }
    }
}

#[tokio::test]
async fn without_keys_nothing_is_written() {
    let town = Town::new();
    let diabetes = town.community("riverside", "diabetes");
    let ann = town.member(diabetes, "ann").await;
    let (_, thread) = town.start(&ann, diabetes, "Hello there", "words").await;
    town.keys.forget_member(&ann.tenant, ann.id);
    let result: Result<_, ApiError> = town.try_reply(&ann, thread, "words").await;
    assert_eq!(refused(result), refusal("UNAVAILABLE", "KEYS_UNAVAILABLE"));
    assert_eq!(town.store.head().await.unwrap(), 1);
}
