//! What matching does about events of its own log and of membership's.
//!
//! # Promises
//!
//! * Each event leads to the same commands, with the same ids, however often it is read.
//! * What an old event asks for is done only where the log still says so.

mod follow_pairings;
mod hold_rounds;
mod put_proposals;
mod release_places;
mod retract_proposals;

use kindred_eventsourcing::{Contract, RecordedCommit};
use kindred_projections::{ReactError, reaction_command_id};
use kindred_service_kit::error::{ApiError, ErrorCode};

use crate::application::Cause;
pub use follow_pairings::FollowPairings;
pub use hold_rounds::HoldRounds;
pub use put_proposals::PutProposals;
pub use release_places::ReleasePlaces;
pub use retract_proposals::RetractProposals;

/// What a reaction acts on: one event of a commit.
fn cause(reaction: &str, commit: &RecordedCommit, index: usize) -> Cause {
    let event = commit.event_id(index);
    Cause {
        event,
        correlation: commit.meta.correlation,
        at: commit.meta.at,
        command_id: reaction_command_id(reaction, event, 0),
    }
}

/// Input that the log can never take is parked; everything else passes.
fn failed(event: usize, error: ApiError) -> ReactError {
    match error.code() {
        ErrorCode::InvalidArgument | ErrorCode::Refused => ReactError::poison(event, error.reason().to_owned()),
        _ => ReactError::transient(error),
    }
}

/// Every event of a commit of matching's own, with its place and what a reaction to it acts on.
fn events<D: Contract>(
    reaction: &'static str,
    commit: &RecordedCommit,
) -> impl Iterator<Item = Result<(usize, D::Event, Cause), ReactError>> {
    commit.records.iter().enumerate().map(move |(index, record)| {
        let event = D::decode(record).map_err(|error| ReactError::poison(index, error.to_string()))?;
        Ok((index, event, cause(reaction, commit, index)))
    })
}
