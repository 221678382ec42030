//! What happens elsewhere, and who is told of it.
//!
//! # Promises
//!
//! * Each event leads to the same commands, with the same ids, however often it is read.
//! * Events of other services that this program does not know are not its business; those
//!   that it knows and cannot read are parked, never skipped.

mod tell_of_introductions;
mod tell_of_joins;
mod tell_of_messages;
mod tell_of_posts;

use kindred_eventsourcing::{DecodeError, EventStore, RecordedCommit};
use kindred_ids::TenantSlug;
use kindred_projections::{ReactError, reaction_command_id};
use kindred_service_kit::error::{ApiError, ErrorCode};

use crate::application::{Application, Cause};
use crate::domain::notice::Notice;
pub use tell_of_introductions::TellOfIntroductions;
pub use tell_of_joins::TellOfJoins;
pub use tell_of_messages::TellOfMessages;
pub use tell_of_posts::TellOfPosts;

/// Tells everybody whom one event concerns.
async fn tell<S: EventStore>(
    application: &Application<S>,
    reaction: &str,
    (commit, index): (&RecordedCommit, usize),
    tenant: &TenantSlug,
    notices: impl IntoIterator<Item = Notice>,
) -> Result<(), ReactError> {
    let event = commit.event_id(index);
    let cause = Cause {
        command_id: reaction_command_id(reaction, event, 0),
        event,
        correlation: commit.meta.correlation,
        at: commit.meta.at,
        trace: commit.meta.trace.clone(),
    };
    for notice in notices {
        application.tell(tenant, &notice, &cause).await.map_err(|error| failed(index, error))?;
    }
    Ok(())
}

/// Input that the log can never take is parked; everything else passes.
fn failed(event: usize, error: ApiError) -> ReactError {
    match error.code() {
        ErrorCode::InvalidArgument | ErrorCode::Refused => ReactError::poison(event, error.reason().to_owned()),
        _ => ReactError::transient(error),
    }
}

fn undecodable(event: usize, error: &DecodeError) -> ReactError {
    ReactError::poison(event, error.to_string())
}

#[cfg(test)]
mod tests;
