//! CiteULike-a: researchers and the papers in their libraries. One paper of each is held
//! out, and is to be found among a hundred that they never took.

use std::path::Path;

use anyhow::Context as _;
use kindred_matching::evaluate::interactions;

use super::measure::{hits, mean, normalized_gain};
use super::{Figure, ranked, source, unpacked};

const SET: &str = "citeulike-a";
const BY: &str = "kindred, ties by hash";

/// Ferrari Dacrema, Cremonesi and Jannach, RecSys 2019, full results: the most popular,
/// the neural method under test and the best one.
const PUBLISHED: [(&str, f64, f64, f64, f64); 4] = [
    ("most popular", 0.1803, 0.1220, 0.2783, 0.1535),
    ("CMN, neural", 0.8069, 0.6666, 0.8910, 0.6942),
    ("user neighbors", 0.8213, 0.7033, 0.8935, 0.7268),
    ("RP3beta, the best", 0.8226, 0.7114, 0.8941, 0.7347),
];

/// Places that count, with what they are called.
const PLACES: [(usize, &str, &str); 2] = [(5, "HR@5", "NDCG@5"), (10, "HR@10", "NDCG@10")];

pub fn measure(folder: &Path) -> anyhow::Result<Vec<Figure>> {
    let train = unpacked(&folder.join("train.tsv.gz"))?;
    let test = unpacked(&folder.join("test.tsv.gz"))?;
    let mut held = std::collections::HashMap::new();
    let mut candidates = String::new();
    for line in test.lines() {
        let mut fields = line.split('\t');
        let (user, item, others) =
            (|| Some((fields.next()?, fields.next()?, fields.next()?)))().context("three fields of a test")?;
        held.insert(user, item);
        candidates.push_str(&format!("{user}\t{item} {others}\n"));
    }
    let answers = ranked(101, Some(&candidates), |ranking| interactions(source(&train), ranking))?;
    anyhow::ensure!(answers.len() == held.len(), "everybody of the test is in the training part");
    let mut figures = Vec::new();
    for (by, hit5, gain5, hit10, gain10) in PUBLISHED {
        let values = [hit5, gain5, hit10, gain10];
        let names = PLACES.iter().flat_map(|(_, hit, gain)| [*hit, *gain]);
        figures.extend(names.zip(values).map(|(name, value)| Figure::published(SET, by, name, value)));
    }
    for (places, hit, gain) in PLACES {
        let found: Vec<Vec<bool>> =
            answers.iter().map(|(user, best)| hits(best, places, |item| item == held[user.as_str()])).collect();
        let rate = mean(found.iter().map(|hits| f64::from(u8::from(hits.contains(&true)))));
        let gained = mean(found.iter().map(|hits| normalized_gain(hits, 1)));
        let gates = if places == 10 { (Some(0.894), Some(0.70)) } else { (None, None) };
        figures.push(Figure::ours(SET, BY, hit, rate, gates.0));
        figures.push(Figure::ours(SET, BY, gain, gained, gates.1));
    }
    Ok(figures)
}
