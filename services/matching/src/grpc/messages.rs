//! What is found and read, as messages.

use kindred_ids::EntityId;
use kindred_proto::matching as wire;
use uuid::Uuid;

use crate::index::{CommunitySuggestion, Match, Reason, ThreadSuggestion};
use crate::read_model::IntroductionRow;

pub(super) fn found(found: Match) -> wire::Match {
    wire::Match {
        member_id: found.member.to_string(),
        score: found.score,
        reasons: found.reasons.into_iter().map(reason).collect(),
        community_ids: found.communities.iter().map(ToString::to_string).collect(),
    }
}

pub(super) fn community(suggested: CommunitySuggestion) -> wire::CommunitySuggestion {
    wire::CommunitySuggestion {
        community_id: suggested.community.to_string(),
        score: suggested.score,
        reasons: suggested.reasons.into_iter().map(reason).collect(),
        because_of_community_id: suggested.because_of.map(|community| community.to_string()).unwrap_or_default(),
    }
}

pub(super) fn thread(suggested: ThreadSuggestion) -> wire::ThreadSuggestion {
    let ThreadSuggestion { thread, community, score } = suggested;
    wire::ThreadSuggestion { thread_id: thread.to_string(), community_id: community.to_string(), score }
}

pub(super) fn reason(reason: Reason) -> wire::Reason {
    wire::Reason { text: reason.text, weight: reason.weight, kind: reason.about.as_str().to_owned() }
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
