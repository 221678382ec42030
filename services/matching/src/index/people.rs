//! The people of one tenant, packed: a few dozen bytes each beside the lists that they are in.
//!
//! # Promises
//!
//! * Whoever is removed leaves nothing behind in memory; their slot is used again.
//! * Writing rows anew is done for a few thousand people at a time, so no change waits for
//!   all of them.

mod row;

use hashbrown::HashTable;
use kindred_ids::{CommandId, MemberId};
use kindred_ranking::Slot;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::bytes::{Reader, put_bytes};
use super::feature::Kinds;
use super::profile::{Field, SealedProfile};
use super::purpose::{Purpose, Purposes};
use row::Row;
pub(super) use row::{Content, Place, put_sealed, read_sealed};

/// People whose rows lie together.
const SEGMENT: usize = 4_096;
/// Bytes of rows that no longer hold before a segment is written anew, at least.
const LEAST_WASTE: usize = 2_048;

/// A member as the index knows them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Person<'a> {
    pub(super) id: MemberId,
    pub(super) agreed: Purposes,
    pub(super) suspended: bool,
    /// Whether the lists hold them.
    pub(super) listed: bool,
    /// What their released fields are about; known before they are read.
    pub(super) kinds: Kinds,
    /// Whether they have fields that they release to nobody.
    pub(super) withholds: bool,
    row: Row<'a>,
}

impl<'a> Person<'a> {
    pub(super) const fn eligible(&self) -> bool {
        self.agreed.contains(Purpose::Matching) && !self.suspended
    }

    /// What was read of their profile; nothing of one that was not.
    pub(super) fn fields(&self) -> impl Iterator<Item = Field> + 'a {
        self.row.fields()
    }

    /// Where they are active, by number, ascending.
    pub(super) fn places(&self) -> impl Iterator<Item = Place> + 'a {
        self.row.places()
    }

    /// Whether there is a profile at all, read or not.
    pub(super) fn has_profile(&self) -> bool {
        self.row.is_read() || self.row.sealed_by().is_some()
    }

    /// Whether their profile was read.
    pub(super) fn is_read(&self) -> bool {
        self.row.is_read()
    }

    /// The command of a profile that was not read yet, as its owner had not consented.
    pub(super) fn sealed_by(&self) -> Option<CommandId> {
        self.row.sealed_by()
    }

    /// A profile that was not read yet.
    pub(super) fn sealed(&self) -> Option<SealedProfile> {
        self.row.sealed(self.withholds)
    }
}

/// What is of one size for everybody.
#[derive(Debug, Clone, Copy)]
struct Record {
    id: MemberId,
    row: u32,
    kinds: Kinds,
    agreed: Purposes,
    flags: u8,
}

const PRESENT: u8 = 1;
const SUSPENDED: u8 = 2;
const LISTED: u8 = 4;
const WITHHOLDS: u8 = 8;

impl Record {
    const fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    const fn set(&mut self, flag: u8, to: bool) {
        if to {
            self.flags |= flag;
        } else {
            self.flags &= !flag;
        }
    }
}

/// Rows of people side by side, each behind its length.
#[derive(Debug, Default)]
struct Segment {
    bytes: Vec<u8>,
    waste: usize,
}

impl Segment {
    fn row(&self, start: u32) -> &[u8] {
        Reader::new(&self.bytes[start as usize..]).bytes().unwrap_or_default()
    }

    fn push(&mut self, row: &[u8]) -> u32 {
        let (start, needed) = (self.bytes.len(), row.len() + 5);
        if self.bytes.capacity() < start + needed {
            self.bytes.reserve_exact(needed.max(start / 8));
        }
        put_bytes(&mut self.bytes, row);
        start as u32
    }

    /// Nothing of a row is left, though its room is.
    fn discard(&mut self, start: u32) {
        let mut reader = Reader::new(&self.bytes[start as usize..]);
        let length = reader.bytes().map_or(0, <[u8]>::len);
        let end = self.bytes.len() - reader.rest().len();
        self.bytes[start as usize..end].fill(0);
        self.waste += length + 1;
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct People {
    seed: u64,
    records: Vec<Record>,
    segments: Vec<Segment>,
    slots: HashTable<Slot>,
    free: Vec<Slot>,
}

impl People {
    /// Nobody; `seed` is mixed into where they are looked up.
    pub(super) const fn new(seed: u64) -> Self {
        Self { seed, records: Vec::new(), segments: Vec::new(), slots: HashTable::new(), free: Vec::new() }
    }

    fn hash(&self, member: MemberId) -> u64 {
        xxh3_64_with_seed(member.0.as_bytes(), self.seed)
    }

    /// Room for everybody.
    pub(super) const fn capacity(&self) -> usize {
        self.records.len()
    }

    pub(super) fn slot(&self, member: MemberId) -> Option<Slot> {
        self.slots.find(self.hash(member), |slot| self.records[*slot as usize].id == member).copied()
    }

    /// Whoever is in a slot; none of one that is free.
    pub(super) fn get(&self, slot: Slot) -> Option<Person<'_>> {
        let record = self.records.get(slot as usize).filter(|record| record.is(PRESENT))?;
        Some(Person {
            id: record.id,
            agreed: record.agreed,
            suspended: record.is(SUSPENDED),
            listed: record.is(LISTED),
            kinds: record.kinds,
            withholds: record.is(WITHHOLDS),
            row: Row::read(self.segments[slot as usize / SEGMENT].row(record.row)),
        })
    }

    pub(super) fn at(&self, slot: Slot) -> Person<'_> {
        self.get(slot).expect("a slot in use has a person")
    }

