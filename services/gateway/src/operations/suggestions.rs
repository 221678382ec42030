//! Where the caller might go: communities that suit them, and threads.

use futures::future::join_all;
use kindred_proto::{matching as wire, posting};
use kindred_service_kit::error::ApiError;

use super::communities;
use crate::backends::{Call, ask};
use crate::model::{Community, Match, SuggestedCommunity, SuggestedThread};

/// Communities that suit the caller, by id, best first.
pub async fn communities(call: &Call, limit: u32) -> Result<Vec<wire::CommunitySuggestion>, ApiError> {
    Ok(ask!(call, matching.suggest_communities(wire::SuggestCommunitiesRequest { limit }))?.communities)
}

/// The same with what they are, those that are not `known` looked up. One that the caller
/// cannot see, or has joined meanwhile, is left out.
pub async fn described(
    call: &Call,
    found: Vec<wire::CommunitySuggestion>,
    known: &[Community],
) -> Vec<SuggestedCommunity> {
    let described = found.into_iter().map(|one| async move {
        let community = match known.iter().find(|known| known.community_id == one.community_id) {
            Some(known) => known.clone(),
            None => communities::get(call, &one.community_id).await.ok()?,
        };
        let because_of = (!one.because_of_community_id.is_empty()).then_some(one.because_of_community_id);
        let reasons = Match::reasons_of_wire(one.reasons);
        Some(SuggestedCommunity { community, score: one.score, reasons, because_of_community_id: because_of })
    });
    join_all(described).await.into_iter().flatten().filter(|one| !one.community.yours()).collect()
}

/// Threads that suit the caller, by id, best first; of one community, or of all of theirs.
pub async fn threads(call: &Call, limit: u32, community_id: String) -> Result<Vec<wire::ThreadSuggestion>, ApiError> {
    Ok(ask!(call, matching.suggest_threads(wire::SuggestThreadsRequest { limit, community_id }))?.threads)
}

/// The same with their titles. One that the caller cannot read is left out.
pub async fn titled(call: &Call, found: Vec<wire::ThreadSuggestion>) -> Vec<SuggestedThread> {
    let titled = found.into_iter().map(|one| async move {
        let (title, replies) = title(call, &one.thread_id).await?;
        Some(SuggestedThread { thread_id: one.thread_id, community_id: one.community_id, title, replies })
    });
    join_all(titled).await.into_iter().flatten().collect()
}

/// A thread's title and how many replies it has; none of one that cannot be read.
async fn title(call: &Call, thread_id: &str) -> Option<(String, u32)> {
    let page = Some(kindred_proto::common::Page { size: 1, ..kindred_proto::common::Page::default() });
    let request = posting::GetThreadRequest { thread_id: thread_id.to_owned(), page };
    let thread = ask!(call, threads.get_thread(request)).ok()?;
    let readable = thread.thread.is_some_and(|first| !first.deleted && !first.author_erased);
    readable.then_some((thread.title, thread.reply_count))
}
