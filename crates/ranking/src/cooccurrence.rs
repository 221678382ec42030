//! What goes with what: things that the same people have.
//!
//! A random walk from thing to person to thing (RP3β, Paudel et al. 2017) with exponents
//! that were chosen on a part of the training data of CiteULike-a that was hidden from it.
//! They are eighths, so that square roots alone make them: those are rounded alike on every
//! machine, a general power is not.

use crate::csr::Rows;
use crate::{Best, Postings, Query, Scratch, Slot, Term, Weighted};

/// How much less a thing says the more people have it, in eighths.
const FROM: u32 = 5;
/// How much less a person says the more things they have, in eighths.
const THROUGH: u32 = 6;
/// How much less a thing is suggested the more people have it, in eighths.
const TO: u32 = 3;

/// Who has what, and what goes with it.
#[derive(Debug)]
pub struct Cooccurrence {
    /// What each person has.
    has: Rows<Slot>,
    /// For each thing those that go with it.
    near: Postings<Weighted>,
    things: usize,
}

impl Cooccurrence {
    /// Of who has what, each pair once; for each thing the `kept` that go with it best are
    /// remembered.
    #[must_use]
    pub fn new(people: u32, things: u32, has: &[(u32, Slot)], kept: usize) -> Self {
        let (people, things) = (people as usize, things as usize);
        let has = Rows::grouped(people, has.iter().copied());
        let held: Rows<u32> = has.transposed(things, |thing, person| (thing, person));
        let through: Vec<f64> = has.iter().map(|things| 1.0 / eighths(things.len(), THROUGH)).collect();
        let to: Vec<f64> = held.iter().map(|people| 1.0 / eighths(people.len(), TO)).collect();
        let mut walk = Walk { sums: vec![0.0; things], reached: Vec::new() };
        let mut rows: Vec<Vec<(Slot, f64)>> = Vec::with_capacity(things);
        for thing in 0..things {
            let people = held.row(thing);
            for person in people {
                walk.visit(has.row(*person as usize), through[*person as usize]);
            }
            let from = 1.0 / eighths(people.len(), FROM);
            rows.push(walk.best(thing as Slot, kept, |to_thing, sum| from * sum * to[to_thing as usize]));
        }
        let most = rows.iter().flatten().map(|(_, weight)| *weight).fold(0.0, f64::max);
        let scale = if most > 0.0 { f64::from(1_u32 << 31) / most } else { 0.0 };
        let near = Postings::of(rows.iter().map(|row| {
            // At most 2^31, and no less than one, so that what was kept counts.
            row.iter().map(move |(slot, weight)| Weighted { slot: *slot, weight: ((weight * scale) as u32).max(1) })
        }));
        Self { has, near, things }
    }

    /// What goes best with all that a person has, and that they do not have, best first;
    /// equal ones in the order of `tie`.
    pub fn best<K: Ord>(&self, person: u32, limit: usize, scratch: &mut Scratch, tie: impl Fn(Slot) -> K) -> Vec<Best> {
        let (terms, hidden) = self.query(person);
        let query = Query { terms: &terms, hidden, limit };
        self.near.top(&query, self.things, scratch, tie)
    }

    /// How well everything goes with what a person has, by slot; 0 for what they have.
    #[must_use]
    pub fn scores(&self, person: u32) -> Vec<u64> {
        let (terms, hidden) = self.query(person);
        let query = Query { terms: &terms, hidden, limit: 0 };
        self.near.scores(&query, self.things)
    }

    fn query(&self, person: u32) -> (Vec<Term>, &[Slot]) {
        let has = self.has.row(person as usize);
        (has.iter().map(|thing| Term { list: *thing, weight: 1 }).collect(), has)
    }
}

/// A number to the power of so many eighths.
fn eighths(number: usize, power: u32) -> f64 {
    let half = (number as f64).sqrt();
    let quarter = half.sqrt();
    let parts = [(4, half), (2, quarter), (1, quarter.sqrt())];
    parts.iter().filter(|(part, _)| power & part != 0).fold(1.0, |product, (_, root)| product * root)
}

