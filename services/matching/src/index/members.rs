//! The people of one community.

use std::ops::Deref;

use kindred_ranking::{Slot, Slots};
use roaring::RoaringBitmap;

/// From how many people on bits are kept beside the set: adding those of a large community to
/// somebody's circle must not take a step for each.
const MANY: u64 = 8_192;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Members {
    set: RoaringBitmap,
    bits: Option<Box<Slots>>,
}

impl Members {
    pub(super) fn insert(&mut self, slot: Slot) {
        self.set.insert(slot);
        match &mut self.bits {
            Some(bits) => bits.insert(slot),
            None if self.set.len() >= MANY => self.bits = Some(Box::new(self.set.iter().collect())),
            None => {}
        }
    }

    pub(super) fn remove(&mut self, slot: Slot) {
        self.set.remove(slot);
        if let Some(bits) = &mut self.bits {
            bits.remove(slot);
        }
        // Not at once: one who comes and goes would have all of it made anew each time.
        if self.set.len() < MANY / 2 {
            self.bits = None;
        }
    }

    /// Puts all of them into somebody's circle.
    pub(super) fn unite_into(&self, circle: &mut Slots) {
        match &self.bits {
            Some(bits) => circle.unite(bits),
            None => circle.extend(&self.set),
        }
    }
}

impl Deref for Members {
    type Target = RoaringBitmap;

    fn deref(&self) -> &RoaringBitmap {
        &self.set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_is_the_same_from_a_set_and_from_bits() {
        let mut members = Members::default();
        let step = |number: Slot| number * 7 % 100_003;
        for number in 0..MANY as Slot + 50 {
            members.insert(step(number));
        }
        for number in 0..MANY as Slot - 10 {
            members.remove(step(number));
            if number % 1_000 == 0 || members.len() == MANY / 2 - 1 {
                let mut circle: Slots = [5].into_iter().collect();
                members.unite_into(&mut circle);
                let plain: Slots = members.iter().chain([5]).collect();
                assert_eq!(circle.iter().collect::<Vec<_>>(), plain.iter().collect::<Vec<_>>());
            }
        }
        assert!(members.bits.is_none());
    }
}
