//! Synthea: a thousand made-up patients. Of each one code is hidden, and those who have it
//! are to be found by the others.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use anyhow::Context as _;
use kindred_matching::evaluate::{Profiles, profiles};
use serde_json::Value;

use super::measure::{hits, mean, normalized_gain};
use super::{Figure, ranked, source, unpacked};

const SET: &str = "synthea-1k";
const PLACES: usize = 20;
/// How many distinct codes a patient must have for one to be hidden.
const ENOUGH: usize = 4;
/// How many patients must hold a code for it to be hidden.
const HOLDERS: std::ops::RangeInclusive<usize> = 10..=300;

pub fn measure(folder: &Path) -> anyhow::Result<Vec<Figure>> {
    let codes = codes(&unpacked(&folder.join("Condition.ndjson.gz"))?)?;
    let mut holders: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for (patient, codes) in &codes {
        codes.iter().for_each(|code| holders.entry(code).or_default().extend([patient.as_str()]));
    }
    let hidden = hidden(&codes, &holders);
    let line = |patient: &str, code: &str| format!("{patient}\tcondition\tsnomed|{code}\n");
    let train: String =
        codes.iter().flat_map(|(patient, codes)| codes.iter().map(move |code| line(patient, code))).collect();
    let hide: String = hidden.iter().map(|(patient, code)| line(patient, code)).collect();
    let base = hidden.iter().map(|(_, code)| (holders[code].len() - 1) as f64 / (codes.len() - 1) as f64);
    let mut figures = vec![
        Figure::published(SET, "anybody", "P@20", mean(base.collect::<Vec<_>>().into_iter())),
        Figure::published(SET, "plain overlap, by us once", "P@20", 0.293),
        Figure::published(SET, "IDF overlap, by us once", "P@20", 0.311),
    ];
    for (by, infer, gate) in [("kindred", false, 0.31), ("kindred with inference", true, 0.40)] {
        let how = Profiles { hide: Some(source(&hide)), infer, floor: 11 };
        let answers = ranked(PLACES, None, |ranking| profiles(source(&train), how, ranking))?;
        let found: Vec<(Vec<bool>, usize)> = answers
            .iter()
            .zip(&hidden)
            .map(|((_, best), (_, code))| {
                (hits(best, PLACES, |other| holders[code].contains(other)), holders[code].len() - 1)
            })
            .collect();
        let precision = |hits: &[bool]| hits.iter().filter(|hit| **hit).count() as f64 / PLACES as f64;
        figures.push(Figure::ours(SET, by, "P@20", mean(found.iter().map(|(hits, _)| precision(hits))), Some(gate)));
        let gain = mean(found.iter().map(|(hits, wanted)| normalized_gain(hits, *wanted)));
        figures.push(Figure::ours(SET, by, "nDCG@20", gain, None));
    }
    Ok(figures)
}

/// The codes of each patient, those of the past too.
fn codes(text: &str) -> anyhow::Result<BTreeMap<String, BTreeSet<String>>> {
    let mut codes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines() {
        let condition: Value = serde_json::from_str(line)?;
        let patient = condition["subject"]["reference"].as_str().context("whose it is")?;
        let patient = patient.trim_start_matches("Patient/").trim_start_matches("urn:uuid:");
        let code = condition["code"]["coding"][0]["code"].as_str().context("what it is")?;
        codes.entry(patient.to_owned()).or_default().insert(code.to_owned());
    }
    Ok(codes)
}

/// Of each patient with enough codes, the one to hide: of those that are neither rare nor
/// common, that with the least hash.
fn hidden<'a>(
    codes: &'a BTreeMap<String, BTreeSet<String>>,
    holders: &HashMap<&str, BTreeSet<&str>>,
) -> Vec<(&'a str, &'a str)> {
    let hash = |patient: &str, code: &str| {
        let digest = ring::digest::digest(&ring::digest::SHA256, format!("{patient}|{code}").as_bytes());
        digest.as_ref().to_vec()
    };
    let enough = codes.iter().filter(|(_, codes)| codes.len() >= ENOUGH);
    let hidden = enough.filter_map(|(patient, codes)| {
        let fitting = codes.iter().filter(|code| HOLDERS.contains(&holders[code.as_str()].len()));
        Some((patient.as_str(), fitting.min_by_key(|code| hash(patient, code))?.as_str()))
    });
    hidden.collect()
}
