//! Lists of who has what, for reading by many and changing a little at a time: an
//! immutable base, and beside it what changed since.
//!
//! # Promises
//!
//! * What is read is the last state of each slot, whatever part of it is in the base.
//! * A slot that was removed is in no list from that call on.
//! * Merging runs beside reads and changes; taking the result in changes no answer.

use std::collections::HashMap;
use std::sync::Arc;

use crate::Slots;
use crate::csr::Rows;

/// Number of something that can be ranked.
pub type Slot = u32;
/// Number of a list.
pub type ListId = u32;

/// What a list holds of each slot.
pub trait Entry: Copy + Default + Send + Sync + 'static {
    /// Whose it is.
    fn slot(self) -> Slot;
    /// What it adds to a score at a query's weight.
    fn amount(self, weight: u32) -> u64;
    /// The most that it could add at that weight.
    fn most(weight: u32) -> u64;
}

impl Entry for Slot {
    #[inline]
    fn slot(self) -> Slot {
        self
    }
    #[inline]
    fn amount(self, weight: u32) -> u64 {
        u64::from(weight)
    }
    fn most(weight: u32) -> u64 {
        u64::from(weight)
    }
}

/// A slot with a weight of its own in the list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weighted {
    /// Whose it is.
    pub slot: Slot,
    /// What the query's weight is multiplied with.
    pub weight: u32,
}

impl Entry for Weighted {
    #[inline]
    fn slot(self) -> Slot {
        self.slot
    }
    #[inline]
    fn amount(self, weight: u32) -> u64 {
        u64::from(self.weight) * u64::from(weight)
    }
    fn most(weight: u32) -> u64 {
        u64::from(u32::MAX) * u64::from(weight)
    }
}

/// See the module.
#[derive(Debug, Clone)]
pub struct Postings<E> {
    base: Arc<Rows<E>>,
    delta: HashMap<ListId, Vec<E>>,
    /// Slots that changed since the base was made, with when they last did: what the base
    /// has of them no longer holds.
    changed: HashMap<Slot, u64>,
    changes: u64,
    /// How many slots each list holds.
    lengths: Vec<u32>,
}

impl<E> Default for Postings<E> {
    fn default() -> Self {
        Self { base: Arc::default(), delta: HashMap::new(), changed: HashMap::new(), changes: 0, lengths: Vec::new() }
    }
}

impl<E: Entry> Postings<E> {
    /// Lists as they stand, row by row, without a delta.
    pub fn of<R: IntoIterator<Item = E>>(lists: impl IntoIterator<Item = R>) -> Self {
        let mut base = Rows::default();
        lists.into_iter().for_each(|list| base.push(list));
        let lengths = base.iter().map(|list| list.len() as u32).collect();
        Self { base: Arc::new(base), lengths, ..Self::default() }
    }

    /// How many slots a list holds.
    #[must_use]
    pub fn length(&self, list: ListId) -> u32 {
        self.lengths.get(list as usize).copied().unwrap_or_default()
    }

    /// How many slots changed since the base was made.
    #[must_use]
    pub fn changed(&self) -> usize {
        self.changed.len()
    }

    /// Puts a slot that is in no list into these, each named once.
    pub fn insert(&mut self, slot: Slot, entries: impl IntoIterator<Item = (ListId, E)>) {
        self.mark(slot);
        for (list, entry) in entries {
            self.delta.entry(list).or_default().push(entry);
            let index = list as usize;
            if index >= self.lengths.len() {
                self.lengths.resize(index + 1, 0);
            }
            self.lengths[index] += 1;
        }
    }

    /// Takes a slot out of the lists that it is in.
    pub fn remove(&mut self, slot: Slot, lists: impl IntoIterator<Item = ListId>) {
        let in_base = !self.changed.contains_key(&slot);
        self.mark(slot);
        for list in lists {
            self.lengths[list as usize] -= 1;
            if in_base {
                continue;
            }
            // The order within a list does not matter: sums do not depend on it.
            if let Some(held) = self.delta.get_mut(&list) {
                if let Some(place) = held.iter().position(|entry| entry.slot() == slot) {
                    held.swap_remove(place);
                }
                if held.is_empty() {
                    self.delta.remove(&list);
                }
            }
        }
    }

    fn mark(&mut self, slot: Slot) {
        self.changes += 1;
        self.changed.insert(slot, self.changes);
    }

    /// The part of a list that is in the base, with slots that are [`Self::stale`].
    pub(crate) fn base(&self, list: ListId) -> &[E] {
        self.base.row(list as usize)
    }

    /// The part of a list that is not in the base.
    pub(crate) fn delta(&self, list: ListId) -> &[E] {
        self.delta.get(&list).map_or(&[], Vec::as_slice)
    }

    /// Slots of which nothing in the base holds.
    pub(crate) fn stale(&self) -> impl Iterator<Item = Slot> + '_ {
        self.changed.keys().copied()
    }

    /// Everything that a new base is made of; cheap beside what changed.
    #[must_use]
    pub fn merge(&self) -> Merge<E> {
        Merge {
            base: self.base.clone(),
            stale: self.stale().collect(),
            delta: self.delta.clone(),
            lists: self.lengths.len(),
            through: self.changes,
        }
    }

    /// Takes a new base in. What changed since [`Self::merge`] stays beside it.
    pub fn adopt(&mut self, merged: Merged<E>) {
        let Merged { base, through } = merged;
        self.base = Arc::new(base);
        self.changed.retain(|_, change| *change > through);
        let changed = &self.changed;
        self.delta.retain(|_, held| {
            held.retain(|entry| changed.contains_key(&entry.slot()));
            !held.is_empty()
        });
        self.delta.shrink_to_fit();
    }
}

/// A merge to be run, on any thread.
#[derive(Debug)]
pub struct Merge<E> {
    base: Arc<Rows<E>>,
    stale: Slots,
    delta: HashMap<ListId, Vec<E>>,
    lists: usize,
    through: u64,
}

/// A base to be taken in by the postings that it is of.
#[derive(Debug)]
pub struct Merged<E> {
    base: Rows<E>,
    through: u64,
}

impl<E: Entry> Merge<E> {
    /// Makes the new base.
    #[must_use]
    pub fn run(self) -> Merged<E> {
        let added: usize = self.delta.values().map(Vec::len).sum();
        let mut base = Rows::with_capacity(self.lists, self.base.values() + added);
        for list in 0..self.lists {
            let old = self.base.row(list).iter().filter(|entry| !self.stale.contains(entry.slot()));
            let mut added = self.delta.get(&(list as ListId)).cloned().unwrap_or_default();
            added.sort_unstable_by_key(|entry| entry.slot());
            base.push(merged(old.copied(), added.into_iter()));
        }
        Merged { base, through: self.through }
    }
}

/// Two ascending runs as one.
fn merged<E: Entry>(one: impl Iterator<Item = E>, other: impl Iterator<Item = E>) -> impl Iterator<Item = E> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || match (one.peek(), other.peek()) {
        (Some(left), Some(right)) if right.slot() < left.slot() => other.next(),
        (Some(_), _) => one.next(),
        (None, _) => other.next(),
    })
}

#[cfg(test)]
mod tests;
