//! What the index takes from matching's own log.

use kindred_eventsourcing::{Contract as _, Decider as _, DecodeError, Record, RecordedCommit};

use super::fact::Fact;
use super::graph::Wish;
use crate::domain::introduction::Event as Introduced;
use crate::domain::weights::Event as Weighed;
use crate::domain::{Introduction, Weights};

const DAY_MILLIS: i64 = 24 * 3_600_000;

/// On which day it was made; weights that were fixed, and who asked to meet whom with how
/// that stands; the notes are not opened.
pub(super) fn facts(commit: &RecordedCommit) -> Result<Vec<Fact>, DecodeError> {
    let day = Fact::Day { day: commit.meta.at.millis().div_euclid(DAY_MILLIS) };
    let read = match commit.key.category() {
        Weights::CATEGORY => weights,
        Introduction::CATEGORY => wish,
        _ => return Ok(vec![day]),
    };
    std::iter::once(Ok(day)).chain(commit.records.iter().map(read)).collect()
}

fn weights(record: &Record) -> Result<Fact, DecodeError> {
    let Weighed::WeightsFixed { part, .. } = Weights::decode(record)?;
    Ok(Fact::Weights { part })
}

fn wish(record: &Record) -> Result<Fact, DecodeError> {
    let (from, to, wish) = match Introduction::decode(record)? {
        Introduced::IntroductionRequested { from, to, .. } => (from, to, Wish::Open),
        Introduced::IntroductionAccepted { from, to, .. } => (from, to, Wish::Granted),
        Introduced::IntroductionDeclined { from, to, .. } => (from, to, Wish::Declined),
        Introduced::IntroductionWithdrawn { from, to, .. } => (from, to, Wish::Withdrawn),
    };
    Ok(Fact::Wish { from, to, wish })
}
