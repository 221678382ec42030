//! Against lists that are made anew each time.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::{Best, Query, Scratch, Term};

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
    postings: Postings<Slot>,
    plain: BTreeMap<Slot, BTreeSet<ListId>>,
    merging: Option<Merge<Slot>>,
}

impl World {
    fn take(&mut self, step: Step) {
        match step {
            Step::Set(slot, lists) => {
                self.remove(slot);
                self.postings.insert(slot, lists.iter().map(|list| (*list, slot)));
                self.plain.insert(slot, lists);
            }
            Step::Remove(slot) => self.remove(slot),
            Step::Merge => self.merging = Some(self.postings.merge()),
            Step::Adopt => {
                if let Some(merge) = self.merging.take() {
                    self.postings.adopt(merge.run());
                }
            }
        }
    }

    fn remove(&mut self, slot: Slot) {
        if let Some(lists) = self.plain.remove(&slot) {
            self.postings.remove(slot, lists);
        }
    }

    fn expected(&self, query: &Query<'_>) -> Vec<Best> {
        let mut best: Vec<Best> = self
            .plain
            .iter()
            .filter(|(slot, _)| !query.hidden.contains(slot))
            .map(|(slot, lists)| {
                let terms = query.terms.iter().filter(|term| lists.contains(&term.list));
                let counted = terms.filter(|term| !term.circle_only || query.circle.contains(*slot));
                Best { slot: *slot, score: counted.map(|term| u64::from(term.weight)).sum() }
            })
            .filter(|best| best.score > 0)
            .collect();
        best.sort_by_key(|best| (std::cmp::Reverse(best.score), best.slot.reverse_bits()));
        best.truncate(query.limit);
        best
    }
}

fn terms() -> impl Strategy<Value = Vec<Term>> {
    // Weights of one, two and four bytes, so that each width of sums is used.
    let weight = prop_oneof![0_u32..30, Just(60_000), Just(u32::MAX)];
    let term = (0..LISTS + 1, weight, any::<bool>());
    prop::collection::vec(term.prop_map(|(list, weight, circle_only)| Term { list, weight, circle_only }), 0..6)
}

proptest! {
    #[test]
    fn the_best_are_those_of_a_plain_count(
        steps in steps(),
        terms in terms(),
        circle in prop::collection::vec(0..SLOTS, 0..80),
        hidden in prop::collection::vec(0..SLOTS, 0..20),
        limit in 0_usize..20,
    ) {
        let mut world = World::default();
        let circle: Slots = circle.into_iter().collect();
        let mut scratch = Scratch::default();
        for step in steps {
            world.take(step);
            let query = Query { terms: &terms, circle: &circle, hidden: &hidden, limit };
            let found = world.postings.top(&query, SLOTS as usize, &mut scratch, |slot| slot.reverse_bits());
            prop_assert_eq!(found, world.expected(&query));
        }
        for list in 0..LISTS {
            let holders = world.plain.values().filter(|lists| lists.contains(&list)).count();
            prop_assert_eq!(world.postings.length(list) as usize, holders);
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
    assert_eq!(world.postings.changed(), 1, "what changed meanwhile");
    assert_eq!(world.postings.length(1), 16);
    world.take(Step::Merge);
    world.take(Step::Adopt);
    assert_eq!(world.postings.changed(), 0);
}
