//! After an erasure a former member reads as one, without a word.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kindred_eventsourcing::{
    Actor, ChainHash, CommitMeta, EventStore as _, MemoryStore, NewCommit, Record, RequestHash, Timestamp, Write,
};
use kindred_ids::EntityKey;
use kindred_posting::application::{CommunityRole, Meanings};
use kindred_posting::domain::ReactionKind;
use kindred_posting::projections::Sentences;
use kindred_service_host::{Confirm, ContextErasure};
use kindred_testkit::eventually;
use kindred_vault::Keeper as _;

use crate::support::database::Library;
use crate::support::model::encoder;
use crate::support::{Person, Town};

/// As a row shows whose it is.
fn uuid_of(person: &Person) -> String {
    person.id.as_uuid().to_string()
}

/// Membership's log says that the person is gone.
async fn erase(town: &Town, membership: &MemoryStore, person: &Person) {
    let at = Timestamp::from_millis(1);
    town.vault.destroy(&person.tenant, person.id, at).await.unwrap();
    let command_id = town.command();
    let meta = CommitMeta {
        command_id,
        version: 1,
        previous: ChainHash::START,
        actor: Actor(person.id.to_string()),
        causation: None,
        correlation: command_id.as_uuid(),
        request_hash: RequestHash([0; 16]),
        at,
        trace: None,
    };
    let record = Record { event_type: "MemberErased".to_owned(), version: 1, data: Default::default() };
    let key = EntityKey::new(person.tenant.clone(), "member", person.id);
    let write = Write { key, expected: 0, commit: NewCommit { meta, records: vec![record] } };
    membership.append(vec![write]).await.unwrap();
}

#[tokio::test]
async fn an_erased_author_reads_as_a_former_member_without_a_word() {
    let town = Town::new();
    let membership = MemoryStore::new("membership");
    let confirmed = Arc::new(AtomicBool::new(false));
    let confirm: Confirm = {
        let confirmed = confirmed.clone();
        Arc::new(move |_, _| {
            confirmed.store(true, Ordering::SeqCst);
            Box::pin(async { Ok(()) })
        })
    };
    let erasure = ContextErasure::new("posting", town.keys.clone(), confirm);
    let library = Library::open_over(&town, Meanings::by(encoder(), 1), |builder| {
        builder.stream(membership.clone()).erasure(erasure).projection(Sentences::new(encoder()))
    })
    .await;
    let diabetes = town.community("riverside", "diabetes");
    let (ann, ben) = (town.member(diabetes, "ann").await, town.member(diabetes, "ben").await);
    let mia = town.member(diabetes, "mia").await;
    town.join(&mia, diabetes, CommunityRole::Moderator);
    town.start(&ben, diabetes, "Bens-title", "Bens-text").await;
    let (_, thread) = town.start(&ann, diabetes, "Anns-title", "Anns-text").await;
    let (_, comment) = town.reply(&ann, thread, "Anns-reply").await;
    let (_, moderated) = town.reply(&ann, thread, "Anns-other").await;
    town.edit(&ann, comment, "Anns-edit").await.unwrap();
    town.reply(&ben, thread, "Bens-reply to @ann").await;
    town.delete(&mia, moderated, "Anns-reason").await.unwrap();
    town.introduce(&ann, &ben);
    let (_, talk) = town.open(&ann, &ben).await.unwrap();
    let (_, taken_out) = town.say(&ann, talk, "Anns-other-message").await.unwrap();
    town.take_out(&ann, taken_out).await.unwrap();
    town.say(&ann, talk, "Anns-message").await.unwrap();
    let (said, _) = town.say(&ben, talk, "Bens-message").await.unwrap();
    assert_eq!(library.conversation(&ben, Some(&said), talk).await.unwrap().messages[1].text, "Anns-message");
    let receipt = town.react(&ann, comment, Some(ReactionKind::Hug)).await.unwrap();
    assert!(library.thread(&ben, Some(&receipt), thread).await.unwrap().replies[0].text.contains("Anns-edit"));
    library.threads(&ben, Some(&receipt), diabetes).await.unwrap();
    assert!(library.dump().await.contains("Anns-"));
    let of_ann = async || library.dump_of(&["question_words", "question_vectors"]).await.contains(&uuid_of(&ann));
    eventually("words and vectors", Duration::from_secs(60), async || of_ann().await.then_some(())).await;
    let alike = async || library.compare(&ben, &[diabetes], &[&ann]).await.unwrap().contains_key(&ann.id);
    eventually("what both wrote to be compared", Duration::from_secs(60), async || alike().await.then_some(())).await;

    erase(&town, &membership, &ann).await;
    eventually("the redaction of every row", Duration::from_secs(30), async || {
        (!library.dump().await.contains("Anns-")).then_some(())
    })
    .await;
    let read = library.thread(&ben, None, thread).await.unwrap();
    let post = read.thread.unwrap();
    assert_eq!((post.author_erased, post.text.as_str(), read.title.as_str()), (true, "", ""));
    assert_eq!(post.author_id, ann.id.to_string(), "who it was stays an id without a name");
    assert_eq!(read.reply_count, 2);
    assert_eq!(read.replies[2].text, format!("Bens-reply to @{{{}}}", ann.id));
    let history = library.history(&ben, None, comment).await.unwrap();
    assert!(history.iter().all(|version| version.text.is_empty()) && history.len() == 2);
    assert_eq!(library.posts_by(&ben, None, ann.id).await.unwrap(), []);
    assert!(!alike().await, "nothing is compared with what somebody erased wrote");
    eventually("redacted vectors", Duration::from_secs(30), async || (!of_ann().await).then_some(())).await;
    assert_eq!(library.threads(&ben, None, diabetes).await.unwrap().threads[0].title, "");

    let messages = library.conversation(&ben, None, talk).await.unwrap().messages;
    let read: Vec<_> = messages.iter().map(|one| (one.author_erased, one.text.as_str())).collect();
    assert_eq!(read, [(true, ""), (true, ""), (false, "Bens-message")]);
    assert_eq!(library.conversations(&ben, None).await.unwrap().conversations[0].member_id, ann.id.to_string());

    // What comes later is redacted as it comes, and a rebuild brings nothing back.
    town.delete(&mia, comment, "Anns-second-reason").await.unwrap();
    let (receipt, _) = town.reply(&ben, thread, "Later").await;
    library.thread(&ben, Some(&receipt), thread).await.unwrap();
    let before = library.dump().await;
    for projection in ["thread", "thread_list", "conversations", "questions", "sentences"] {
        let rebuild = library.operations().rebuild(projection).await.unwrap();
        let rebuilt = library.operations().finished(projection, rebuild, Duration::from_secs(60)).await.unwrap();
        assert_eq!(rebuilt.state, "live", "{projection}: {rebuilt:?}");
    }
    assert_eq!(library.dump().await, before);
    assert!(!of_ann().await, "a rebuild brings no vector back");
    assert!(!before.contains("Anns-"));
    assert!(!confirmed.load(Ordering::SeqCst), "confirmed while a key may still be in a cache");
}
