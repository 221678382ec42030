//! Every event of posting reads back as it was written.

use std::fmt::Debug;

use kindred_eventsourcing::{Contract, DecodeError, Record};

use crate::domain::comment::Answered;
use crate::domain::samples::{LATER, NOW, comment_id, community, home, left, member, opened, route, sealed, thread_id};
use crate::domain::{
    Comment, Conversation, Message, Reaction, ReactionKind, Thread, comment, message, reaction, thread,
};

fn thread_events() -> Vec<thread::Event> {
    vec![
        thread::Event::Started {
            home: home(1),
            title: sealed(1, 1),
            text: sealed(1, 2),
            mentions: vec![member(3), member(4)],
            at: NOW,
        },
        thread::Event::Edited { home: home(1), title: None, text: sealed(1, 2), mentions: vec![], at: LATER },
        thread::Event::Edited {
            home: home(1),
            title: Some(sealed(1, 3)),
            text: sealed(1, 2),
            mentions: vec![],
            at: LATER,
        },
        thread::Event::Deleted { home: home(1), by: member(2), reason: Some(sealed(1, 5)), at: LATER },
        thread::Event::Deleted { home: home(1), by: member(1), reason: None, at: LATER },
    ]
}

fn comment_events() -> Vec<comment::Event> {
    let answered = |parent| Answered { thread_author: member(1), parent };
    let posted = |parent| comment::Event::Posted {
        home: home(2),
        answered: answered(parent),
        text: sealed(2, 3),
        mentions: vec![member(1)],
        at: NOW,
    };
    vec![
        posted(None),
        posted(Some((comment_id(1), member(3)))),
        comment::Event::Edited { home: home(2), text: sealed(2, 4), mentions: vec![], at: LATER },
        comment::Event::Deleted { home: home(2), by: member(5), reason: Some(sealed(2, 5)), at: LATER },
    ]
}

fn reaction_events() -> Vec<reaction::Event> {
    let set = |reaction| reaction::Event::Set {
        community: community(),
        thread: thread_id(1),
        post: comment_id(1).0,
        member: member(2),
        reaction,
        at: NOW,
    };
    let cleared = reaction::Event::Cleared {
        community: community(),
        thread: thread_id(1),
        post: comment_id(1).0,
        member: member(2),
        at: LATER,
    };
    vec![set(ReactionKind::MeToo), set(ReactionKind::Helpful), set(ReactionKind::Hug), cleared]
}

#[track_caller]
fn survives<D: Contract>(events: Vec<D::Event>)
where
    D::Event: Debug + PartialEq,
{
    for event in events {
        let record = D::encode(&event);
        assert_eq!(D::decode(&record), Ok(event));
    }
}

#[test]
fn every_event_reads_back_as_it_was_written() {
    survives::<Thread>(thread_events());
    survives::<Comment>(comment_events());
    survives::<Reaction>(reaction_events());
    survives::<Conversation>(vec![opened(2, NOW), left(1, LATER)]);
    survives::<Message>(vec![
        message::Event::MessageWritten { route: route(1, 2), text: sealed(1, 3), at: NOW },
        message::Event::MessageDeleted { route: route(2, 1), at: LATER },
    ]);
}

#[test]
fn a_newer_version_and_a_foreign_type_are_unknown() {
    let record = Thread::encode(&thread_events().remove(0));
    let newer = Record { version: 2, ..record.clone() };
    assert_eq!(Thread::decode(&newer), Err(DecodeError::unknown(&newer)));
    assert_eq!(Comment::decode(&record), Err(DecodeError::unknown(&record)));
}

#[test]
fn cut_or_changed_bytes_are_malformed_and_never_panic() {
    let record = Comment::encode(&comment_events().remove(1));
    for length in 0..record.data.len() {
        let cut = Record { data: record.data.slice(..length), ..record.clone() };
        // What is cut between two fields reads as a body without the later ones.
        assert!(matches!(Comment::decode(&cut), Err(DecodeError::Malformed { .. }) | Ok(_)), "cut at {length}");
    }
    let empty = Record { data: Default::default(), ..record };
    assert_eq!(Comment::decode(&empty), Err(DecodeError::bytes(&empty)));
}