/// What one walk through somebody who has so many things adds, in 65,536ths of one through
/// somebody who has one alone: a whole number, so that the order in which walks are added
/// up does not matter.
#[must_use]
pub fn walk_through(things: usize) -> u64 {
    (f64::from(1_u32 << 16) / eighths(things.max(1), THROUGH)).round() as u64
}

/// How well a thing that `to` people have goes with one that `from` have, by all walks
/// from the one to the other: what [`Cooccurrence`] scores, at most about 1.
#[must_use]
pub fn affinity(walks: u64, from: usize, to: usize) -> f64 {
    walks as f64 / f64::from(1_u32 << 16) / eighths(from.max(1), FROM) / eighths(to.max(1), TO)
}

/// Where one can come to, and how well.
struct Walk {
    sums: Vec<f64>,
    reached: Vec<Slot>,
}

impl Walk {
    fn visit(&mut self, things: &[Slot], share: f64) {
        for thing in things {
            let sum = &mut self.sums[*thing as usize];
            if *sum == 0.0 {
                self.reached.push(*thing);
            }
            *sum += share;
        }
    }

    /// The best of where one came to, ascending by slot; then nothing is reached any more.
    fn best(&mut self, from: Slot, kept: usize, weigh: impl Fn(Slot, f64) -> f64) -> Vec<(Slot, f64)> {
        let sums = &mut self.sums;
        let reached = self.reached.drain(..).map(|slot| (slot, std::mem::take(&mut sums[slot as usize])));
        let others = reached.filter(|(slot, _)| *slot != from);
        let mut best: Vec<(Slot, f64)> = others.map(|(slot, sum)| (slot, weigh(slot, sum))).collect();
        if best.len() > kept {
            best.select_nth_unstable_by(kept, |one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
            best.truncate(kept);
        }
        best.sort_unstable_by_key(|(slot, _)| *slot);
        best
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn best(has: &[(u32, Slot)], person: u32) -> Vec<Slot> {
        let all = Cooccurrence::new(5, 5, has, 10);
        all.best(person, 9, &mut Scratch::default(), |slot| slot).into_iter().map(|best| best.slot).collect()
    }

    #[test]
    fn what_the_same_people_have_goes_together() {
        // 0 and 1 are had together twice, 0 and 2 once.
        let has = [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (3, 0), (3, 2)];
        assert_eq!(best(&has, 0), [1, 2]);
        assert_eq!(best(&has, 4), [0; 0], "who has nothing is told nothing");
    }

    #[test]
    fn what_a_person_has_is_not_suggested() {
        assert_eq!(best(&[(0, 0), (0, 1), (1, 0), (1, 1), (1, 2)], 0), [2]);
    }

    #[test]
    fn only_the_best_are_kept() {
        let has = [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (3, 0), (3, 2)];
        let all = Cooccurrence::new(4, 3, &has, 1);
        assert_eq!(all.scores(0).iter().filter(|score| **score > 0).count(), 1);
    }

    proptest! {
        #[test]
        fn walks_one_by_one_come_to_the_same(has in prop::collection::btree_set((0_u32..12, 0_u32..6), 1..40)) {
            let has: Vec<(u32, Slot)> = has.into_iter().collect();
            let of = |person: u32| has.iter().filter(move |(whose, _)| *whose == person).map(|(_, thing)| *thing);
            let holders = |thing: Slot| has.iter().filter(|(_, held)| *held == thing).count();
            let all = Cooccurrence::new(12, 6, &has, 6);
            for person in 0..12 {
                let walked = |thing: Slot| -> f64 {
                    of(person).map(|own| {
                        let through = (0..12).filter(|other| of(*other).any(|held| held == own));
                        let through = through.filter(|other| of(*other).any(|held| held == thing));
                        affinity(through.map(|other| walk_through(of(other).count())).sum(), holders(own), holders(thing))
                    }).sum()
                };
                let best = all.best(person, 6, &mut Scratch::default(), |slot| slot);
                for pair in best.windows(2) {
                    let (one, other) = (walked(pair[0].slot), walked(pair[1].slot));
                    prop_assert!(one >= other * (1.0 - 1e-3), "{one} before {other}");
                }
            }
        }
    }

    #[test]
    fn eighths_are_powers() {
        for power in 0..8 {
            assert!((eighths(50, power) - 50_f64.powf(f64::from(power) / 8.0)).abs() < 1e-9);
        }
    }
}
