//! Events of reactions.

use kindred_eventsourcing::{Contract, DecodeError, DomainEvent, Record, Timestamp};
use kindred_proto::posting::{Reaction as Wire, ReactionCleared, ReactionSet};

use super::wire::{self, Misfit, read};
use crate::domain::reaction::Event;
use crate::domain::{Reaction, ReactionKind};

impl Contract for Reaction {
    fn encode(event: &Event) -> Record {
        let name = event.event_type();
        match event {
            Event::Set { community, thread, post, member, reaction, at } => wire::record(
                name,
                &ReactionSet {
                    community_id: community.to_string(),
                    thread_id: thread.to_string(),
                    post_id: post.to_string(),
                    member_id: member.to_string(),
                    reaction: Wire::from(*reaction).into(),
                    at: at.millis(),
                },
            ),
            Event::Cleared { community, thread, post, member, at } => wire::record(
                name,
                &ReactionCleared {
                    community_id: community.to_string(),
                    thread_id: thread.to_string(),
                    post_id: post.to_string(),
                    member_id: member.to_string(),
                    at: at.millis(),
                },
            ),
        }
    }

    fn decode(record: &Record) -> Result<Event, DecodeError> {
        match (record.event_type.as_str(), record.version) {
            ("ReactionSet", 1) => read(record, set),
            ("ReactionCleared", 1) => read(record, cleared),
            _ => Err(DecodeError::unknown(record)),
        }
    }
}

fn set(body: ReactionSet) -> Result<Event, Misfit> {
    let reaction = Wire::try_from(body.reaction).ok().and_then(kind).ok_or(Misfit)?;
    Ok(Event::Set {
        community: wire::id(&body.community_id)?,
        thread: wire::id(&body.thread_id)?,
        post: wire::id(&body.post_id)?,
        member: wire::id(&body.member_id)?,
        reaction,
        at: Timestamp::from_millis(body.at),
    })
}

fn cleared(body: ReactionCleared) -> Result<Event, Misfit> {
    Ok(Event::Cleared {
        community: wire::id(&body.community_id)?,
        thread: wire::id(&body.thread_id)?,
        post: wire::id(&body.post_id)?,
        member: wire::id(&body.member_id)?,
        at: Timestamp::from_millis(body.at),
    })
}

impl From<ReactionKind> for Wire {
    fn from(kind: ReactionKind) -> Self {
        match kind {
            ReactionKind::MeToo => Self::MeToo,
            ReactionKind::Helpful => Self::Helpful,
            ReactionKind::Hug => Self::Hug,
        }
    }
}

/// None for the unspecified one: no reaction, or one taken back.
#[must_use]
pub const fn kind(wire: Wire) -> Option<ReactionKind> {
    match wire {
        Wire::Unspecified => None,
        Wire::MeToo => Some(ReactionKind::MeToo),
        Wire::Helpful => Some(ReactionKind::Helpful),
        Wire::Hug => Some(ReactionKind::Hug),
    }
}
