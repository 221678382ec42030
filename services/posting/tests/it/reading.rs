//! What members read: their own writes, pages, counts, versions, and the same after a rebuild.

use std::time::Duration;

use kindred_posting::application::CommunityRole;
use kindred_posting::domain::ReactionKind;
use kindred_proto::common;
use kindred_proto::posting as wire;
use kindred_proto::posting::threads_server::Threads as _;
use kindred_service_kit::error::ApiError;

use crate::support::database::Library;
use crate::support::{Town, refusal, refused};

#[tokio::test]
async fn a_thread_reads_as_it_was_written() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let diabetes = town.community("riverside", "diabetes");
    let (ann, ben) = (town.member(diabetes, "ann").await, town.member(diabetes, "ben").await);
    let (_, thread) = town.start(&ann, diabetes, "Hello there", "Ask me, @ben").await;
    let (_, first) = town.reply(&ben, thread, "One").await;
    town.reply(&ann, thread, "Two").await;
    town.react(&ann, first, Some(ReactionKind::Hug)).await.unwrap();
    town.react(&ben, first, Some(ReactionKind::Hug)).await.unwrap();
    town.react(&ben, first, Some(ReactionKind::MeToo)).await.unwrap();
    let receipt = town.react(&ben, thread.0, Some(ReactionKind::Helpful)).await.unwrap();
    let read = library.thread(&ben, Some(&receipt), thread).await.unwrap();
    assert!(!read.stale);
    let post = read.thread.unwrap();
    assert_eq!((read.title.as_str(), read.reply_count, read.next_cursor.as_str()), ("Hello there", 2, ""));
    assert_eq!(post.text, format!("Ask me, @{{{}}}", ben.id));
    assert_eq!(post.your_reaction(), wire::Reaction::Helpful);
    assert_eq!((post.author_id, post.mentioned_ids), (ann.id.to_string(), vec![ben.id.to_string()]));
    let texts: Vec<&str> = read.replies.iter().map(|reply| reply.text.as_str()).collect();
    assert_eq!(texts, ["One", "Two"]);
    let counts: Vec<(wire::Reaction, u32)> =
        read.replies[0].reactions.iter().map(|count| (count.reaction(), count.count)).collect();
    assert_eq!(counts, [(wire::Reaction::MeToo, 1), (wire::Reaction::Hug, 1)]);
    assert_eq!(read.replies[0].your_reaction(), wire::Reaction::MeToo);
    assert_eq!(read.replies[1].reactions, []);
}

#[tokio::test]
async fn threads_are_listed_by_their_last_activity_page_by_page() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let (diabetes, heart) = (town.community("riverside", "diabetes"), town.community("riverside", "heart"));
    let ann = town.member(diabetes, "ann").await;
    town.join(&ann, heart, CommunityRole::Member);
    let mut threads = Vec::new();
    for number in 0..5 {
        threads.push(town.start(&ann, diabetes, &format!("Thread {number}"), "words").await.1);
    }
    town.start(&ann, heart, "Elsewhere", "words").await;
    town.delete(&ann, threads[4].0, "").await.unwrap();
    let (receipt, _) = town.reply(&ann, threads[1], "Up again").await;
    let (mut titles, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = Some(common::Page { cursor: cursor.clone(), size: 2 });
        let message = wire::ListThreadsRequest { community_id: diabetes.to_string(), page };
        let answer = library.service.list_threads(library.request(&ann, Some(&receipt), message)).await.unwrap();
        let answer = answer.into_inner();
        titles.extend(answer.threads.into_iter().map(|thread| (thread.title, thread.replies)));
        (cursor, pages) = (answer.next_cursor, pages + 1);
        if cursor.is_empty() {
            break;
        }
    }
    let listed: Vec<(&str, u32)> = titles.iter().map(|(title, replies)| (title.as_str(), *replies)).collect();
    assert_eq!(listed, [("Thread 1", 1), ("Thread 3", 0), ("Thread 2", 0), ("Thread 0", 0)]);
    assert_eq!(pages, 2);
}

