//! ego-Facebook: who is friends with whom. A tenth of the friendships is hidden, and is to
//! be found among everybody who is not a known friend.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use anyhow::Context as _;
use kindred_matching::evaluate::{Graph, graph};
use kindred_testkit::Seed;

use super::measure::{hits, mean, normalized_gain};
use super::{Figure, ranked, source, unpacked};

const SET: &str = "ego-facebook";
/// Which friendships are hidden differs by seed; figures are means over these.
const SEEDS: std::ops::Range<u64> = 1..6;
const PLACES: usize = 20;

pub fn measure(folder: &Path) -> anyhow::Result<Vec<Figure>> {
    let text = unpacked(&folder.join("edges.txt.gz"))?;
    let pair = |line: &str| line.split_once(char::is_whitespace).map(|(one, other)| (one.to_owned(), other.to_owned()));
    let links: Vec<(String, String)> =
        text.lines().map(|line| pair(line).context("two people a line")).collect::<anyhow::Result<_>>()?;
    let (mut recalls, mut gains) = (Vec::new(), Vec::new());
    for seed in SEEDS {
        let (recall, gain) = split(&links, seed)?;
        recalls.push(recall);
        gains.push(gain);
    }
    Ok(vec![
        Figure::published(SET, "common neighbors, by us once", "Recall@20", 0.684),
        Figure::published(SET, "Adamic-Adar, by us once", "Recall@20", 0.700),
        Figure::ours(SET, "kindred, five seeds", "Recall@20", mean(recalls.into_iter()), Some(0.71)),
        Figure::ours(SET, "kindred, five seeds", "nDCG@20", mean(gains.into_iter()), None),
    ])
}

fn split(links: &[(String, String)], seed: u64) -> anyhow::Result<(f64, f64)> {
    let mut seed = Seed::new(seed);
    let (mut train, mut hidden) = (String::new(), HashMap::<&str, HashSet<&str>>::new());
    for (one, other) in links {
        if seed.below(10) == 0 {
            hidden.entry(one).or_default().insert(other);
            hidden.entry(other).or_default().insert(one);
        } else {
            train.push_str(&format!("{one}\t{other}\n"));
        }
    }
    let how = Graph { undirected: true, hide_incoming: false };
    let answers = ranked(PLACES, None, |ranking| graph(source(&train), how, ranking))?;
    let answers: HashMap<String, Vec<String>> = answers.into_iter().collect();
    let (mut recalls, mut gains) = (Vec::new(), Vec::new());
    for (person, friends) in &hidden {
        // Who has no friend left in the training part is told nothing, and found by nobody.
        let found = answers.get(*person).map_or(&[][..], Vec::as_slice);
        let hits = hits(found, PLACES, |name| friends.contains(name));
        recalls.push(hits.iter().filter(|hit| **hit).count() as f64 / friends.len() as f64);
        gains.push(normalized_gain(&hits, friends.len()));
    }
    Ok((mean(recalls.into_iter()), mean(gains.into_iter())))
}