    /// The id of whoever is in a slot, without the rest of them.
    pub(super) fn id(&self, slot: Slot) -> MemberId {
        self.records[slot as usize].id
    }

    /// Every slot in use.
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> + '_ {
        let records = self.records.iter().enumerate();
        records.filter(|(_, record)| record.is(PRESENT)).map(|(slot, _)| slot as Slot)
    }

    /// Every slot whose person is in the lists.
    pub(super) fn listed(&self) -> impl Iterator<Item = Slot> + '_ {
        self.slots().filter(|slot| self.records[*slot as usize].is(LISTED))
    }

    /// A slot for somebody who has none.
    pub(super) fn add(&mut self, member: MemberId) -> Slot {
        let record =
            Record { id: member, row: 0, kinds: Kinds::default(), agreed: Purposes::default(), flags: PRESENT };
        let slot = self.free.pop().unwrap_or_else(|| {
            // By an eighth, where a vector would double what it holds.
            if self.records.len() == self.records.capacity() {
                self.records.reserve_exact(self.records.len() / 8 + SEGMENT / 8);
            }
            self.records.push(record);
            self.records.len() as Slot - 1
        });
        if slot as usize / SEGMENT == self.segments.len() {
            self.segments.push(Segment::default());
        }
        let row = self.segments[slot as usize / SEGMENT].push(&row::row(&[], Content::Absent));
        self.records[slot as usize] = Record { row, ..record };
        let (hash, seed, records) = (self.hash(member), self.seed, &self.records);
        self.slots.insert_unique(hash, slot, |slot| xxh3_64_with_seed(records[*slot as usize].id.0.as_bytes(), seed));
        slot
    }

    /// Frees a slot.
    pub(super) fn remove(&mut self, slot: Slot) {
        let record = self.records[slot as usize];
        let hash = self.hash(record.id);
        if let Ok(entry) = self.slots.find_entry(hash, |known| *known == slot) {
            entry.remove();
        }
        self.records[slot as usize].flags = 0;
        self.free.push(slot);
        self.segments[slot as usize / SEGMENT].discard(record.row);
        self.tidy(slot as usize / SEGMENT);
    }

    pub(super) fn set_agreed(&mut self, slot: Slot, purpose: Purpose, agreed: bool) {
        self.records[slot as usize].agreed.set(purpose, agreed);
    }

    pub(super) fn set_all_agreed(&mut self, slot: Slot, agreed: Purposes) {
        self.records[slot as usize].agreed = agreed;
    }

    pub(super) fn set_suspended(&mut self, slot: Slot, suspended: bool) {
        self.records[slot as usize].set(SUSPENDED, suspended);
    }

    pub(super) fn set_listed(&mut self, slot: Slot, listed: bool) {
        self.records[slot as usize].set(LISTED, listed);
    }

    /// What is known of a profile before it is read.
    pub(super) fn set_about(&mut self, slot: Slot, kinds: Kinds, withholds: bool) {
        self.records[slot as usize].kinds = kinds;
        self.records[slot as usize].set(WITHHOLDS, withholds);
    }

    pub(super) fn set_sealed(&mut self, slot: Slot, sealed: &SealedProfile) {
        let row = self.at(slot).row.with(Content::Sealed(sealed));
        self.set_row(slot, &row);
    }

    pub(super) fn set_fields(&mut self, slot: Slot, fields: &[Field]) {
        let row = self.at(slot).row.with(Content::Open(fields));
        self.set_row(slot, &row);
    }

    pub(super) fn clear_profile(&mut self, slot: Slot) {
        let row = self.at(slot).row.with(Content::Absent);
        self.set_row(slot, &row);
    }

    /// Where somebody is active from now on, ascending.
    pub(super) fn set_places(&mut self, slot: Slot, places: &[Place]) {
        let row = self.at(slot).row.with_places(places);
        self.set_row(slot, &row);
    }

    /// Where somebody is active, and what they said.
    pub(super) fn set_all(&mut self, slot: Slot, places: &[Place], content: Content<'_>) {
        self.set_row(slot, &row::row(places, content));
    }

    fn set_row(&mut self, slot: Slot, row: &[u8]) {
        let segment = &mut self.segments[slot as usize / SEGMENT];
        segment.discard(self.records[slot as usize].row);
        self.records[slot as usize].row = segment.push(row);
        self.tidy(slot as usize / SEGMENT);
    }

    /// Writes a segment's rows anew once a quarter of its bytes no longer holds.
    fn tidy(&mut self, number: usize) {
        let segment = &mut self.segments[number];
        if segment.waste < LEAST_WASTE || segment.waste < segment.bytes.len() / 4 {
            return;
        }
        let old = std::mem::take(segment);
        segment.bytes.reserve_exact(old.bytes.len() - old.waste);
        let first = number * SEGMENT;
        let last = self.records.len().min(first + SEGMENT);
        for record in self.records[first..last].iter_mut().filter(|record| record.is(PRESENT)) {
            record.row = segment.push(old.row(record.row));
        }
    }
}

#[cfg(test)]
mod tests;
