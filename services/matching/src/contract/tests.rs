//! Events of matching read back; what is cut, newer or foreign is refused.

use std::fmt::Debug;

use super::*;
use crate::domain::samples::{
    LATER, NOW, accepted, checked_in, declined, enrolled, left, member, pairing_accepted, pairing_declined,
    pairing_ended, pairing_requested, pairing_withdrawn, places, requested, trained, withdrawn,
};
use crate::domain::{CheckIn, Mentor, Pairing, mentor};

fn introductions() -> Vec<Event> {
    let silent = Event::IntroductionRequested { from: member(1), to: member(2), note: None, at: NOW };
    vec![requested(NOW), silent, accepted(), declined(), withdrawn()]
}

fn mentors() -> Vec<mentor::Event> {
    let (member, at) = (member(2), LATER);
    let changed = mentor::Event::MentorCapacityChanged { member, capacity: places(20), at };
    let (paused, resumed) = (mentor::Event::MentorPaused { member, at }, mentor::Event::MentorResumed { member, at });
    vec![enrolled(3), trained(), changed, paused, resumed, left()]
}

fn holds<D: Contract>(events: Vec<D::Event>)
where
    D::Event: Debug + PartialEq,
{
    for event in events {
        let record = D::encode(&event);
        assert_eq!(D::decode(&record), Ok(event));
        for length in 0..record.data.len() {
            let cut = Record { data: record.data.slice(..length), ..record.clone() };
            // What is cut between two fields reads as a body without the later ones.
            assert!(matches!(D::decode(&cut), Err(DecodeError::Malformed { .. }) | Ok(_)), "cut at {length}");
        }
        let empty = Record { data: Default::default(), ..record.clone() };
        assert_eq!(D::decode(&empty), Err(DecodeError::bytes(&empty)));
        for other in [
            Record { version: 2, ..record.clone() },
            Record { event_type: "ThreadStarted".to_owned(), ..record.clone() },
        ] {
            assert_eq!(D::decode(&other), Err(DecodeError::unknown(&other)));
        }
    }
}

#[test]
fn every_event_reads_back_and_what_is_cut_newer_or_foreign_does_not() {
    holds::<Introduction>(introductions());
    holds::<Mentor>(mentors());
    holds::<Pairing>(vec![
        pairing_requested(NOW),
        pairing_accepted(3),
        pairing_declined(),
        pairing_withdrawn(),
        pairing_ended(),
    ]);
    holds::<CheckIn>(vec![checked_in(1)]);
}
