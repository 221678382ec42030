//! Against lists that are made anew each time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::{Best, Scratch};

const SLOTS: u32 = 150;
const LISTS: u32 = 6;

#[derive(Debug, Clone)]
enum Step {
    Set(Slot, BTreeSet<ListId>),
    Remove(Slot),
    /// Takes what is to be merged aside.
    Merge,
    /// Takes the result in.
    Adopt,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (0..SLOTS, prop::collection::btree_set(0..LISTS, 0..5)).prop_map(|(slot, lists)| Step::Set(slot, lists)),
        2 => (0..SLOTS).prop_map(Step::Remove),
        1 => Just(Step::Merge),
        1 => Just(Step::Adopt),
    ];
    prop::collection::vec(step, 0..200)
}

#[derive(Default)]
struct World {
    lists: Lists,
    plain: BTreeMap<Slot, BTreeSet<ListId>>,
    merging: Option<Merging>,
}

impl World {
    fn take(&mut self, step: Step) {
        match step {
            Step::Set(slot, lists) => {
                self.remove(slot);
                self.lists.insert(slot, lists.iter().copied());
                self.plain.insert(slot, lists);
            }
            Step::Remove(slot) => self.remove(slot),
            Step::Merge => self.merging = Some(self.lists.merge()),
            Step::Adopt => {
                if let Some(merge) = self.merging.take() {
                    self.lists.adopt(merge.run());
                }
            }
        }
    }

    fn remove(&mut self, slot: Slot) {
        if let Some(lists) = self.plain.remove(&slot) {
            self.lists.remove(slot, lists);
        }
    }

    fn expected(&self, ask: &Ask<'_>) -> Vec<Best> {
        let seen = self.plain.iter().filter(|(slot, _)| !ask.hidden.contains(slot));
        let scored = seen.map(|(slot, lists)| {
            let clauses = ask.clauses.iter().filter(|clause| lists.contains(&clause.list));
            let counted = clauses.filter(|clause| !clause.circle_only || ask.circle.contains(*slot));
            Best { slot: *slot, score: counted.map(|clause| u64::from(clause.weight)).sum() }
        });
        let mut best: Vec<Best> = scored.filter(|best| best.score > 0).collect();
        best.sort_by_key(|best| (Reverse(best.score), best.slot.reverse_bits()));
        best.truncate(ask.limit);
        best
    }

    fn found(&self, ask: &Ask<'_>, room: &mut Scratch) -> Vec<Best> {
        self.lists.top(ask, room, |slot| slot.reverse_bits())
    }
}

/// Any clauses, each a group of its own.
fn clauses() -> impl Strategy<Value = Vec<Clause>> {
    // Weights of one, two and four bytes, so that each width of sums is used.
    let weight = prop_oneof![0_u32..30, Just(60_000), Just(u32::MAX)];
    let clauses = prop::collection::vec((0..LISTS + 1, weight, any::<bool>()), 0..6);
    clauses.prop_map(|clauses| {
        let clauses = clauses.into_iter().zip(0..);
        clauses.map(|((list, weight, circle_only), group)| Clause { group, list, weight, circle_only }).collect()
    })
}

proptest! {
    #[test]
    fn the_best_are_those_of_a_plain_count(
        steps in steps(),
        clauses in clauses(),
        circle in prop::collection::vec(0..SLOTS, 0..80),
        hidden in prop::collection::vec(0..SLOTS, 0..20),
        limit in 0_usize..20,
    ) {
        let mut world = World::default();
        let circle: Slots = circle.into_iter().collect();
        let mut room = Scratch::default();
        for step in steps {
            world.take(step);
            let ask = Ask { clauses: &clauses, circle: &circle, hidden: &hidden, limit };
            prop_assert_eq!(world.found(&ask, &mut room), world.expected(&ask));
        }
        for list in 0..LISTS {
            let holders = world.plain.values().filter(|lists| lists.contains(&list)).count();
            prop_assert_eq!(world.lists.length(list) as usize, holders);
        }
    }
}

/// Slots over several blocks.
const CROWD: Slot = 8 * BLOCK as Slot + 40;
/// Lists of one group.
const RELEASES: u32 = 3;

/// A hash of two numbers below `bound`.
fn drawn(one: u32, other: u32, bound: u64) -> u64 {
    let mixed = (u64::from(one) << 32 | u64::from(other)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((mixed ^ mixed >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 32) % bound
}

/// What a slot is in, if each group is held by so many in a thousand.
fn held(slot: Slot, shares: &[u64]) -> BTreeSet<ListId> {
    let groups = (0..shares.len() as u32).filter(|group| drawn(slot, *group, 1_000) < shares[*group as usize]);
    groups.map(|group| group * RELEASES + drawn(slot, group + 100, u64::from(RELEASES)) as u32).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    // Dense lists and sparse ones over blocks, so that the lightest are looked up late,
    // added up, or both, as the best get better.
    #[test]
    fn in_a_crowd_nobody_is_passed_over(
        groups in prop::collection::vec((prop::sample::select(vec![1_u64, 20, 80, 300, 700, 950]), 1_u32..90), 1..14),
        asks in prop::collection::vec((prop::collection::vec(any::<bool>(), 14), 1_usize..30), 4),
        changed in prop::collection::vec(0..CROWD, 0..100),
    ) {
        let shares: Vec<u64> = groups.iter().map(|(share, _)| *share).collect();
        let mut world = World::default();
        for slot in 0..CROWD {
            world.take(Step::Set(slot, held(slot, &shares)));
        }
        world.take(Step::Merge);
        world.take(Step::Adopt);
        for slot in changed {
            world.take(if slot % 3 == 0 { Step::Remove(slot) } else { Step::Set(slot, held(slot + CROWD, &shares)) });
        }
        let circle: Slots = (0..CROWD).filter(|slot| drawn(*slot, 7, 4) == 0).collect();
        let mut room = Scratch::default();
        for (chosen, limit) in asks {
            let clauses = groups.iter().zip(0..).zip(&chosen).filter(|(_, chosen)| **chosen);
            let clauses = clauses.flat_map(|(((_, weight), group), _)| {
                (0..RELEASES).map(move |release| Clause {
                    group,
                    list: group * RELEASES + release,
                    weight: *weight,
                    circle_only: release == 2,
                })
            });
            let clauses: Vec<Clause> = clauses.collect();
            let ask = Ask { clauses: &clauses, circle: &circle, hidden: &[3, 600], limit };
            let expected = world.expected(&ask);
            prop_assert_eq!(world.found(&ask, &mut room), expected.clone());
            let scores = world.lists.scores(&ask, CROWD as usize);
            prop_assert!(expected.iter().all(|best| scores[best.slot as usize] == best.score));
        }
    }
}

#[test]
fn after_a_merge_nothing_is_left_beside_the_base() {
    let mut world = World::default();
    for slot in 0..100 {
        world.take(Step::Set(slot, BTreeSet::from([slot % LISTS])));
    }
    world.take(Step::Merge);
    world.take(Step::Remove(7));
    world.take(Step::Adopt);
    assert_eq!(world.lists.changed(), 1, "what changed meanwhile");
    assert_eq!(world.lists.length(1), 16);
    world.take(Step::Merge);
    world.take(Step::Adopt);
    assert_eq!(world.lists.changed(), 0);
}
