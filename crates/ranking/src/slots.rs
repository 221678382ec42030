//! Sets of slots as bits.

use crate::Slot;

/// A set of slots.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slots {
    words: Vec<u64>,
}

impl Slots {
    /// Whether it holds the slot.
    #[must_use]
    pub fn contains(&self, slot: Slot) -> bool {
        self.words.get(slot as usize / 64).is_some_and(|word| word & (1 << (slot % 64)) != 0)
    }

    /// Puts a slot in.
    pub fn insert(&mut self, slot: Slot) {
        let word = slot as usize / 64;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (slot % 64);
    }

    /// The bits from a word on.
    pub(crate) fn words(&self, from: usize) -> &[u64] {
        self.words.get(from..).unwrap_or_default()
    }

    /// Puts in whatever another set holds.
    pub fn unite(&mut self, other: &Self) {
        if other.words.len() > self.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
    }

    /// Takes a slot out.
    pub fn remove(&mut self, slot: Slot) {
        if let Some(word) = self.words.get_mut(slot as usize / 64) {
            *word &= !(1 << (slot % 64));
        }
    }

    /// All that it holds, ascending.
    pub fn iter(&self) -> impl Iterator<Item = Slot> + '_ {
        self.words.iter().enumerate().flat_map(|(index, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(index as Slot * 64 + bit)
            })
        })
    }
}

impl Extend<Slot> for Slots {
    fn extend<I: IntoIterator<Item = Slot>>(&mut self, slots: I) {
        slots.into_iter().for_each(|slot| self.insert(slot));
    }
}

impl FromIterator<Slot> for Slots {
    fn from_iter<I: IntoIterator<Item = Slot>>(slots: I) -> Self {
        let mut set = Self::default();
        set.extend(slots);
        set
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_set(inserted in prop::collection::vec(0_u32..300, 0..200), asked in 0_u32..400) {
            let (slots, plain): (Slots, BTreeSet<_>) = (inserted.iter().copied().collect(), inserted.into_iter().collect());
            prop_assert_eq!(slots.contains(asked), plain.contains(&asked));
            prop_assert_eq!(slots.iter().collect::<Vec<_>>(), plain.iter().copied().collect::<Vec<_>>());
            let mut both: Slots = [1, 70, 500].into_iter().collect();
            both.unite(&slots);
            both.remove(asked);
            let mut plainly: BTreeSet<_> = plain.into_iter().chain([1, 70, 500]).collect();
            plainly.remove(&asked);
            prop_assert_eq!(both.iter().collect::<Vec<_>>(), plainly.into_iter().collect::<Vec<_>>());
        }
    }
}
