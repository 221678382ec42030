//! Nobody without standing writes or reads anything, and each is told precisely why.

use std::sync::atomic::Ordering;

use kindred_posting::application::{CommunityRole, NewThread};

use crate::support::database::Library;
use crate::support::{Town, refusal, refused};

const LACKS: [&str; 6] = [
    "TENANT_SUSPENDED",
    "MEMBER_SUSPENDED",
    "MEMBER_ERASED",
    "MEMBERSHIP_SUSPENDED",
    "MEMBERSHIP_PENDING",
    "NOT_A_MEMBER",
];

#[tokio::test]
async fn every_call_is_refused_for_want_of_standing_and_says_which() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let diabetes = town.community("riverside", "diabetes");
    let ann = town.member(diabetes, "ann").await;
    let (_, thread) = town.start(&ann, diabetes, "Hello there", "First words").await;
    let (receipt, comment) = town.reply(&ann, thread, "And more").await;
    library.thread(&ann, Some(&receipt), thread).await.expect("readable");
    let head = receipt.position.sequence;
    for reason in LACKS {
        town.membership.refuse(ann.id, reason);
        let new = NewThread::read(town.command(), diabetes, "Another one", "words").unwrap();
        let expected = refusal("PERMISSION_DENIED", reason);
        assert_eq!(refused(town.application.start_thread(&ann.caller, &new).await), expected);
        assert_eq!(refused(town.try_reply(&ann, thread, "words").await), expected);
        for post in [thread.0, comment] {
            assert_eq!(refused(town.edit(&ann, post, "other words").await), expected);
            assert_eq!(refused(town.delete(&ann, post, "").await), expected);
            assert_eq!(refused(town.react(&ann, post, None).await), expected);
            assert_eq!(refused(library.history(&ann, None, post).await), expected);
        }
        assert_eq!(refused(library.thread(&ann, None, thread).await), expected);
        assert_eq!(refused(library.threads(&ann, None, diabetes).await), expected);
        assert_eq!(library.posts_by(&ann, None, ann.id).await.expect("an empty list"), []);
    }
    use kindred_eventsourcing::EventStore as _;
    assert_eq!(town.store.head().await.unwrap(), head, "a refused command wrote something");
}

#[tokio::test]
async fn a_suspension_works_at_once_also_where_the_post_is_known() {
    let town = Town::new();
    let diabetes = town.community("riverside", "diabetes");
    let ann = town.member(diabetes, "ann").await;
    let (_, thread) = town.start(&ann, diabetes, "Hello there", "First words").await;
    town.reply(&ann, thread, "Known by now").await;
    town.leave(&ann, diabetes);
    assert_eq!(refused(town.try_reply(&ann, thread, "words").await), refusal("PERMISSION_DENIED", "NOT_A_MEMBER"));
}

#[tokio::test]
async fn each_call_asks_for_standing_once_and_for_handles_only_if_there_are_any() {
    let town = Town::new();
    let diabetes = town.community("riverside", "diabetes");
    let ann = town.member(diabetes, "ann").await;
    let (_, thread) = town.start(&ann, diabetes, "Hello there", "First words").await;
    assert_eq!(town.membership.asked_for_standing.swap(0, Ordering::SeqCst), 1);
    assert_eq!(town.membership.asked_for_handles.load(Ordering::SeqCst), 0);
    let (_, comment) = town.reply(&ann, thread, "Hi @ann and @nobody").await;
    town.edit(&ann, comment, "Hi").await.unwrap();
    town.react(&ann, comment, None).await.unwrap();
    town.delete(&ann, comment, "").await.unwrap();
    assert_eq!(town.membership.asked_for_standing.load(Ordering::SeqCst), 4);
    assert_eq!(town.membership.asked_for_handles.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn another_tenants_ids_are_not_found() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let diabetes = town.community("riverside", "diabetes");
    let ann = town.member(diabetes, "ann").await;
    let (_, thread) = town.start(&ann, diabetes, "Hello there", "First words").await;
    let (receipt, comment) = town.reply(&ann, thread, "And more").await;
    library.thread(&ann, Some(&receipt), thread).await.expect("readable");
    let eve = town.person("lakeside", "eve").await;
    let lakeside = town.community("lakeside", "heart");
    town.join(&eve, lakeside, CommunityRole::Manager);
    let new = NewThread::read(town.command(), diabetes, "Hello there", "words").unwrap();
    let unknown = |what: &str| refusal("NOT_FOUND", what);
    assert_eq!(refused(town.application.start_thread(&eve.caller, &new).await), unknown("COMMUNITY_UNKNOWN"));
    assert_eq!(refused(town.try_reply(&eve, thread, "words").await), unknown("THREAD_UNKNOWN"));
    for post in [thread.0, comment] {
        assert_eq!(refused(town.edit(&eve, post, "words").await), unknown("POST_UNKNOWN"));
        assert_eq!(refused(town.delete(&eve, post, "because").await), unknown("POST_UNKNOWN"));
        assert_eq!(refused(town.react(&eve, post, None).await), unknown("POST_UNKNOWN"));
        assert_eq!(refused(library.history(&eve, None, post).await), unknown("POST_UNKNOWN"));
    }
    assert_eq!(refused(library.thread(&eve, None, thread).await), unknown("THREAD_UNKNOWN"));
    assert_eq!(refused(library.threads(&eve, None, diabetes).await), unknown("COMMUNITY_UNKNOWN"));
    assert_eq!(library.posts_by(&eve, None, ann.id).await.expect("an empty list"), []);
}
