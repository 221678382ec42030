//! `make match-quality`: how good matching is on public data, by the program that serves
//! members, beside what others published.
//!
//! The data are not part of the product; `KINDRED_MATCH_DATA` names their folder.

mod citeulike;
mod facebook;
mod measure;
mod synthea;

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use flate2::read::MultiGzDecoder;
use kindred_matching::evaluate::{EvaluateError, Ranking, Source};
use serde::Serialize;

/// A figure of one protocol.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// The data.
    pub set: &'static str,
    /// What answered: Kindred, or what somebody published.
    pub by: &'static str,
    /// What is measured.
    pub measure: &'static str,
    /// How much it is, from 0 to 1.
    pub value: f64,
    /// The least that it is to be; none for what others published.
    pub gate: Option<f64>,
}

impl Figure {
    fn ours(set: &'static str, by: &'static str, measure: &'static str, value: f64, gate: Option<f64>) -> Self {
        Self { set, by, measure, value, gate }
    }

    const fn published(set: &'static str, by: &'static str, measure: &'static str, value: f64) -> Self {
        Self { set, by, measure, value, gate: None }
    }

    fn met(&self) -> bool {
        self.gate.is_none_or(|gate| self.value >= gate)
    }
}

/// Measures, prints a table and writes `target/match-quality.json`; whether every gate is
/// reached.
///
/// # Errors
///
/// If the data are not there or cannot be read.
pub fn run() -> anyhow::Result<bool> {
    let folder = std::env::var_os("KINDRED_MATCH_DATA").map(PathBuf::from);
    let Some(folder) = folder.filter(|folder| folder.is_dir()) else {
        bail!("`KINDRED_MATCH_DATA` names no folder with the data to measure on");
    };
    let mut figures = citeulike::measure(&folder.join("citeulike-a"))?;
    figures.extend(facebook::measure(&folder.join("ego-facebook"))?);
    figures.extend(synthea::measure(&folder.join("synthea-1k-fhir"))?);
    print(&figures)?;
    let path = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    std::fs::create_dir_all(&path)?;
    std::fs::write(path.join("match-quality.json"), serde_json::to_vec_pretty(&figures)?)?;
    Ok(figures.iter().all(Figure::met))
}

fn print(figures: &[Figure]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{:<14} {:<34} {:<10} {:>7}  gate", "data", "by", "measure", "value")?;
    for figure in figures {
        let gate = match figure.gate {
            None => String::new(),
            Some(gate) => format!("{gate} {}", if figure.met() { "reached" } else { "MISSED" }),
        };
        writeln!(out, "{:<14} {:<34} {:<10} {:>7.4}  {gate}", figure.set, figure.by, figure.measure, figure.value)?;
    }
    Ok(())
}

/// A packed file as text.
fn unpacked(path: &Path) -> anyhow::Result<String> {
    let wrong = || format!("read `{}`", path.display());
    let mut text = String::new();
    let file = std::fs::File::open(path).with_context(wrong)?;
    MultiGzDecoder::new(file).read_to_string(&mut text).with_context(wrong)?;
    Ok(text)
}

/// What an evaluation answers: each line's first field, with what is ranked behind it.
fn ranked(
    limit: usize,
    candidates: Option<&str>,
    rank: impl FnOnce(Ranking<'_>) -> Result<(), EvaluateError>,
) -> anyhow::Result<Vec<(String, Vec<String>)>> {
    let mut out = Vec::new();
    rank(Ranking { limit, candidates: candidates.map(source), out: &mut out })?;
    let answers = String::from_utf8(out)?;
    let line = |line: &str| {
        let (who, what) = line.split_once('\t')?;
        Some((who.to_owned(), what.split(' ').filter(|name| !name.is_empty()).map(str::to_owned).collect()))
    };
    answers.lines().map(|text| line(text).context("an answer has two fields")).collect()
}

fn source(text: &str) -> Source<'_> {
    Box::new(text.as_bytes())
}
