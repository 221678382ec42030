//! The life of an introduction as its state sees it.

use super::*;
use crate::domain::samples::{NOW, declined, member, requested, tenant, withdrawn};

fn state(events: &[Event]) -> State {
    let mut state = State::default();
    events.iter().for_each(|event| Introduction::evolve(&mut state, event));
    state
}

#[test]
fn versions_that_the_asker_sees_do_not_tell_of_a_decline() {
    let silent = state(&[requested(NOW), withdrawn()]);
    let refused = state(&[requested(NOW), declined(), withdrawn()]);
    assert_eq!(silent.version_for_asker(1), refused.version_for_asker(1));
    assert_eq!(silent.version_for_asker(2), refused.version_for_asker(3));
}

#[test]
fn each_direction_of_a_pair_has_an_introduction_of_its_own_with_the_asker() {
    let there = introduction_id(&tenant(), member(1), member(2));
    let back = introduction_id(&tenant(), member(2), member(1));
    assert_ne!(there, back);
    assert_eq!(there.0.partition(), member(1).0.partition());
    assert_eq!(back.0.partition(), member(2).0.partition());
}
