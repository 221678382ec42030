//! Who is near to whom in a graph of people: by whom both are linked with, where somebody
//! with few links says more than somebody with many, and by who reached out first.
//!
//! Resource allocation (Zhou, Lü and Zhang 2009): a common neighbor with `d` links adds
//! `1 / d`.

use crate::csr::Rows;
use crate::{Best, ListId, Postings, Query, Scratch, Slot, Term};

/// What a common neighbor without other links would add.
const WHOLE: u32 = 1 << 16;
/// What somebody adds who is linked to the one who looks: more than a few common neighbors
/// ever do.
const REACHED_OUT: u32 = 8 * WHOLE;

/// A graph of people, ready to be asked.
#[derive(Debug)]
pub struct Links {
    /// Whom each is linked to.
    to: Rows<Slot>,
    /// By number: for each person those linked with them either way, then for each those
    /// linked to them.
    lists: Postings<Slot>,
}

impl Links {
    /// The graph of `people` with these links, from whom to whom; a link that is named
    /// twice, or that leads back to its own beginning, counts once or not at all.
    #[must_use]
    pub fn new(people: u32, links: &[(Slot, Slot)]) -> Self {
        let mut links: Vec<(Slot, Slot)> = links.iter().copied().filter(|(from, to)| from != to).collect();
        links.sort_unstable();
        links.dedup();
        let mut both: Vec<(Slot, Slot)> = links.iter().flat_map(|(from, to)| [(*from, *to), (*to, *from)]).collect();
        both.sort_unstable();
        both.dedup();
        let people = people as usize;
        let to = Rows::grouped(people, links.iter().copied());
        let from = to.transposed(people, |to, from| (to, from));
        let with = Rows::<Slot>::grouped(people, both.iter().copied());
        let lists = Postings::of(with.iter().chain(from.iter()).map(|row| row.iter().copied()));
        Self { to, lists }
    }

    /// The people nearest to `person` to whom they are not linked, best first; equal ones
    /// in the order of `tie`. With `hide_incoming` it does not count who is linked to them.
    pub fn nearest<K: Ord>(
        &self,
        person: Slot,
        limit: usize,
        hide_incoming: bool,
        scratch: &mut Scratch,
        tie: impl Fn(Slot) -> K,
    ) -> Vec<Best> {
        let (terms, hidden) = self.query(person, hide_incoming);
        let query = Query { terms: &terms, hidden: &hidden, limit };
        self.lists.top(&query, self.to.len(), scratch, tie)
    }

    /// How near everybody is, by slot; 0 for those to whom `person` is linked already.
    #[must_use]
    pub fn nearness(&self, person: Slot, hide_incoming: bool) -> Vec<u64> {
        let (terms, hidden) = self.query(person, hide_incoming);
        let query = Query { terms: &terms, hidden: &hidden, limit: 0 };
        self.lists.scores(&query, self.to.len())
    }

    fn query(&self, person: Slot, hide_incoming: bool) -> (Vec<Term>, Vec<Slot>) {
        let common = self.lists.list(person).iter().map(|neighbor| {
            let degree = self.lists.length(*neighbor);
            Term { list: *neighbor, weight: (WHOLE + degree / 2) / degree.max(1) }
        });
        let list = self.to.len() as ListId + person;
        let incoming = (!hide_incoming).then_some(Term { list, weight: REACHED_OUT });
        let linked = self.to.row(person as usize).iter().copied();
        (common.chain(incoming).collect(), linked.chain([person]).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nearest(links: &[(Slot, Slot)], person: Slot, hide_incoming: bool) -> Vec<Slot> {
        let links = Links::new(6, links);
        let best = links.nearest(person, 9, hide_incoming, &mut Scratch::default(), |slot| slot);
        best.into_iter().map(|best| best.slot).collect()
    }

    #[test]
    fn a_neighbor_with_few_links_says_more() {
        // 0 knows 1 and 2; 1 knows 3 alone, 2 knows 4 and 5.
        let links = [(0, 1), (0, 2), (1, 3), (2, 4), (2, 5)];
        assert_eq!(nearest(&links, 0, false), [3, 4, 5]);
    }

    #[test]
    fn who_reached_out_comes_first_unless_that_is_hidden() {
        let links = [(0, 1), (1, 2), (3, 0)];
        assert_eq!(nearest(&links, 0, false), [3, 2]);
        assert_eq!(nearest(&links, 0, true), [2]);
    }

    #[test]
    fn links_named_twice_or_to_oneself_change_nothing() {
        let links = [(0, 1), (1, 2), (0, 1), (2, 2)];
        assert_eq!(nearest(&links, 0, false), [2]);
    }
}
