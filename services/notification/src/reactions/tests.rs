//! Exactly one record per event, person and channel, whatever is read again.

use std::sync::Arc;

use kindred_eventsourcing::{EventStore, Executor, MemoryStore, RecordedCommit};
use kindred_ids::{CommandId, EntityId, EntityKey, MemberId, derive_owned_id, derive_root_id};
use kindred_projections::{ReactError, Reaction};
use kindred_proto::common::Sealed;
use kindred_proto::matching as matching_wire;
use kindred_proto::membership as membership_wire;
use kindred_proto::posting as posting_wire;
use kindred_service_kit::clock::SystemClock;

use super::*;
use crate::domain::notice::{Channel, Kind};
use crate::domain::preference::{Preference, SetPreference};
use crate::testing::{BlockSet, BrokenStore, Fault, TENANT, Told, at, commit, community, composer, member, tenant};
use crate::testing::{thread, told};

/// Words that stand in every field of other services that can hold words.
const CANARY: &[u8] = b"hashimoto-canary";

struct World {
    log: MemoryStore,
    blocks: Arc<BlockSet>,
}

impl World {
    fn new() -> Self {
        Self { log: MemoryStore::new("notification"), blocks: Arc::default() }
    }

    /// As a process that has just started: nothing in memory.
    fn application(&self) -> Application<MemoryStore> {
        self.over(self.log.clone())
    }

    fn over<S: EventStore>(&self, store: S) -> Application<S> {
        let keys = composer().keys().clone();
        Application::new(Executor::new(store, 100), SystemClock::shared(), self.blocks.clone(), keys)
    }

    async fn react(&self, commit: &RecordedCommit) -> Result<(), ReactError> {
        let application = self.application();
        match commit.key.category() {
            "introduction" | "pairing" => TellOfIntroductions::new(application).react(commit).await,
            "membership" => TellOfJoins::new(application).react(commit).await,
            "message" => TellOfMessages::new(application).react(commit).await,
            _ => TellOfPosts::new(application).react(commit).await,
        }
    }

    async fn told_after(&self, commits: &[RecordedCommit]) -> Vec<Told> {
        for commit in commits {
            self.react(commit).await.expect("reacts");
        }
        let mut told = told(&self.log).await;
        told.sort();
        told
    }

    async fn set(&self, member: MemberId, kind: Kind, channel: Channel, on: bool, seed: u8) {
        let key = crate::domain::identity::preference_key(&tenant(TENANT), member, kind, channel);
        let command = SetPreference { member, kind, channel, on, at: at(1) };
        let id = CommandId::derived(&[b"set", &[seed]]);
        let actor = kindred_eventsourcing::Actor(member.to_string());
        let context = kindred_eventsourcing::CommandContext::new(id, actor, at(1));
        let executor = Executor::new(self.log.clone(), 1);
        executor.run::<Preference>(&key, &command, &context).await.expect("set");
    }
}

fn key(category: &str, id: impl Into<EntityId>) -> EntityKey {
    EntityKey::new(tenant(TENANT), category, id)
}

fn words() -> Option<Sealed> {
    let bytes = || CANARY.to_vec().into();
    Some(Sealed { key_id: bytes(), nonce: bytes(), ciphertext: bytes(), fingerprint: bytes() })
}

fn texts(members: &[MemberId]) -> Vec<String> {
    members.iter().map(ToString::to_string).collect()
}

fn started(seed: u8, author: u8, mentioned: &[MemberId]) -> RecordedCommit {
    let started = posting_wire::ThreadStarted {
        community_id: community(1).to_string(),
        author_id: member(author).to_string(),
        title: words(),
        text: words(),
        mentioned_ids: texts(mentioned),
        at: 1_000,
        ..Default::default()
    };
    commit(key("thread", thread(1)), seed, "ThreadStarted", &started)
}