#[tokio::test]
async fn replies_come_page_by_page_in_the_order_of_the_log() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let diabetes = town.community("riverside", "diabetes");
    let ann = town.member(diabetes, "ann").await;
    let (_, thread) = town.start(&ann, diabetes, "Hello there", "words").await;
    let mut receipt = None;
    for number in 0..7 {
        // Clocks of two replicas may differ; the log's order holds.
        town.clock.advance_millis(if number % 2 == 0 { -5_000 } else { 5_000 });
        receipt = Some(town.reply(&ann, thread, &format!("{number}")).await.0);
    }
    let (mut texts, mut cursor) = (String::new(), String::new());
    loop {
        let page = Some(common::Page { cursor: cursor.clone(), size: 3 });
        let message = wire::GetThreadRequest { thread_id: thread.to_string(), page };
        let answer = library.service.get_thread(library.request(&ann, receipt.as_ref(), message)).await.unwrap();
        let answer = answer.into_inner();
        assert_eq!(answer.reply_count, 7);
        texts.extend(answer.replies.into_iter().map(|reply| reply.text));
        cursor = answer.next_cursor;
        if cursor.is_empty() {
            break;
        }
    }
    assert_eq!(texts, "0123456");
}

#[tokio::test]
async fn an_edited_post_keeps_every_version_and_a_deleted_one_no_word() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let diabetes = town.community("riverside", "diabetes");
    let (ann, mia) = (town.member(diabetes, "ann").await, town.member(diabetes, "mia").await);
    town.join(&mia, diabetes, CommunityRole::Moderator);
    let (_, thread) = town.start(&ann, diabetes, "Hello there", "words").await;
    let (receipt, comment) = town.reply(&ann, thread, "one").await;
    let texts = |versions: Vec<wire::PostVersion>| -> Vec<String> {
        versions.into_iter().map(|version| version.text).collect()
    };
    assert_eq!(texts(library.history(&ann, Some(&receipt), comment).await.unwrap()), ["one"]);
    town.edit(&ann, comment, "two").await.unwrap();
    let receipt = town.edit(&ann, comment, "three").await.unwrap();
    assert_eq!(texts(library.history(&mia, Some(&receipt), comment).await.unwrap()), ["one", "two", "three"]);
    let read = library.thread(&mia, Some(&receipt), thread).await.unwrap();
    assert!(read.replies[0].edited_at > read.replies[0].written_at);
    let receipt = town.delete(&mia, comment, "off topic").await.unwrap();
    assert_eq!(texts(library.history(&ann, Some(&receipt), comment).await.unwrap()), Vec::<String>::new());
    for (viewer, reason) in [(&ann, "off topic"), (&mia, "off topic")] {
        let read = library.thread(viewer, Some(&receipt), thread).await.unwrap();
        let gone = &read.replies[0];
        assert_eq!((gone.deleted, gone.text.as_str(), gone.removal_reason.as_str()), (true, "", reason));
        assert_eq!(read.reply_count, 0);
    }
    let ben = town.member(diabetes, "ben").await;
    let read = library.thread(&ben, Some(&receipt), thread).await.unwrap();
    assert_eq!(read.replies[0].removal_reason, "", "between its author and the moderators");
    let dump = library.dump().await;
    for word in ["one", "two", "three"] {
        assert!(!dump.contains(word), "`{word}` is still in the read model");
    }
}

#[tokio::test]
async fn a_thread_that_was_taken_out_shows_neither_words_nor_replies() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let diabetes = town.community("riverside", "diabetes");
    let (ann, ben) = (town.member(diabetes, "ann").await, town.member(diabetes, "ben").await);
    let (_, thread) = town.start(&ann, diabetes, "Hello there", "words").await;
    town.reply(&ben, thread, "one").await;
    let receipt = town.delete(&ann, thread.0, "").await.unwrap();
    let read = library.thread(&ben, Some(&receipt), thread).await.unwrap();
    let post = read.thread.unwrap();
    assert_eq!((post.deleted, read.title.as_str(), post.text.as_str()), (true, "", ""));
    assert_eq!(read.replies, []);
    assert_eq!(library.threads(&ben, Some(&receipt), diabetes).await.unwrap().threads, []);
    assert_eq!(library.posts_by(&ben, Some(&receipt), ben.id).await.unwrap(), []);
}

