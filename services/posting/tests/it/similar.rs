//! What was asked before: by words, by meaning, and never what somebody may not see.

use std::sync::Arc;
use std::time::Duration;

use kindred_ids::CommunityId;
use kindred_posting::application::{CommunityRole, Meanings};
use kindred_posting::projections::Sentences;
use kindred_proto::posting as wire;
use kindred_testkit::eventually;

use crate::support::database::Library;
use crate::support::model::{encoder, of};
use crate::support::{Person, Receipt, Town};

fn asked(community: CommunityId, title: &str, text: &str) -> wire::FindSimilarRequest {
    wire::FindSimilarRequest {
        community_id: community.to_string(),
        title: title.to_owned(),
        text: text.to_owned(),
        limit: 0,
    }
}

/// Titles of what was found.
async fn found(library: &Library, by: &Person, after: &Receipt, question: wire::FindSimilarRequest) -> Vec<String> {
    let threads = library.similar(by, Some(after), question).await.unwrap();
    threads.into_iter().map(|thread| thread.title).collect()
}

/// Vectors come beside the rest: waits until as many are there.
pub async fn meant(library: &Library, count: usize) {
    eventually("vectors", Duration::from_secs(60), async || {
        if !library.has_vectors().await {
            return None;
        }
        let rows = library.dump_of(&["question_vectors"]).await;
        (rows.lines().filter(|line| line.starts_with('(')).count() == count).then_some(())
    })
    .await;
}

#[tokio::test]
async fn threads_that_share_rare_words_come_first() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let thyroid = town.community("riverside", "thyroid");
    let (ann, ben) = (town.member(thyroid, "ann").await, town.member(thyroid, "ben").await);
    town.start(&ann, thyroid, "Levothyroxine and coffee", "How long do you wait after the tablets?").await;
    town.start(&ann, thyroid, "Coffee in the afternoon", "Which coffee do you like?").await;
    town.start(&ann, thyroid, "A walk", "Nothing about drinks.").await;
    let (receipt, _) = town.start(&ann, thyroid, "Coffee again", "More about coffee and the afternoon.").await;

    let question = asked(thyroid, "Taking levothyroxine tablets", "Can I drink coffee?");
    assert_eq!(found(&library, &ben, &receipt, question).await[0], "Levothyroxine and coffee");
    // Words count in the form in which they are looked for, and common ones alone do not.
    assert_eq!(found(&library, &ben, &receipt, asked(thyroid, "walking", "")).await, ["A walk"]);
    let nothing = asked(thyroid, "What about the zebra and how to do it", "");
    assert!(found(&library, &ben, &receipt, nothing).await.is_empty());
    let one_of_many = asked(thyroid, "zebra giraffe lion coffee", "");
    assert!(found(&library, &ben, &receipt, one_of_many).await.is_empty(), "one shared word of four tells little");
}

#[tokio::test]
async fn what_was_answered_comes_before_what_was_only_asked() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let thyroid = town.community("riverside", "thyroid");
    let (ann, ben) = (town.member(thyroid, "ann").await, town.member(thyroid, "ben").await);
    let mut threads = Vec::new();
    for number in 0..4 {
        threads.push(town.start(&ann, thyroid, "Tired at work", &format!("Text {number}")).await.1);
    }
    for answered in [threads[3], threads[1]] {
        town.reply(&ben, answered, "Rest.").await;
    }
    let (receipt, _) = town.reply(&ben, threads[1], "Rest more.").await;
    let question = wire::FindSimilarRequest { limit: 2, ..asked(thyroid, "tired at work", "") };
    let found = library.similar(&ben, Some(&receipt), question).await.unwrap();
    let ids: std::collections::BTreeSet<_> = found.iter().map(|thread| thread.thread_id.clone()).collect();
    assert_eq!(ids, [threads[1], threads[3]].map(|thread| thread.to_string()).into());
    assert!(found.iter().all(|thread| thread.replies > 0));
}

#[tokio::test]
async fn the_same_meaning_is_found_without_a_shared_word() {
    let town = Town::new();
    let library = Library::open_with_model(&town, encoder()).await;
    let thyroid = town.community("riverside", "thyroid");
    let (ann, ben) = (town.member(thyroid, "ann").await, town.member(thyroid, "ben").await);
    town.start(&ann, thyroid, "soup in winter", "walk walk walk").await;
    let (receipt, _) = town.start(&ann, thyroid, "a dose", "pain").await;
    meant(&library, 4).await;
    // To this model, which knows letters, two nonsense words of the same ones are near; to
    // the search by words they are strangers.
    town.start(&ann, thyroid, "abcabc abc", "winter letter").await;
    meant(&library, 6).await;
    let question = || asked(thyroid, "bcabca", "");
    let by_words = Library::open(&town).await;
    assert!(found(&by_words, &ben, &receipt, question()).await.is_empty());
    assert_eq!(found(&library, &ben, &receipt, question()).await, ["abcabc abc"]);
}

