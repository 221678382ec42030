//! Events of matching read back; what is cut, newer or foreign is refused.

use std::fmt::Debug;

use super::*;
use crate::domain::samples::{
    LATER, NOW, accepted, checked_in, declined, enrolled, left, member, open_proposal, pairing_accepted,
    pairing_declined, pairing_ended, pairing_lapsed, pairing_proposed, pairing_requested, pairing_withdrawn, places,
    proposed, proposed_part, requested, round_finished, round_started, trained, wait_began, wait_fulfilled,
    wait_resumed, wait_stopped, withdrawn,
};
use crate::domain::{CheckIn, Mentor, MentorWait, Pairing, Round, mentor, round};

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
        pairing_proposed(NOW),
        pairing_lapsed(),
    ]);
    holds::<CheckIn>(vec![checked_in(1)]);
    let open = Some(open_proposal());
    holds::<MentorWait>(vec![
        wait_began(NOW),
        proposed(),
        wait_resumed(),
        wait_stopped(None),
        wait_stopped(open),
        wait_fulfilled(None),
        wait_fulfilled(open),
    ]);
    let by_itself = round::Event::MentorRoundStarted { mode: round::Mode::Cheapest, by: None, at: NOW };
    holds::<Round>(vec![round_started(), by_itself, proposed_part(2, 1, &[1, 3]), round_finished(2, 2)]);
}