#[tokio::test]
async fn a_members_posts_are_shown_where_the_viewer_belongs_too() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let (diabetes, heart) = (town.community("riverside", "diabetes"), town.community("riverside", "heart"));
    let (ann, ben) = (town.member(diabetes, "ann").await, town.member(diabetes, "ben").await);
    town.join(&ann, heart, CommunityRole::Member);
    town.start(&ann, heart, "Not for Ben", "words").await;
    let (_, thread) = town.start(&ben, diabetes, "For all", "words").await;
    let (receipt, _) = town.reply(&ann, thread, "Hello Ben").await;
    let posts = library.posts_by(&ben, Some(&receipt), ann.id).await.unwrap();
    let read: Vec<(&str, &str)> = posts.iter().map(|post| (post.thread_title.as_str(), post.text.as_str())).collect();
    assert_eq!(read, [("For all", "Hello Ben")]);
    assert_eq!(library.posts_by(&ann, Some(&receipt), ann.id).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_read_that_cannot_be_fresh_says_so() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let diabetes = town.community("riverside", "diabetes");
    let ann = town.member(diabetes, "ann").await;
    let (receipt, thread) = town.start(&ann, diabetes, "Hello there", "words").await;
    library.thread(&ann, Some(&receipt), thread).await.unwrap();
    let mut future = receipt.clone();
    future.position.sequence += 1_000;
    assert!(library.thread(&ann, Some(&future), thread).await.unwrap().stale);
    assert!(library.threads(&ann, Some(&future), diabetes).await.unwrap().stale);
    let history = library.history(&ann, Some(&future), thread.0).await;
    assert_eq!(refused(history), refusal("STALE", "READ_MODEL_BEHIND"));
}

#[tokio::test]
async fn a_cursor_of_one_thread_is_refused_in_another() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let diabetes = town.community("riverside", "diabetes");
    let ann = town.member(diabetes, "ann").await;
    let (_, here) = town.start(&ann, diabetes, "Hello there", "words").await;
    let (_, there) = town.start(&ann, diabetes, "Hello again", "words").await;
    town.reply(&ann, here, "one").await;
    let (receipt, _) = town.reply(&ann, here, "two").await;
    let read = |thread: kindred_ids::ThreadId, cursor: String| {
        let page = Some(common::Page { cursor, size: 1 });
        library.request(&ann, Some(&receipt), wire::GetThreadRequest { thread_id: thread.to_string(), page })
    };
    let first = library.service.get_thread(read(here, String::new())).await.unwrap().into_inner();
    let error = library.service.get_thread(read(there, first.next_cursor)).await.expect_err("another list");
    assert_eq!(ApiError::from(error).reason(), "CURSOR_OF_ANOTHER_LIST");
}

#[tokio::test]
async fn a_rebuilt_read_model_equals_the_one_that_grew() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let diabetes = town.community("riverside", "diabetes");
    let (ann, ben) = (town.member(diabetes, "ann").await, town.member(diabetes, "ben").await);
    let mut last = None;
    town.introduce(&ann, &ben);
    let (_, talk) = town.open(&ben, &ann).await.unwrap();
    for number in 0..10 {
        let (_, said) = town.say(&ann, talk, "said").await.unwrap();
        town.say(&ben, talk, "answered").await.unwrap();
        town.take_out(&ann, said).await.unwrap();
        town.leave_conversation(&ben, talk).await.unwrap();
        let (receipt, _) = town.open(&ben, &ann).await.unwrap();
        library.conversation(&ben, Some(&receipt), talk).await.unwrap();
        let (_, thread) = town.start(&ann, diabetes, &format!("Thread {number}"), "words").await;
        let (_, kept) = town.reply(&ben, thread, "kept").await;
        let (_, gone) = town.reply(&ben, thread, "gone").await;
        town.edit(&ben, kept, "changed").await.unwrap();
        town.edit(&ann, thread.0, "changed").await.unwrap();
        town.react(&ann, kept, Some(ReactionKind::Hug)).await.unwrap();
        town.react(&ann, kept, None).await.unwrap();
        town.react(&ben, kept, Some(ReactionKind::Helpful)).await.unwrap();
        let receipt = town.delete(&ben, gone, "").await.unwrap();
        // Each round is read at once, so that the live generation grows in small batches.
        library.thread(&ann, Some(&receipt), thread).await.unwrap();
        last = Some((receipt, thread));
    }
    let before = library.dump().await;
    for projection in ["thread", "thread_list", "conversations"] {
        let verify = library.operations().verify(projection).await.unwrap();
        let verified = library.operations().finished(projection, verify, Duration::from_secs(60)).await.unwrap();
        assert_eq!(
            (verified.outcome.as_str(), verified.error.as_str()),
            ("equal to the live generation", ""),
            "{projection}"
        );
        let rebuild = library.operations().rebuild(projection).await.unwrap();
        let rebuilt = library.operations().finished(projection, rebuild, Duration::from_secs(60)).await.unwrap();
        assert_eq!(rebuilt.state, "live", "{projection}: {rebuilt:?}");
    }
    assert_eq!(library.dump().await, before);
    let (receipt, thread) = last.unwrap();
    assert!(!library.thread(&ann, Some(&receipt), thread).await.unwrap().stale);
}
