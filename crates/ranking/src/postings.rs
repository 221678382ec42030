//! Lists of who has what, which do not change.

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
pub struct Postings<E>(Rows<E>);

impl<E: Entry> Postings<E> {
    /// These lists, one after the other.
    pub fn of<R: IntoIterator<Item = E>>(lists: impl IntoIterator<Item = R>) -> Self {
        let mut rows = Rows::default();
        lists.into_iter().for_each(|list| rows.push(list));
        Self(rows)
    }

    /// How many slots a list holds.
    #[must_use]
    pub fn length(&self, list: ListId) -> u32 {
        self.list(list).len() as u32
    }

    /// A list; an empty one where there is none.
    pub(crate) fn list(&self, list: ListId) -> &[E] {
        self.0.row(list as usize)
    }
}

#[cfg(test)]
mod tests;
