//! The life of a pairing as its state sees it.

use super::*;
use crate::domain::samples::{
    NOW, member, pairing_declined, pairing_lapsed, pairing_proposed, pairing_requested, pairing_withdrawn, tenant,
};

fn state(events: &[Event]) -> State {
    let mut state = State::default();
    events.iter().for_each(|event| Pairing::evolve(&mut state, event));
    state
}

#[test]
fn versions_that_the_mentee_sees_do_not_tell_of_a_decline() {
    let silent = state(&[pairing_requested(NOW), pairing_withdrawn()]);
    let refused = state(&[pairing_requested(NOW), pairing_declined(), pairing_withdrawn()]);
    assert_eq!(silent.version_for_asker(2), refused.version_for_asker(3));
    let proposed = state(&[pairing_proposed(NOW), pairing_lapsed(), pairing_requested(NOW), pairing_withdrawn()]);
    assert_eq!(silent.version_for_asker(2), proposed.version_for_asker(4));
}

#[test]
fn each_direction_of_a_pair_has_a_pairing_of_its_own_with_the_mentee() {
    let there = pairing_id(&tenant(), member(1), member(2));
    let back = pairing_id(&tenant(), member(2), member(1));
    assert_ne!(there, back);
    assert_eq!(there.0.partition(), member(1).0.partition());
}

#[test]
fn every_place_of_every_mentor_has_a_name_of_its_own() {
    let key = |mentor, place| place_key(&tenant(), member(mentor), place);
    assert_eq!(key(1, 1), key(1, 1));
    assert_ne!(key(1, 1), key(1, 2));
    assert_ne!(key(1, 1), key(2, 1));
}
