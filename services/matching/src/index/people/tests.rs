//! Against people kept plainly.

use std::collections::BTreeMap;

use kindred_eventsourcing::{Fingerprint, KeyId, Sealed};
use kindred_ids::{CommandId, MemberId};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::samples::member;
use crate::index::feature::{Kind, Release};
use crate::index::profile::{NO_LABEL, SealedField};
use crate::index::purpose::Purpose;

/// People of whom steps tell; enough that one segment's rows are written anew many times.
const PEOPLE: u32 = 40;

/// A sealed field: its place, its kind and its content.
type Unread = (usize, Kind, Vec<u8>);

#[derive(Debug, Clone, Default, PartialEq)]
struct Plain {
    consents: bool,
    places: Vec<Place>,
    fields: Vec<(u32, Release, u32)>,
    sealed: Option<(CommandId, Vec<Unread>)>,
}

#[derive(Debug, Clone)]
enum Step {
    Consents(u32, bool),
    Places(u32, Vec<Place>),
    Fields(u32, Vec<(u32, Release, u32)>),
    Sealed(u32, Vec<Unread>),
    Remove(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let release = || prop::sample::select(Release::ALL.to_vec());
    let label = prop_oneof![Just(NO_LABEL), any::<u32>()];
    let fields = prop::collection::vec((any::<u32>(), release(), label), 0..9);
    let sealed = (0_usize..300, prop::sample::select(Kind::ALL.to_vec()), prop::collection::vec(any::<u8>(), 0..99));
    let places = prop::collection::btree_set(any::<Place>(), 0..5);
    let step = prop_oneof![
        2 => (0..PEOPLE, any::<bool>()).prop_map(|(person, consents)| Step::Consents(person, consents)),
        2 => (0..PEOPLE, places).prop_map(|(person, places)| Step::Places(person, places.into_iter().collect())),
        3 => (0..PEOPLE, fields).prop_map(|(person, fields)| Step::Fields(person, fields)),
        3 => (0..PEOPLE, prop::collection::vec(sealed, 0..9)).prop_map(|(person, sealed)| Step::Sealed(person, sealed)),
        1 => (0..PEOPLE).prop_map(Step::Remove),
    ];
    prop::collection::vec(step, 0..300)
}

fn command() -> CommandId {
    CommandId::derived(&[b"people"])
}

fn profile(fields: &[Unread]) -> SealedProfile {
    let fields = fields.iter().map(|(index, kind, text)| {
        // Two keys, as after a change of keys.
        let key = KeyId(Uuid::from_u128(1 + *index as u128 % 2));
        let content = Sealed::from_parts(key, [*index as u8; 12], text.clone(), Fingerprint([7; 16]));
        SealedField { index: *index, kind: *kind, release: Release::Matched, content }
    });
    SealedProfile { command_id: command(), fields: fields.collect(), withholds: false }
}

struct World {
    people: People,
    plain: BTreeMap<u32, Plain>,
}

impl World {
    fn slot(&mut self, person: u32) -> Slot {
        let member = member(person);
        self.plain.entry(person).or_default();
        self.people.slot(member).unwrap_or_else(|| self.people.add(member))
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Consents(person, consents) => {
                let slot = self.slot(person);
                self.people.set_agreed(slot, Purpose::Matching, consents);
                self.plain.entry(person).or_default().consents = consents;
            }
            Step::Places(person, places) => {
                let slot = self.slot(person);
                self.people.set_places(slot, &places);
                self.plain.entry(person).or_default().places = places;
            }
            Step::Fields(person, fields) => {
                let slot = self.slot(person);
                let packed = fields.iter().map(|(feature, release, label)| Field {
                    feature: *feature,
                    release: *release,
                    label: *label,
                });
                self.people.set_fields(slot, &packed.collect::<Vec<_>>());
                let plain = self.plain.entry(person).or_default();
                (plain.fields, plain.sealed) = (fields, None);
            }
            Step::Sealed(person, fields) => {
                let slot = self.slot(person);
                self.people.set_sealed(slot, &profile(&fields));
                let plain = self.plain.entry(person).or_default();
                (plain.fields, plain.sealed) = (Vec::new(), Some((command(), fields)));
            }
            Step::Remove(person) => {
                if self.plain.remove(&person).is_some() {
                    let slot = self.slot_of(person).expect("somebody who is there");
                    self.people.remove(slot);
                }
            }
        }
    }

    fn slot_of(&self, person: u32) -> Option<Slot> {
        self.people.slot(member(person))
    }

    fn kept(&self, person: u32) -> Option<Plain> {
        let person = self.people.at(self.slot_of(person)?);
        let sealed = person.sealed().map(|sealed| {
            let fields = sealed.fields.iter();
            let fields = fields.map(|field| (field.index, field.kind, field.content.ciphertext().to_vec()));
            (sealed.command_id, fields.collect())
        });
        assert_eq!(person.sealed_by(), sealed.as_ref().map(|(command, _)| *command));
        Some(Plain {
            consents: person.agreed.contains(Purpose::Matching),
            places: person.places().collect(),
            fields: person.fields().map(|field| (field.feature, field.release, field.label)).collect(),
            sealed,
        })
    }
}

proptest! {
    #[test]
    fn everybody_is_as_they_were_left(steps in steps()) {
        let mut world = World { people: People::new(11), plain: BTreeMap::new() };
        for step in steps {
            world.take(step);
        }
        for person in 0..PEOPLE {
            prop_assert_eq!(world.kept(person), world.plain.get(&person).cloned());
        }
        prop_assert_eq!(world.people.slots().count(), world.plain.len());
        prop_assert!(world.people.capacity() <= PEOPLE as usize, "slots are used again");
    }
}

#[test]
fn whoever_is_removed_leaves_no_byte_and_rows_take_no_more_than_they_need() {
    let mut people = People::new(11);
    let slot = people.add(MemberId(member(0).0));
    people.set_sealed(slot, &profile(&[(0, Kind::Area, b"Boston".to_vec())]));
    let holds = |people: &People| people.segments[0].bytes.windows(6).any(|bytes| bytes == b"Boston");
    assert!(holds(&people));
    people.remove(slot);
    assert!(!holds(&people));
    let slot = people.add(member(1));
    for _ in 0..10_000 {
        people.set_sealed(slot, &profile(&[(0, Kind::Area, b"Boston".to_vec())]));
    }
    assert!(people.segments[0].bytes.capacity() < 4 * LEAST_WASTE, "{}", people.segments[0].bytes.capacity());
}
