//! How good matching is, on anybody's data: files in, rankings out, by the same index and
//! the same search that serve members.
//!
//! # Promises
//!
//! * Nothing is drawn or timed: the same files give the same bytes.
//! * A line that does not hold is named by file and number, and nothing is written.

mod assignment;
mod graph;
mod interactions;
mod lines;
mod names;
mod pairs;
mod profiles;
mod ranked;

use std::io::{BufRead, Write};

pub use assignment::{Assignment, assignment};
pub use graph::{Graph, graph};
pub use interactions::interactions;
pub use pairs::pairs;
pub use profiles::{Profiles, member, profiles};

/// The most that a ranking may hold.
pub const MOST_RANKED: usize = 10_000;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// A line does not hold.
    #[error("{file}, line {line}: {reason}")]
    Line {
        /// What the file is for: `train`, `candidates`, `hide`.
        file: &'static str,
        /// Which, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A file cannot be read.
    #[error("read {file}")]
    Read {
        /// What the file is for.
        file: &'static str,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A text has no vector.
    #[error("train, pair {pair}: encode its texts")]
    Encode {
        /// Which pair, from 1.
        pair: usize,
        /// Why.
        #[source]
        source: kindred_sentences::EncodeError,
    },
    /// The answer cannot be written.
    #[error("write the answer")]
    Write(#[from] std::io::Error),
}

/// A file that rankings are asked of, or answers are limited by.
pub type Source<'a> = Box<dyn BufRead + 'a>;

/// What is common to all rankings.
pub struct Ranking<'a> {
    /// How many are wanted, 1 to [`MOST_RANKED`].
    pub limit: usize,
    /// Rank only these: lines of `who<TAB>what what …`.
    pub candidates: Option<Source<'a>>,
    /// Where answers go: lines of `who<TAB>what what …`, the best first.
    pub out: &'a mut dyn Write,
}
