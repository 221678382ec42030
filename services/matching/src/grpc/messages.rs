//! What is found and read, as messages.

use kindred_ids::EntityId;
use kindred_proto::matching as wire;
use tonic::metadata::MetadataMap;
use uuid::Uuid;

use crate::index::{CommunitySuggestion, Language, Match, Reason, ThreadSuggestion};
use crate::read_model::IntroductionRow;

/// The language in which a caller wants to be told.
pub(super) fn wanted_language(metadata: &MetadataMap) -> Language {
    let accepted = metadata.get("accept-language").and_then(|accepted| accepted.to_str().ok());
    accepted.map(Language::wanted).unwrap_or_default()
}

pub(super) fn found(found: Match, language: Language) -> wire::Match {
    wire::Match {
        member_id: found.member.to_string(),
        score: found.score,
        reasons: reasons(found.reasons, language),
        community_ids: found.communities.iter().map(ToString::to_string).collect(),
    }
}

pub(super) fn community(suggested: CommunitySuggestion, language: Language) -> wire::CommunitySuggestion {
    wire::CommunitySuggestion {
        community_id: suggested.community.to_string(),
        score: suggested.score,
        reasons: reasons(suggested.reasons, language),
        because_of_community_id: suggested.because_of.map(|community| community.to_string()).unwrap_or_default(),
    }
}

pub(super) fn thread(suggested: ThreadSuggestion) -> wire::ThreadSuggestion {
    let ThreadSuggestion { thread, community, score } = suggested;
    wire::ThreadSuggestion { thread_id: thread.to_string(), community_id: community.to_string(), score }
}

pub(super) fn reasons(reasons: Vec<Reason>, language: Language) -> Vec<wire::Reason> {
    let told = |reason: Reason| wire::Reason {
        text: reason.text(language),
        weight: reason.weight,
        kind: reason.about.as_str().to_owned(),
        language: language.tag().to_owned(),
    };
    reasons.into_iter().map(told).collect()
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
