//! A tenant's people on their way into chunks, a chunk at a time: nobody who searches or
//! changes waits for all of it.

use std::collections::{BTreeSet, HashMap};

use kindred_ids::{MemberId, ThreadId};
use kindred_ranking::Slot;

use super::chunk::{Chunk, Kept, Said, Value};
use super::dealings::Dealings;
use super::{PEOPLE, chunk_of, place_of};
use crate::index::bytes::Reader;
use crate::index::catalog::FeatureId;
use crate::index::people::{Person, Place};
use crate::index::profile::Field;
use crate::index::tenant::Tenant;

/// Who goes into which chunk: four bytes for each member, and what they did.
pub(crate) struct Plan {
    pub(crate) portions: Vec<Portion>,
    pub(crate) suspended: bool,
}

/// Who goes into one chunk.
#[derive(Debug, Clone, Default)]
pub(crate) struct Portion {
    pub(super) slots: Vec<Slot>,
    /// Who did something with others and is not known otherwise.
    pub(super) strangers: Vec<MemberId>,
    erased: Vec<MemberId>,
    /// Threads that are gone for good.
    pub(super) gone: Vec<ThreadId>,
    /// What all of them did, as a chunk holds it: some dozens of bytes each.
    pub(super) noted: Vec<u8>,
}

/// What people of a chunk share, by number.
#[derive(Default)]
struct Numbers {
    values: HashMap<(FeatureId, u32), u32>,
    places: HashMap<Place, u32>,
}

impl Tenant {
    /// Who goes where.
    pub(crate) fn plan(&self) -> Plan {
        let chunks = self.people.slots().count().div_ceil(PEOPLE).max(1);
        let mut portions = vec![Portion::default(); chunks];
        for slot in self.people.slots() {
            portions[chunk_of(self.people.id(slot), chunks)].slots.push(slot);
        }
        let strangers = self.blockers().chain(self.graph.known()).filter(|member| self.slot(*member).is_none());
        for member in strangers.collect::<BTreeSet<_>>() {
            portions[chunk_of(member, chunks)].strangers.push(member);
        }
        for thread in &self.graph.gone {
            portions[place_of(&thread.0, chunks)].gone.push(*thread);
        }
        for member in self.erased() {
            portions[chunk_of(member, chunks)].erased.push(member);
        }
        for portion in &mut portions {
            portion.slots.shrink_to_fit();
            portion.gone.sort_unstable();
        }
        Plan { portions, suspended: self.is_suspended() }
    }

    /// The people of a chunk as they stand now, which may be later than the plan: what the
    /// log says between the two is taken in once more by whoever reads it, and changes nothing.
    pub(crate) fn kept(&self, number: usize, chunks: usize, portion: &Portion) -> Chunk {
        let (mut chunk, mut numbers) = (Chunk::default(), Numbers::default());
        for slot in &portion.slots {
            // The slot may be somebody else's by now.
            let Some(person) = self.people.get(*slot).filter(|person| chunk_of(person.id, chunks) == number) else {
                continue;
            };
            let kept = self.kept_person(&person, &mut chunk, &mut numbers);
            chunk.people.push(kept);
        }
        let people = chunk.people.iter().map(|kept| kept.member).chain(portion.strangers.iter().copied());
        let blocks = people.flat_map(|member| self.blocked_by(member).into_iter().map(move |other| (member, other)));
        chunk.blocks = blocks.collect();
        // In an order of their own, so that the same facts are the same bytes.
        chunk.blocks.sort_unstable();
        chunk.erased = portion.erased.iter().copied().collect();
        chunk.dealings = Dealings::read(&mut Reader::new(&portion.noted)).unwrap_or_default();
        chunk
    }

    fn kept_person(&self, person: &Person<'_>, chunk: &mut Chunk, numbers: &mut Numbers) -> Kept {
        let places = person.places().filter_map(|place| {
            let community = *self.places.get(place)?;
            Some(*numbers.places.entry(place).or_insert_with(|| {
                chunk.communities.push(community);
                chunk.communities.len() as u32 - 1
            }))
        });
        let places = places.collect();
        let said = match person.sealed() {
            Some(sealed) => Said::Sealed(sealed),
            None if person.is_read() => {
                let fields = person.fields().map(|field| {
                    let number = *numbers.values.entry((field.feature, field.label)).or_insert_with(|| {
                        chunk.values.push(self.kept_value(&field));
                        chunk.values.len() as u32 - 1
                    });
                    (number, field.release)
                });
                Said::Open(fields.collect())
            }
            None => Said::Nothing,
        };
        let Person { id: member, agreed, suspended, withholds, kinds, .. } = *person;
        Kept { member, agreed, suspended, withholds, kinds, places, said }
    }

    fn kept_value(&self, field: &Field) -> Value {
        let feature = &self.catalog.entry(field.feature).feature;
        let label = self.label(field).unwrap_or_default().into();
        Value { kind: feature.kind, value: feature.value.clone(), label }
    }
}
