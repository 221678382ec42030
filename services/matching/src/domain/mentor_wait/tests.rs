//! The life of a wish as its state sees it.

use super::*;
use crate::domain::samples::{NOW, member, open_proposal, proposed, tenant, wait_began, wait_resumed, wait_stopped};

fn state(events: &[Event]) -> State {
    let mut state = State::default();
    events.iter().for_each(|event| MentorWait::evolve(&mut state, event));
    state
}

#[test]
fn a_proposal_leaves_the_time_since_when_they_wait() {
    let open = state(&[wait_began(NOW), proposed()]);
    assert!(open.is_proposed(open_proposal()));
    let again = state(&[wait_began(NOW), proposed(), wait_resumed()]);
    assert_eq!(again.wait(), Some(&Wait { member: member(1), since: NOW, proposed: None }));
}

#[test]
fn versions_that_the_member_sees_do_not_tell_of_proposals() {
    let silent = state(&[wait_began(NOW), wait_stopped(None)]);
    let refused = state(&[wait_began(NOW), proposed(), wait_resumed(), proposed(), wait_stopped(None)]);
    assert_eq!(silent.version_for_asker(2), refused.version_for_asker(5));
}

#[test]
fn a_wish_stands_where_its_member_does() {
    assert_eq!(mentor_wait_id(&tenant(), member(1)).0.partition(), member(1).0.partition());
}
