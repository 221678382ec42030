//! Against a plain count.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::{Best, Query, Scratch, Term};

const SLOTS: u32 = 150;
const LISTS: u32 = 6;

fn expected(lists: &[BTreeSet<Slot>], query: &Query<'_>) -> Vec<Best> {
    let score = |slot: Slot| {
        let holds = |list: ListId| lists.get(list as usize).is_some_and(|list| list.contains(&slot));
        query.terms.iter().filter(|term| holds(term.list)).map(|term| u64::from(term.weight)).sum()
    };
    let shown = (0..SLOTS).filter(|slot| !query.hidden.contains(slot));
    let mut best: Vec<Best> =
        shown.map(|slot| Best { slot, score: score(slot) }).filter(|best| best.score > 0).collect();
    best.sort_by_key(|best| (std::cmp::Reverse(best.score), best.slot.reverse_bits()));
    best.truncate(query.limit);
    best
}

fn terms() -> impl Strategy<Value = Vec<Term>> {
    // Weights of one, two and four bytes, so that each width of sums is used.
    let weight = prop_oneof![0_u32..30, Just(60_000), Just(u32::MAX)];
    prop::collection::vec((0..LISTS + 1, weight).prop_map(|(list, weight)| Term { list, weight }), 0..6)
}

proptest! {
    #[test]
    fn the_best_are_those_of_a_plain_count(
        lists in prop::collection::vec(prop::collection::btree_set(0..SLOTS, 0..60), LISTS as usize),
        queries in prop::collection::vec((terms(), prop::collection::vec(0..SLOTS, 0..20), 0_usize..20), 1..20),
    ) {
        let postings = Postings::of(lists.iter().map(|list| list.iter().copied()));
        let mut scratch = Scratch::default();
        for (terms, hidden, limit) in &queries {
            let query = Query { terms, hidden, limit: *limit };
            let found = postings.top(&query, SLOTS as usize, &mut scratch, |slot| slot.reverse_bits());
            prop_assert_eq!(found, expected(&lists, &query));
        }
        for (list, slots) in (0..).zip(&lists) {
            prop_assert_eq!(postings.length(list) as usize, slots.len());
        }
        prop_assert_eq!(postings.length(LISTS), 0);
    }
}
