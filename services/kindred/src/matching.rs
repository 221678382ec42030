//! `kindred match`: how good matching is on anybody's data, and which replica holds a tenant.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use flate2::read::MultiGzDecoder;
use kindred_ids::TenantSlug;
use kindred_matching::evaluate::{self, Assignment, EvaluateError, Graph, MOST_RANKED, Profiles, Ranking, Source};
use kindred_sentences::Encoder;
use kindred_service_kit::placement::Placement;
use serde::Serialize;

use crate::output::Format;

/// `kindred match …`.
#[derive(Debug, Subcommand)]
pub enum Match {
    /// Ranks what is in a file, plain or packed by gzip, by the index and the search that
    /// serve members. The same files give the same answer.
    #[command(subcommand)]
    Eval(Eval),
    /// Which replicas of matching hold a tenant, the one that is asked first before the others.
    /// Of one in `peers.matching.replicas.split_tenants` every replica holds a part, and these
    /// are asked by whoever asks for no member.
    Holders {
        /// How many replicas there are (`peers.matching.replicas.count`).
        #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1_000))]
        replicas: u32,
        /// On how many of them each tenant is (`peers.matching.replicas.copies`).
        #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1_000))]
        copies: u32,
        /// The tenants.
        #[arg(required = true, value_name = "TENANT")]
        tenants: Vec<TenantSlug>,
    },
}

/// Where a tenant is.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Holders {
    tenant: String,
    replicas: Vec<u32>,
}

fn holders(placement: Placement, tenants: &[TenantSlug]) -> Vec<Holders> {
    let of = |tenant: &TenantSlug| Holders { tenant: tenant.to_string(), replicas: placement.holders(tenant) };
    tenants.iter().map(of).collect()
}

/// What a file holds.
#[derive(Debug, Subcommand)]
pub enum Eval {
    /// Lines of `user<TAB>item`: for every user the best items that they do not have.
    Interactions {
        #[command(flatten)]
        files: Files,
    },
    /// Lines of `person<TAB>person`: for every person the nearest to whom they are not linked.
    Graph {
        #[command(flatten)]
        files: Files,
        /// A line links both ways.
        #[arg(long)]
        undirected: bool,
        /// It does not count who is linked to somebody.
        #[arg(long)]
        hide_incoming: bool,
    },
    /// Lines of `person<TAB>kind<TAB>value`: for every person the most similar ones.
    Profiles {
        #[command(flatten)]
        files: Files,
        /// Lines of `person<TAB>kind<TAB>value` to leave out of that person's own question;
        /// the answer has a line for each.
        #[arg(long, value_name = "FILE")]
        hide: Option<PathBuf>,
        /// What likely goes with what a person has counts too; learned without what is hidden.
        #[arg(long)]
        infer: bool,
        /// How many people must hold a value before it counts.
        #[arg(long, default_value_t = 11, value_parser = clap::value_parser!(u32).range(1..=1_000))]
        cohort_floor: u32,
    },
    /// A number `n`, then `n` lines of `n` whole costs: the least total, then the pairs.
    Assignment {
        /// So that there are no row and column that would both rather have each other,
        /// instead of at the least total.
        #[arg(long)]
        stable: bool,
        /// The costs.
        #[arg(long, value_name = "FILE")]
        train: PathBuf,
        /// Where the answer goes.
        #[arg(long, value_name = "FILE")]
        run: PathBuf,
    },
    /// Lines of `text<TAB>text`: how near the two are in meaning, one number a line.
    Pairs {
        /// The texts.
        #[arg(long, value_name = "FILE")]
        train: PathBuf,
        /// The folder of a sentence model; `make model` prints one.
        #[arg(long, value_name = "FOLDER")]
        model: PathBuf,
        /// Where the answer goes.
        #[arg(long, visible_alias = "out", value_name = "FILE")]
        run: PathBuf,
    },
}

/// Files of a ranking.
#[derive(Debug, Args)]
pub struct Files {
    /// What is learned from.
    #[arg(long, value_name = "FILE")]
    train: PathBuf,
    /// How many are wanted.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=MOST_RANKED as u64))]
    k: u64,
    /// Where the answer goes: lines of `who<TAB>what what …`, the best first.
    #[arg(long, value_name = "FILE")]
    run: PathBuf,
    /// Ranks only these, lines of `who<TAB>what what …`; what has no score comes last.
    #[arg(long, value_name = "FILE")]
    candidates: Option<PathBuf>,
}

