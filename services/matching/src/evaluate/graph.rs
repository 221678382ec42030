//! Whom somebody might want to know, by whom they know: lines of `person<TAB>person`.

use kindred_ranking::Scratch;
use kindred_ranking::links::Links;

use super::lines::Lines;
use super::names::Names;
use super::ranked::everybody;
use super::{EvaluateError, Ranking, Source};

/// How links are read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Graph {
    /// A line links both ways.
    pub undirected: bool,
    /// It does not count who is linked to somebody.
    pub hide_incoming: bool,
}

/// Ranks, for every person, those to whom they are not linked yet.
///
/// # Errors
///
/// [`EvaluateError`], before anything is written if it is a line's.
pub fn graph(train: Source<'_>, graph: Graph, ranking: Ranking<'_>) -> Result<(), EvaluateError> {
    let (mut people, mut links) = (Names::default(), Vec::new());
    let mut lines = Lines::of("train", train);
    while let Some([from, to]) = lines.fields::<2>()? {
        let from = people.number(&from).map_err(|reason| lines.wrong(reason))?;
        let to = people.number(&to).map_err(|reason| lines.wrong(reason))?;
        links.push((from, to));
        if graph.undirected {
            links.push((to, from));
        }
    }
    let links = Links::new(people.len(), &links);
    let (hide, mut scratch) = (graph.hide_incoming, Scratch::default());
    let best = |person, limit, tie: &dyn Fn(u32) -> u64| links.nearest(person, limit, hide, &mut scratch, tie);
    everybody(ranking, &people, &people, |person| links.nearness(person, hide), best)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranked(how: Graph, candidates: Option<&str>) -> Vec<String> {
        let train = "ann\tbob\nbob\tcy\ndee\tann\n";
        let mut out = Vec::new();
        let candidates = candidates.map(|text| -> Source<'_> { Box::new(text.as_bytes()) });
        graph(Box::new(train.as_bytes()), how, Ranking { limit: 5, candidates, out: &mut out }).expect("ranked");
        String::from_utf8(out).expect("text").lines().map(str::to_owned).collect()
    }

    #[test]
    fn who_reached_out_is_the_nearest() {
        assert_eq!(ranked(Graph::default(), None)[0], "ann\tdee cy");
        assert_eq!(ranked(Graph { hide_incoming: true, ..Graph::default() }, None)[0], "ann\tcy");
    }

    #[test]
    fn an_undirected_line_links_both() {
        assert_eq!(ranked(Graph { undirected: true, ..Graph::default() }, None)[0], "ann\tcy");
        assert_eq!(ranked(Graph { undirected: true, ..Graph::default() }, Some("ann\tbob cy\n"))[0], "ann\tcy bob");
    }
}
