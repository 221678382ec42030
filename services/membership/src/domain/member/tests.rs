//! The life of a member as its state sees it.

use kindred_eventsourcing::testing::given;
use kindred_eventsourcing::{Fingerprint, ReservationChange};
use uuid::Uuid;

use super::*;

const KEY: KeyId = KeyId(Uuid::from_u128(7));
const NOW: Timestamp = Timestamp::from_millis(10);

fn sealed(seed: u8) -> Sealed {
    Sealed::from_parts(KEY, [0; 12], vec![seed], Fingerprint([seed; 16]))
}

fn register() -> Register {
    let name = |kind, seed| ReservationKey { kind, digest: [seed; 16] };
    Register {
        email: sealed(1),
        handle: sealed(2),
        name: None,
        email_key: name(EMAIL, 1),
        handle_key: name(HANDLE, 2),
        roles: vec![],
        key: KEY,
        at: NOW,
    }
}

fn registered() -> Vec<Event> {
    Member::decide(&State::default(), &register().into()).expect("accepted").events
}

fn erased() -> Vec<Event> {
    [registered(), vec![Event::MemberErased { key: KEY, at: NOW }]].concat()
}

#[test]
fn registering_claims_address_and_pseudonym() {
    let decision = Member::decide(&State::default(), &register().into()).expect("accepted");
    let kinds: Vec<_> = decision
        .reservations
        .iter()
        .map(|change| match change {
            ReservationChange::Claim { key, taken } => (key.kind, *taken),
            ReservationChange::Release { .. } => panic!("nothing is released"),
        })
        .collect();
    assert_eq!(kinds, [(EMAIL, Refusal::EmailTaken), (HANDLE, Refusal::HandleTaken)]);
}

#[test]
fn the_same_profile_again_writes_nothing() {
    let field = Field { kind: FieldKind::Condition, visibility: Visibility::Matched, content: sealed(3) };
    let replace = ReplaceProfile { fields: vec![field], at: NOW };
    let events = given::<Member>(registered())
        .when(replace.clone())
        .then([Event::ProfileReplaced { fields: replace.fields.clone(), at: NOW }]);
    given::<Member>([registered(), events.events].concat()).when(replace).then_nothing();
}

#[test]
fn erasing_frees_both_names_and_nothing_can_follow() {
    let decision =
        given::<Member>(registered()).when(Erase { at: NOW }).then([Event::MemberErased { key: KEY, at: NOW }]);
    assert_eq!(decision.reservations.len(), 2);
    given::<Member>(erased()).when(Reinstate { at: NOW }).then_err(Refusal::Erased);
    given::<Member>(erased()).when(Erase { at: NOW }).then_nothing();
    given::<Member>(erased()).when(register()).then_err(Refusal::Erased);
}

#[test]
fn the_certificate_waits_for_every_context_and_the_key() {
    let confirm = |context: &str| ConfirmErasure { context: context.to_owned(), at: NOW };
    let mut events = erased();
    for context in ["posting", "membership", "matching"] {
        let confirmed = Event::ErasureConfirmed { context: context.to_owned(), at: NOW };
        events.extend(given::<Member>(events.clone()).when(confirm(context)).then([confirmed]).events);
    }
    let last = Event::ErasureConfirmed { context: "notification".to_owned(), at: NOW };
    let without_key = given::<Member>(events.clone()).when(confirm("notification")).then([last.clone()]);
    let destroyed = Event::DataKeyDestroyed { key: KEY, at: NOW };
    let certified = Event::ErasureCertified { at: NOW };
    given::<Member>([events.clone(), without_key.events].concat())
        .when(RecordKeyDestroyed { key: KEY, at: NOW })
        .then([destroyed.clone(), certified.clone()]);
    given::<Member>([events, vec![destroyed]].concat()).when(confirm("notification")).then([last, certified]);
}

#[test]
fn only_known_contexts_confirm_and_only_after_an_erasure() {
    let confirm = |context: &str| ConfirmErasure { context: context.to_owned(), at: NOW };
    given::<Member>(erased()).when(confirm("weather")).then_err(Refusal::UnknownContext);
    given::<Member>(registered()).when(confirm("posting")).then_err(Refusal::NotErased);
}
