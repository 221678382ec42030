//! Events of introductions read back; what is cut, newer or foreign is refused.

use super::*;
use crate::domain::samples::{NOW, accepted, declined, member, requested, withdrawn};

fn events() -> Vec<Event> {
    let silent = Event::IntroductionRequested { from: member(1), to: member(2), note: None, at: NOW };
    vec![requested(NOW), silent, accepted(), declined(), withdrawn()]
}

#[test]
fn every_event_reads_back_as_it_was_written() {
    for event in events() {
        assert_eq!(Introduction::decode(&Introduction::encode(&event)), Ok(event));
    }
}

#[test]
fn a_newer_version_and_a_foreign_type_are_unknown() {
    let record = Introduction::encode(&requested(NOW));
    for other in
        [Record { version: 2, ..record.clone() }, Record { event_type: "ThreadStarted".to_owned(), ..record.clone() }]
    {
        assert_eq!(Introduction::decode(&other), Err(DecodeError::unknown(&other)));
    }
}

#[test]
fn cut_bytes_are_malformed_and_never_panic() {
    let record = Introduction::encode(&requested(NOW));
    for length in 0..record.data.len() {
        let cut = Record { data: record.data.slice(..length), ..record.clone() };
        // What is cut between two fields reads as a body without the later ones.
        assert!(matches!(Introduction::decode(&cut), Err(DecodeError::Malformed { .. }) | Ok(_)), "cut at {length}");
    }
    let empty = Record { data: Default::default(), ..record };
    assert_eq!(Introduction::decode(&empty), Err(DecodeError::bytes(&empty)));
}