#[tokio::test]
async fn nobody_finds_what_they_may_not_read() {
    let town = Town::new();
    let library = Library::open_with_model(&town, encoder()).await;
    let (thyroid, other) = (town.community("riverside", "thyroid"), town.community("riverside", "other"));
    let lake = town.community("lakeside", "thyroid");
    let (ann, ben) = (town.member(thyroid, "ann").await, town.member(thyroid, "ben").await);
    let (elsewhere, stranger) = (town.member(other, "cleo").await, town.person("lakeside", "dora").await);
    town.join(&stranger, lake, CommunityRole::Member);
    town.start(&ann, thyroid, "Tired at work", "Sleep and pain").await;
    town.start(&elsewhere, other, "Tired at work elsewhere", "Sleep and pain").await;
    let (receipt, _) = town.start(&stranger, lake, "Tired at work by the lake", "Sleep and pain").await;
    meant(&library, 6).await;
    let question = |community| asked(community, "tired at work", "sleep");
    assert_eq!(found(&library, &ben, &receipt, question(thyroid)).await, ["Tired at work"]);
    assert_eq!(found(&library, &stranger, &receipt, question(lake)).await, ["Tired at work by the lake"]);
    for (by, community, reason) in [
        (&elsewhere, thyroid, "NOT_A_MEMBER"),
        (&stranger, thyroid, "COMMUNITY_UNKNOWN"),
        (&ben, lake, "COMMUNITY_UNKNOWN"),
    ] {
        let refused = library.similar(by, None, question(community)).await.unwrap_err();
        assert_eq!(refused.reason(), reason);
    }
    // Somebody apart does not show, whoever of the two wanted it so.
    town.membership.block(ann.id, ben.id);
    assert!(found(&library, &ben, &receipt, question(thyroid)).await.is_empty());
    town.membership.unblock(ann.id, ben.id);
    town.membership.block(ben.id, ann.id);
    assert!(found(&library, &ben, &receipt, question(thyroid)).await.is_empty());
}

#[tokio::test]
async fn what_was_changed_is_found_by_what_it_says_now() {
    let town = Town::new();
    let (library, with_model) = (Library::open(&town).await, Library::open_with_model(&town, encoder()).await);
    let thyroid = town.community("riverside", "thyroid");
    let (ann, ben) = (town.member(thyroid, "ann").await, town.member(thyroid, "ben").await);
    let (_, thread) = town.start(&ann, thyroid, "A question", "Levothyroxine").await;
    meant(&with_model, 2).await;
    let before = with_model.dump_of(&["question_vectors"]).await;
    let receipt = town.edit(&ann, thread.0, "Insurance letters").await.unwrap();
    assert!(found(&library, &ben, &receipt, asked(thyroid, "levothyroxine", "")).await.is_empty());
    assert_eq!(found(&library, &ben, &receipt, asked(thyroid, "insurance", "")).await, ["A question"]);
    eventually("another vector of the text", Duration::from_secs(60), async || {
        (with_model.dump_of(&["question_vectors"]).await != before).then_some(())
    })
    .await;
    meant(&with_model, 2).await;
    let receipt = town.delete(&ann, thread.0, "").await.unwrap();
    assert!(found(&library, &ben, &receipt, asked(thyroid, "insurance", "")).await.is_empty());
    meant(&with_model, 0).await;
    assert_eq!(library.dump_of(&["question_words"]).await, "question_words\n\n");
}

#[tokio::test]
async fn vectors_of_another_model_do_not_count_and_a_rebuild_makes_them_anew() {
    let town = Town::new();
    let thyroid = town.community("riverside", "thyroid");
    let (ann, ben) = (town.member(thyroid, "ann").await, town.member(thyroid, "ben").await);
    let (receipt, _) = town.start(&ann, thyroid, "abcabc", "tired").await;
    let library = Library::open_with_model(&town, encoder()).await;
    meant(&library, 2).await;
    let before = library.dump_of(&["question_vectors"]).await;
    let rebuild = library.operations().rebuild("sentences").await.unwrap();
    let rebuilt = library.operations().finished("sentences", rebuild, Duration::from_secs(60)).await.unwrap();
    assert_eq!(rebuilt.state, "live", "{rebuilt:?}");
    assert_eq!(library.dump_of(&["question_vectors"]).await, before);
    // The rows say by which model they were made; another one's questions pass them by.
    assert!(before.contains(&encoder().version().number().to_string()));
    assert_ne!(encoder().version(), of(8).version());
    assert_eq!(found(&library, &ben, &receipt, asked(thyroid, "bcabca", "")).await, ["abcabc"]);
    let meanings = Meanings::by(Arc::new(of(8)), 1);
    let others = Library::open_over(&town, meanings, |builder| builder.projection(Sentences::new(encoder()))).await;
    meant(&others, 2).await;
    assert!(found(&others, &ben, &receipt, asked(thyroid, "bcabca", "")).await.is_empty());
}

#[tokio::test]
async fn a_question_that_does_not_hold_names_its_field() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let thyroid = town.community("riverside", "thyroid");
    let ann = town.member(thyroid, "ann").await;
    let fine = asked(thyroid, "tired", "");
    for (question, field, reason) in [
        (wire::FindSimilarRequest { title: String::new(), ..fine.clone() }, "title", "TEXT_EMPTY"),
        (wire::FindSimilarRequest { title: "a".repeat(161), ..fine.clone() }, "title", "TEXT_TOO_LONG"),
        (wire::FindSimilarRequest { text: "a".repeat(20_001), ..fine.clone() }, "text", "TEXT_TOO_LONG"),
        (wire::FindSimilarRequest { limit: 11, ..fine.clone() }, "limit", "PAGE_TOO_LARGE"),
        (wire::FindSimilarRequest { community_id: "x".to_owned(), ..fine.clone() }, "community_id", "ID_MALFORMED"),
    ] {
        let refused = library.similar(&ann, None, question).await.unwrap_err();
        assert_eq!((refused.field(), refused.reason()), (Some(field), reason));
    }
    assert!(library.similar(&ann, None, fine).await.unwrap().is_empty());
}