/// Member 1 began the thread.
fn posted(seed: u8, author: u8, parent_author: Option<u8>, mentioned: &[MemberId]) -> RecordedCommit {
    let posted = posting_wire::CommentPosted {
        community_id: community(1).to_string(),
        thread_id: thread(1).to_string(),
        thread_author_id: member(1).to_string(),
        parent_id: parent_author.map(|seed| thread(seed + 100).to_string()).unwrap_or_default(),
        parent_author_id: parent_author.map(|seed| member(seed).to_string()).unwrap_or_default(),
        author_id: member(author).to_string(),
        text: words(),
        mentioned_ids: texts(mentioned),
        at: 1_000,
    };
    let command = CommandId::derived(&[&[seed]]);
    let id = derive_owned_id(TENANT, "somebody", command, "comment", 0, community(1).0);
    commit(key("comment", id), seed, "CommentPosted", &posted)
}

fn introduction(seed: u8, event_type: &str) -> RecordedCommit {
    // The first two fields of all four events are the same: from and to.
    let requested = matching_wire::IntroductionRequested {
        from_member_id: member(1).to_string(),
        to_member_id: member(2).to_string(),
        note: if event_type == "IntroductionRequested" { words() } else { None },
        at: 1_000,
    };
    let accepted = matching_wire::IntroductionAccepted {
        from_member_id: member(1).to_string(),
        to_member_id: member(2).to_string(),
        at: 1_000,
    };
    let key = key("introduction", thread(9));
    match event_type {
        "IntroductionRequested" => commit(key, seed, event_type, &requested),
        _ => commit(key, seed, event_type, &accepted),
    }
}

fn pairing(seed: u8, event_type: &str) -> RecordedCommit {
    let (mentee_id, mentor_id, at) = (member(1).to_string(), member(2).to_string(), 1_000);
    let key = key("pairing", thread(9));
    match event_type {
        "PairingRequested" => commit(
            key,
            seed,
            event_type,
            &matching_wire::PairingRequested {
                mentee_id,
                mentor_id,
                note: words(),
                at,
                ..matching_wire::PairingRequested::default()
            },
        ),
        "PairingAccepted" => {
            commit(key, seed, event_type, &matching_wire::PairingAccepted { mentee_id, mentor_id, place: 1, at })
        }
        _ => commit(key, seed, event_type, &matching_wire::PairingDeclined { mentee_id, mentor_id, at }),
    }
}

/// Of member 1 to member 2.
fn message(seed: u8) -> RecordedCommit {
    let written = posting_wire::MessageWritten {
        conversation_id: thread(7).to_string(),
        from_member_id: member(1).to_string(),
        to_member_id: member(2).to_string(),
        text: words(),
        at: 1_000,
    };
    commit(key("message", thread(seed + 40)), seed, "MessageWritten", &written)
}

fn both(member: MemberId, kind: Kind) -> [Told; 2] {
    [Told::Inbox(member, kind), Told::Mail(member, kind)]
}