impl Match {
    /// Reads the files and writes the answer; no answer is written where a line does not hold.
    ///
    /// # Errors
    ///
    /// If a file cannot be read or written, or a line does not hold.
    pub fn run(self, format: Format) -> anyhow::Result<()> {
        let eval = match self {
            Self::Eval(eval) => eval,
            Self::Holders { replicas, copies, tenants } => {
                let rows = holders(Placement::new(replicas, copies), &tenants);
                return format.rows(&["TENANT", "REPLICAS"], &rows, |row| {
                    let replicas: Vec<String> = row.replicas.iter().map(u32::to_string).collect();
                    vec![row.tenant.clone(), replicas.join(" ")]
                });
            }
        };
        match eval {
            Eval::Interactions { files } => files.ranked(|train, ranking| evaluate::interactions(train, ranking)),
            Eval::Graph { files, undirected, hide_incoming } => {
                let graph = Graph { undirected, hide_incoming };
                files.ranked(|train, ranking| evaluate::graph(train, graph, ranking))
            }
            Eval::Profiles { files, hide, infer, cohort_floor } => {
                let hide = hide.as_deref().map(open).transpose()?;
                let how = Profiles { hide, infer, floor: cohort_floor };
                files.ranked(|train, ranking| evaluate::profiles(train, how, ranking))
            }
            Eval::Assignment { stable, train, run } => {
                let costs = open(&train)?;
                let how = if stable { Assignment::Stable } else { Assignment::Cheapest };
                write(&run, |out| evaluate::assignment(costs, how, out))
            }
            Eval::Pairs { train, model, run } => {
                let (pairs, encoder) = (open(&train)?, Encoder::load(&model)?);
                write(&run, |out| evaluate::pairs(pairs, &encoder, out))
            }
        }
    }
}

impl Files {
    fn ranked(
        self,
        rank: impl FnOnce(Source<'static>, Ranking<'_>) -> Result<(), EvaluateError>,
    ) -> anyhow::Result<()> {
        let (train, candidates) = (open(&self.train)?, self.candidates.as_deref().map(open).transpose()?);
        let limit = usize::try_from(self.k)?;
        write(&self.run, |out| rank(train, Ranking { limit, candidates, out }))
    }
}

/// Opens a file, and unpacks it if it is packed.
fn open(path: &Path) -> anyhow::Result<Source<'static>> {
    let wrong = || format!("read `{}`", path.display());
    let mut file = BufReader::with_capacity(1 << 16, File::open(path).with_context(wrong)?);
    let packed = file.fill_buf().with_context(wrong)?.starts_with(&[0x1f, 0x8b]);
    Ok(if packed { Box::new(BufReader::new(MultiGzDecoder::new(file))) } else { Box::new(file) })
}

/// Writes an answer beside its place, and puts it there once it is whole.
fn write(path: &Path, answer: impl FnOnce(&mut dyn Write) -> Result<(), EvaluateError>) -> anyhow::Result<()> {
    let wrong = || format!("write `{}`", path.display());
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let mut out = BufWriter::new(File::create(&beside).with_context(wrong)?);
    let written = answer(&mut out).and_then(|()| Ok(out.flush()?));
    if let Err(error) = written {
        // What is wrong matters more than a file that stays.
        let _left_behind = std::fs::remove_file(&beside).is_err();
        return Err(error.into());
    }
    std::fs::rename(&beside, path).with_context(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("kindred-match-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    fn interactions(folder: &Path, train: &[u8]) -> anyhow::Result<()> {
        std::fs::write(folder.join("train"), train).expect("written");
        let files = Files { train: folder.join("train"), k: 3, run: folder.join("run"), candidates: None };
        Match::Eval(Eval::Interactions { files }).run(Format::Table)
    }

    #[test]
    fn an_operator_is_told_where_tenants_are() {
        let tenants = ["riverside", "lakeside"].map(|tenant| tenant.parse().expect("a slug"));
        let told = holders(Placement::new(5, 2), &tenants);
        let row = |tenant: &str, replicas: [u32; 2]| Holders { tenant: tenant.to_owned(), replicas: replicas.to_vec() };
        assert_eq!(told, [row("riverside", [1, 4]), row("lakeside", [0, 3])]);
    }

    #[test]
    fn a_packed_file_is_read_like_a_plain_one() {
        let (folder, train) = (folder("packed"), b"ann\tx\nbob\tx\nbob\ty\n");
        interactions(&folder, train).expect("ranked");
        let plain = std::fs::read(folder.join("run")).expect("an answer");
        assert_eq!(plain, b"ann\ty\nbob\t\n");
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(train).expect("packed");
        interactions(&folder, &packed.finish().expect("packed")).expect("ranked");
        assert_eq!(std::fs::read(folder.join("run")).expect("an answer"), plain);
        std::fs::remove_dir_all(folder).expect("gone");
    }

    #[test]
    fn a_line_that_does_not_hold_leaves_no_answer() {
        let folder = folder("broken");
        let error = interactions(&folder, b"ann\tx\nbob\n").expect_err("refused");
        assert!(format!("{error:#}").contains("train, line 2"), "{error:#}");
        assert!(!folder.join("run").exists() && !folder.join("run.part").exists());
        std::fs::remove_dir_all(folder).expect("gone");
    }

    #[test]
    fn a_model_that_is_not_there_is_named() {
        let folder = folder("pairs");
        std::fs::write(folder.join("train"), "tired\tworn out\n").expect("written");
        let (train, run) = (folder.join("train"), folder.join("run"));
        let pairs =
            |model| Match::Eval(Eval::Pairs { train: train.clone(), model, run: run.clone() }).run(Format::Table);
        let error = pairs(folder.join("none")).expect_err("refused");
        assert!(format!("{error:#}").contains("config.json"), "{error:#}");
        assert!(!run.exists());
        kindred_sentences::tiny::write(&folder.join("model"), &[], 1).expect("a model");
        pairs(folder.join("model")).expect("answered");
        assert_eq!(std::fs::read_to_string(&run).expect("an answer").lines().count(), 1);
        std::fs::remove_dir_all(folder).expect("gone");
    }
}
