//! Lists of who has what, for a crowd in which everybody has a few dozen things: packed
//! ones that do not change, and beside them what changed since.
//!
//! # Promises
//!
//! * What is read is the last state of each slot, whatever part of it is in the base.
//! * A slot that was removed is in no list from that call on.
//! * A change costs what the slot is in, however long those lists are.
//! * Merging runs beside reads and changes; taking the result in changes no answer.

mod block;
mod packed;
mod top;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use crate::{ListId, Slot, Slots};
use packed::Packed;
pub use top::{Ask, Clause};

/// Slots that are added up at a time: their sums fit into a processor's own memory. Few in
/// tests, so that small crowds have many blocks.
const BLOCK: usize = if cfg!(test) { 1 << 7 } else { 1 << 15 };

/// By numbers that are given one after the other, so that nobody can choose ones that collide.
type Numbered<T> = HashMap<u32, T, BuildHasherDefault<Spread>>;

/// Spreads such numbers over all bits.
#[derive(Debug, Clone, Copy, Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u32(u32::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        let mixed = (self.0 ^ u64::from(number)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ mixed >> 32;
    }
}

/// What changed since the base was made, each change with a number of its own.
#[derive(Debug, Clone, Default)]
struct Delta {
    /// Whose each change is.
    slots: Vec<Slot>,
    /// Whether it still holds; one that only takes a slot out never does.
    holds: Vec<bool>,
    /// Changes by list.
    lists: Numbered<Vec<u32>>,
    /// The change that holds of each slot.
    current: Numbered<u32>,
}

impl Delta {
    fn push(&mut self, slot: Slot, holds: bool) -> u32 {
        let change = self.slots.len() as u32;
        self.slots.push(slot);
        self.holds.push(holds);
        change
    }

    /// Forgets the first changes.
    fn forget(&mut self, through: usize) {
        let first = through as u32;
        let holds = std::mem::take(&mut self.holds);
        self.lists.retain(|_, changes| {
            changes.retain(|change| *change >= first && holds[*change as usize]);
            changes.iter_mut().for_each(|change| *change -= first);
            changes.shrink_to_fit();
            !changes.is_empty()
        });
        self.current.retain(|_, change| *change >= first);
        self.current.values_mut().for_each(|change| *change -= first);
        self.slots = self.slots.split_off(through);
        self.holds = holds[through..].to_vec();
        self.lists.shrink_to_fit();
        self.current.shrink_to_fit();
    }
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    base: Arc<Packed>,
    delta: Delta,
    /// Slots of which nothing in the base holds.
    stale: Slots,
    /// How many slots each list holds.
    lengths: Vec<u32>,
}

impl Lists {
    /// How many slots a list holds.
    #[must_use]
    pub fn length(&self, list: ListId) -> u32 {
        self.lengths.get(list as usize).copied().unwrap_or_default()
    }

    /// Every slot of a list, in no particular order.
    #[must_use]
    pub fn members(&self, list: ListId) -> Vec<Slot> {
        let mut members = Vec::with_capacity(self.length(list) as usize);
        self.base.each(list, |slot| {
            if !self.stale.contains(slot) {
                members.push(slot);
            }
        });
        let changes = self.delta.lists.get(&list).into_iter().flatten();
        let held = changes.filter(|change| self.delta.holds[**change as usize]);
        members.extend(held.map(|change| self.delta.slots[*change as usize]));
        members
    }

    /// How many changes there were since the base was made.
    #[must_use]
    pub const fn changed(&self) -> usize {
        self.delta.slots.len()
    }

    /// Puts a slot that is in no list into these, each named once.
    pub fn insert(&mut self, slot: Slot, lists: impl IntoIterator<Item = ListId>) {
        let change = self.delta.push(slot, true);
        self.delta.current.insert(slot, change);
        self.stale.insert(slot);
        for list in lists {
            self.delta.lists.entry(list).or_default().push(change);
            let index = list as usize;
            if index >= self.lengths.len() {
                self.lengths.resize(index + 1, 0);
            }
            self.lengths[index] += 1;
        }
    }

    /// Takes a slot out of the lists that it is in.
    pub fn remove(&mut self, slot: Slot, lists: impl IntoIterator<Item = ListId>) {
        if let Some(change) = self.delta.current.remove(&slot) {
            self.delta.holds[change as usize] = false;
        }
        self.delta.push(slot, false);
        self.stale.insert(slot);
        for list in lists {
            self.lengths[list as usize] -= 1;
        }
    }

    /// Everything that a new base is made of; cheap beside what is not changed.
    #[must_use]
    pub fn merge(&self) -> Merging {
        Merging {
            base: self.base.clone(),
            stale: self.stale.clone(),
            delta: self.delta.clone(),
            lists: self.lengths.len(),
        }
    }

    /// Takes a new base in. What changed since [`Self::merge`] stays beside it.
    pub fn adopt(&mut self, merged: Repacked) {
        self.base = Arc::new(merged.base);
        self.delta.forget(merged.through);
        self.stale = self.delta.slots.iter().copied().collect();
    }
}

/// A merge to be run, on any thread.
#[derive(Debug)]
pub struct Merging {
    base: Arc<Packed>,
    stale: Slots,
    delta: Delta,
    lists: usize,
}

/// A base to be taken in by the lists that it is of.
#[derive(Debug)]
pub struct Repacked {
    base: Packed,
    through: usize,
}

impl Merging {
    /// Makes the new base.
    #[must_use]
    pub fn run(self) -> Repacked {
        let mut base = Packed::with_capacity(self.lists);
        let mut slots = Vec::new();
        for list in 0..self.lists as ListId {
            slots.clear();
            self.base.each(list, |slot| {
                if !self.stale.contains(slot) {
                    slots.push(slot);
                }
            });
            let added = self.delta.lists.get(&list).map_or(&[][..], Vec::as_slice);
            let held = added.iter().filter(|change| self.delta.holds[**change as usize]);
            slots.extend(held.map(|change| self.delta.slots[*change as usize]));
            // A stable sort takes runs as they are.
            slots.sort();
            base.push(&slots);
        }
        Repacked { base: base.shrink(), through: self.delta.slots.len() }
    }
}

#[cfg(test)]
mod tests;
