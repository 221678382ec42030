//! What a shared feature is worth: rarer is more, in whole numbers.
//!
//! # Promises
//!
//! * Weights come from integers and a committed table alone, so the same log gives the
//!   same ranking on every machine.
//! * A feature that fewer people hold than the cohort floor is worth nothing: it can
//!   neither rank nor be a reason, and whoever holds it falls back to its ancestors.

mod table;

use table::LOGARITHMS;

/// Natural logarithm of a number from 1 on, in units of 2^-32.
fn logarithm(number: u64) -> u64 {
    let number = number.max(1);
    let exponent = u64::from(number.ilog2());
    // The leading one at bit 63, then eight bits that index the table and sixteen between.
    let mantissa = number << (63 - exponent);
    let index = ((mantissa >> 55) & 0xff) as usize;
    let between = (mantissa >> 39) & 0xffff;
    let (low, high) = (LOGARITHMS[index], LOGARITHMS[index + 1]);
    exponent * LOGARITHMS[256] + low + (((high - low) * between) >> 16)
}

/// How often features are held, and by how many at least they must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// How many people can be found at all.
    pub population: u32,
    /// The cohort floor.
    pub floor: u32,
}

impl Scale {
    /// `boost × ln((population + 1) / (holders + 1))`, rounded, at least 1, `boost` in
    /// sixteenths; nothing below the cohort floor.
    #[must_use]
    pub fn weight(self, boost: u16, holders: u32) -> u16 {
        if holders < self.floor.max(1) {
            return 0;
        }
        let rarity = logarithm(u64::from(self.population) + 1).saturating_sub(logarithm(u64::from(holders) + 1));
        let weight = (u64::from(boost) * rarity + (1 << 31)) >> 32;
        // Whoever has nothing rarer to share shares at least that; and what everybody held
        // when weights were fixed, not everybody may hold later.
        u16::try_from(weight).unwrap_or(u16::MAX).max(1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_table_gives_the_natural_logarithm(number in 1_u64..u64::from(u32::MAX)) {
            let exact = (number as f64).ln();
            let ours = logarithm(number) as f64 / f64::from(1_u32 << 31) / 2.0;
            prop_assert!((exact - ours).abs() < 1e-5, "{number}: {exact} {ours}");
        }

        #[test]
        fn who_is_held_by_fewer_is_worth_no_less(holders in 11_u32..100_000, fewer in 11_u32..100_000) {
            let scale = Scale { population: 100_000, floor: 11 };
            let (fewer, holders) = (fewer.min(holders), fewer.max(holders));
            prop_assert!(scale.weight(16, fewer) >= scale.weight(16, holders));
        }
    }

    #[test]
    fn below_the_floor_a_feature_is_worth_nothing() {
        let scale = Scale { population: 1_000, floor: 11 };
        assert_eq!(scale.weight(16, 10), 0);
        // 16 × ln(1001 / 12) = 70.8
        assert_eq!(scale.weight(16, 11), 71);
        assert_eq!(Scale { floor: 0, ..scale }.weight(16, 0), 0, "held by nobody");
    }

    #[test]
    fn what_everybody_holds_is_worth_the_least_there_is() {
        let scale = Scale { population: 500, floor: 1 };
        assert_eq!((scale.weight(160, 500), scale.weight(12, 499)), (1, 1));
    }
}
