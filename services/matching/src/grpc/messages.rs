//! What is found and read, as messages.

use kindred_ids::EntityId;
use kindred_proto::matching as wire;
use uuid::Uuid;

use crate::index::{Match, Reason};
use crate::read_model::IntroductionRow;

pub(super) fn found(found: Match) -> wire::Match {
    wire::Match {
        member_id: found.member.to_string(),
        score: found.score,
        reasons: found.reasons.into_iter().map(reason).collect(),
        community_ids: found.communities.iter().map(ToString::to_string).collect(),
    }
}

pub(super) fn reason(reason: Reason) -> wire::Reason {
    wire::Reason { text: reason.text, weight: reason.weight, kind: reason.kind.as_str().to_owned() }
}

pub(super) fn introduction(row: IntroductionRow) -> wire::Introduction {
    wire::Introduction {
        introduction_id: id(row.introduction_id),
        from_member_id: id(row.from_id),
        to_member_id: id(row.to_id),
        state: i32::from(row.state),
        note: row.note.unwrap_or_default(),
        asked_at: row.asked_at,
        answered_at: row.answered_at.unwrap_or_default(),
    }
}

/// As ids are written everywhere: 32 digits.
pub(super) fn id(uuid: Uuid) -> String {
    EntityId::try_from(uuid).map_or_else(|_| uuid.simple().to_string(), EntityId::hex)
}