#[tokio::test]
async fn a_reply_tells_the_authors_of_thread_and_parent_in_inbox_and_mail() {
    let told = World::new().told_after(&[posted(1, 3, Some(2), &[])]).await;
    let mut expected = [both(member(1), Kind::Reply), both(member(2), Kind::Reply)].concat();
    expected.sort();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn read_a_hundred_times_and_from_the_start_an_event_is_told_once() {
    let world = World::new();
    let commits =
        [started(1, 1, &[member(4)]), posted(2, 3, Some(2), &[member(4)]), introduction(3, "IntroductionRequested")];
    let first = world.told_after(&commits).await;
    assert_eq!(first.len(), 2 + 6 + 2);
    let head = world.log.head().await.expect("head");
    for _ in 0..100 {
        assert_eq!(world.told_after(&commits).await, first);
    }
    assert_eq!(world.log.head().await.expect("head"), head);
}

#[tokio::test]
async fn what_was_decided_stands_under_other_preferences_and_blocks() {
    let world = World::new();
    world.set(member(1), Kind::Reply, Channel::Email, false, 1).await;
    let commits = [posted(1, 3, Some(2), &[])];
    let first = world.told_after(&commits).await;
    assert!(first.contains(&Told::MailNot(member(1), "turned_off")), "{first:?}");
    world.set(member(1), Kind::Reply, Channel::Email, true, 2).await;
    world.set(member(2), Kind::Reply, Channel::Inbox, false, 3).await;
    world.blocks.block(member(2), member(3));
    assert_eq!(world.told_after(&commits).await, first);
}

#[tokio::test]
async fn a_crash_between_the_channels_leaves_nothing_out_and_nothing_twice() {
    let world = World::new();
    let event = posted(1, 3, Some(2), &[]);
    for lost in 0..4 {
        let faults = vec![Fault::Passes; lost].into_iter().chain([Fault::Away]);
        let broken = world.over(BrokenStore::new(world.log.clone(), faults));
        let failed = TellOfPosts::new(broken).react(&event).await;
        assert!(lost > 0 || matches!(failed, Err(ReactError::Transient(_))), "{failed:?}");
    }
    let expected = World::new().told_after(std::slice::from_ref(&event)).await;
    assert_eq!(world.told_after(&[event]).await, expected);
}

#[tokio::test]
async fn a_mention_wins_over_a_reply_and_nobody_hears_of_themselves() {
    let told = World::new().told_after(&[posted(1, 3, Some(2), &[member(2), member(3)])]).await;
    let mut expected = [both(member(1), Kind::Reply), both(member(2), Kind::Mention)].concat();
    expected.sort();
    assert_eq!(told, expected);
    assert_eq!(World::new().told_after(&[posted(1, 1, Some(1), &[member(1)])]).await, []);
}

#[tokio::test]
async fn nobody_is_told_of_whom_they_blocked_or_who_blocked_them() {
    for (one, other) in [(1, 3), (3, 1)] {
        let world = World::new();
        world.blocks.block(member(one), member(other));
        let told = world.told_after(&[posted(1, 3, Some(2), &[])]).await;
        let mut expected = both(member(2), Kind::Reply).to_vec();
        let quiet =
            [Told::InboxNot(member(1)), Told::Mail(member(1), Kind::Reply), Told::MailNot(member(1), "blocked")];
        expected.extend(quiet);
        expected.sort();
        assert_eq!(told, expected);
    }
}

#[tokio::test]
async fn edits_deletions_declines_and_withdrawals_are_silent() {
    let edited = posting_wire::CommentEdited { mentioned_ids: texts(&[member(4)]), ..Default::default() };
    let edit = commit(key("comment", thread(2)), 1, "CommentEdited", &edited);
    let retitled = posting_wire::ThreadEdited { mentioned_ids: texts(&[member(4)]), ..Default::default() };
    let commits = [
        edit,
        commit(key("thread", thread(1)), 2, "ThreadEdited", &retitled),
        commit(key("thread", thread(1)), 3, "ThreadDeleted", &posting_wire::ThreadDeleted::default()),
        introduction(4, "IntroductionDeclined"),
        introduction(5, "IntroductionWithdrawn"),
        pairing(6, "PairingDeclined"),
        pairing(7, "PairingWithdrawn"),
        commit(key("message", thread(6)), 6, "MessageDeleted", &posting_wire::MessageDeleted::default()),
    ];
    assert_eq!(World::new().told_after(&commits).await, []);
}

#[tokio::test]
async fn each_side_of_an_introduction_is_told_what_the_other_did() {
    let commits = [introduction(1, "IntroductionRequested"), introduction(2, "IntroductionAccepted")];
    let mut expected =
        [both(member(2), Kind::IntroductionRequested), both(member(1), Kind::IntroductionAccepted)].concat();
    expected.sort();
    assert_eq!(World::new().told_after(&commits).await, expected);
}

#[tokio::test]
async fn a_mentor_is_told_that_they_are_asked_and_the_mentee_of_a_yes() {
    let commits = [pairing(1, "PairingRequested"), pairing(2, "PairingAccepted")];
    let mut expected = [both(member(2), Kind::PairingRequested), both(member(1), Kind::PairingAccepted)].concat();
    expected.sort();
    assert_eq!(World::new().told_after(&commits).await, expected);
}

#[tokio::test]
async fn a_message_is_told_to_the_one_it_is_for_unless_they_are_apart() {
    let mut expected = both(member(2), Kind::Message).to_vec();
    expected.sort();
    assert_eq!(World::new().told_after(&[message(1)]).await, expected);
    let world = World::new();
    world.blocks.block(member(2), member(1));
    let mut expected =
        vec![Told::InboxNot(member(2)), Told::Mail(member(2), Kind::Message), Told::MailNot(member(2), "blocked")];
    expected.sort();
    assert_eq!(world.told_after(&[message(1)]).await, expected);
}

#[tokio::test]
async fn a_decided_join_is_told_to_the_one_who_asked_and_a_refused_one_in_the_inbox_alone() {
    let joined = |admitted_by: String| membership_wire::MemberJoined {
        community_id: community(1).to_string(),
        member_id: member(1).to_string(),
        admitted_by,
        at: 1_000,
    };
    let declined = membership_wire::JoinDeclined {
        community_id: community(1).to_string(),
        member_id: member(2).to_string(),
        declined_by: member(3).to_string(),
        at: 1_000,
    };
    let key = || key("membership", thread(8));
    let commits = [
        commit(key(), 1, "MemberJoined", &joined(String::new())),
        commit(key(), 4, "MemberJoined", &joined("operator:importer".to_owned())),
        commit(key(), 2, "MemberJoined", &joined(member(3).to_string())),
        commit(key(), 3, "JoinDeclined", &declined),
    ];
    let world = World::new();
    world.blocks.block(member(2), member(3));
    let mut expected = vec![
        Told::Inbox(member(1), Kind::JoinDecided),
        Told::Mail(member(1), Kind::JoinDecided),
        Told::MailNot(member(1), "turned_off"),
        Told::Inbox(member(2), Kind::JoinDecided),
    ];
    expected.sort();
    assert_eq!(world.told_after(&commits).await, expected);
}

#[tokio::test]
async fn a_member_of_another_tenant_cannot_be_told() {
    let stranger = MemberId(derive_root_id("lakeside", "anonymous", CommandId::derived(&[b"stranger"]), "member", 0));
    assert_eq!(World::new().told_after(&[started(1, 1, &[stranger])]).await, []);
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_parked_and_a_newer_one_is_left_alone() {
    let world = World::new();
    let mut garbled = posted(1, 3, None, &[]);
    garbled.records[0].data = vec![0xff; 9].into();
    let newer_shape = {
        let mut commit = posted(2, 3, None, &[]);
        commit.records[0].version = 2;
        commit
    };
    for commit in [garbled, newer_shape] {
        assert!(matches!(world.react(&commit).await, Err(ReactError::Poison { event: 0, .. })));
    }
    let unknown = commit(key("thread", thread(1)), 3, "ThreadPinned", &posting_wire::ThreadDeleted::default());
    assert_eq!(world.told_after(&[unknown]).await, []);
}

#[tokio::test]
async fn no_word_of_another_service_reaches_this_log() {
    let world = World::new();
    world
        .told_after(&[
            started(1, 1, &[member(2)]),
            posted(2, 3, None, &[]),
            introduction(3, "IntroductionRequested"),
            message(4),
        ])
        .await;
    let mut reader = world.log.reader(0, None).await.expect("a reader");
    let batch =
        kindred_eventsourcing::LogReader::next(&mut reader, 100, std::time::Duration::ZERO).await.expect("reads");
    assert!(batch.commits.len() >= 6);
    for record in batch.commits.iter().flat_map(|commit| &commit.records) {
        assert!(!record.data.windows(CANARY.len()).any(|window| window == CANARY), "{}", record.event_type);
    }
}
