//! What became of a command whose publish was refused or not answered: the tails tell.

use futures::future::try_join_all;
use kindred_eventsourcing::{LogDamaged, StoreError};

use crate::message::Outgoing;
use crate::store::Core;

/// What the tails say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Resolution {
    /// Our command is stored, at these sequences.
    Stored(Vec<u64>),
    /// It is not, and can no longer be: a tail has passed the one that it rests on.
    Moved,
    /// It is not, but every tail is still the expected one.
    Open,
}

/// Where one message stands.
enum Place {
    Stored(u64),
    Moved,
    Open,
}

/// How often the tails are read anew when they show half of a batch, as they can while
/// it is being stored.
const READS: u32 = 3;

/// Reads all tails. `deep` also looks behind a tail that somebody moved on: needed where
/// an unanswered publish may have been stored before.
pub(crate) async fn resolve(core: &Core, messages: &[Outgoing], deep: bool) -> Result<Resolution, StoreError> {
    let mut deep = deep;
    for _ in 0..READS {
        let places = try_join_all(messages.iter().map(|message| place(core, message, deep))).await?;
        let stored: Vec<u64> = places
            .iter()
            .filter_map(|place| if let Place::Stored(sequence) = place { Some(*sequence) } else { None })
            .collect();
        if stored.len() == messages.len() {
            return Ok(Resolution::Stored(stored));
        }
        if stored.is_empty() {
            let moved = places.iter().any(|place| matches!(place, Place::Moved));
            return Ok(if moved { Resolution::Moved } else { Resolution::Open });
        }
        deep = true;
    }
    let sequence = messages.iter().map(|message| message.expected).max().unwrap_or(0);
    Err(LogDamaged { context: core.context.clone(), sequence, what: "a command's batch is stored in part".to_owned() }
        .into())
}

async fn place(core: &Core, message: &Outgoing, deep: bool) -> Result<Place, StoreError> {
    let Some(tail) = core.last_on(&message.subject).await? else { return Ok(Place::Open) };
    if tail.sequence <= message.expected {
        return Ok(Place::Open);
    }
    if tail.command_id() == Some(message.command_id) {
        return Ok(Place::Stored(tail.sequence));
    }
    if !deep {
        return Ok(Place::Moved);
    }
    let since = core.load(&message.subject, message.expected, tail.sequence).await?;
    let ours = since.iter().find(|commit| commit.meta.command_id == message.command_id);
    Ok(ours.map_or(Place::Moved, |commit| Place::Stored(commit.sequence)))
}
