//! Where the caller might go: communities that suit them, and threads.

use futures::future::join_all;
use kindred_proto::{matching as wire, posting};
use kindred_service_kit::error::ApiError;

use super::communities;
use crate::backends::{Call, ask};
use crate::model::{Match, SuggestedCommunity, SuggestedThread};

/// Communities that suit the caller, best first. One that they cannot see is left out.
pub async fn communities(call: &Call, limit: u32) -> Result<Vec<SuggestedCommunity>, ApiError> {
    let found = ask!(call, matching.suggest_communities(wire::SuggestCommunitiesRequest { limit }))?.communities;
    let looked_up = found.into_iter().map(|one| async move {
        let community = communities::get(call, &one.community_id).await.ok()?;
        let because_of = (!one.because_of_community_id.is_empty()).then_some(one.because_of_community_id);
        let reasons = Match::reasons_of_wire(one.reasons);
        Some(SuggestedCommunity { community, score: one.score, reasons, because_of_community_id: because_of })
    });
    // Between the two answers the caller may have joined one.
    let there = join_all(looked_up).await.into_iter().flatten();
    Ok(there.filter(|one| !one.community.yours()).collect())
}

/// Threads that suit the caller, best first; of one community, or of all of theirs. One that
/// they cannot read is left out.
pub async fn threads(call: &Call, limit: u32, community_id: String) -> Result<Vec<SuggestedThread>, ApiError> {
    let request = wire::SuggestThreadsRequest { limit, community_id };
    let found = ask!(call, matching.suggest_threads(request))?.threads;
    let looked_up = found.into_iter().map(|one| async move {
        let page = Some(kindred_proto::common::Page { size: 1, ..kindred_proto::common::Page::default() });
        let request = posting::GetThreadRequest { thread_id: one.thread_id.clone(), page };
        let thread = ask!(call, threads.get_thread(request)).ok()?;
        let readable = thread.thread.is_some_and(|first| !first.deleted && !first.author_erased);
        let (thread_id, community_id) = (one.thread_id, thread.community_id);
        let (title, replies) = (thread.title, thread.reply_count);
        readable.then_some(SuggestedThread { thread_id, community_id, title, replies })
    });
    Ok(join_all(looked_up).await.into_iter().flatten().collect())
}
