//! People like the caller.

use std::time::Duration;

use futures::future::OptionFuture;
use kindred_ids::CommunityId;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::page_size;
use kindred_service_kit::position::Positions;

use crate::index::{CommunitySuggestion, Found, Index, LogName, ThreadSuggestion};

/// The contexts whose logs the index follows, its own among them.
const MEMBERSHIP: &str = "membership";
const POSTING: &str = "posting";
const MATCHING: &str = "matching";
/// How many matches one answer holds at most, and if not said.
const MOST: u32 = 50;
const USUAL: u32 = 20;
/// How many suggestions of where to go there are if not said, and at most.
const FEW: u32 = 5;
const MANY: u32 = 20;

/// Finds people in the index.
#[derive(Clone)]
pub struct People {
    index: Index,
    patience: Duration,
}

impl People {
    /// Waits at most `patience` for a position that a caller brings.
    #[must_use]
    pub const fn new(index: Index, patience: Duration) -> Self {
        Self { index, patience }
    }

    /// The best matches of the caller, and whether they may not yet show what the
    /// caller's positions ask for.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `limit`; `PERMISSION_DENIED` for anybody but a member.
    #[tracing::instrument(name = "query.people.find", skip_all, fields(kindred.sequence = tracing::field::Empty))]
    pub async fn find(&self, caller: &Caller, limit: u32, positions: &Positions) -> Result<(Found, bool), ApiError> {
        let member = caller.member()?;
        let limit = page_size("limit", limit, USUAL, MOST)?;
        let stale = !self.reached(positions).await;
        let found = self.index.find(&member.tenant, member.member, limit as usize);
        tracing::Span::current().record("kindred.sequence", found.position);
        Ok((found, stale))
    }

    /// The communities that suit the caller best, the position that this rests on, and
    /// whether it may not yet show what the caller's positions ask for.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `limit`; `PERMISSION_DENIED` for anybody but a member.
    #[tracing::instrument(name = "query.people.suggest_communities", skip_all, fields(kindred.sequence = tracing::field::Empty))]
    pub async fn communities(
        &self,
        caller: &Caller,
        limit: u32,
        positions: &Positions,
    ) -> Result<(Vec<CommunitySuggestion>, u64, bool), ApiError> {
        let member = caller.member()?;
        let limit = page_size("limit", limit, FEW, MANY)?;
        let stale = !self.reached(positions).await;
        let (found, position) = self.index.communities_for(&member.tenant, member.member, limit as usize);
        tracing::Span::current().record("kindred.sequence", position);
        Ok((found, position, stale))
    }

    /// The threads that suit the caller best, of one community or of all of theirs; with
    /// position and staleness as above.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `limit`; `PERMISSION_DENIED` for anybody but a member.
    #[tracing::instrument(name = "query.people.suggest_threads", skip_all, fields(kindred.sequence = tracing::field::Empty))]
    pub async fn threads(
        &self,
        caller: &Caller,
        only: Option<CommunityId>,
        limit: u32,
        positions: &Positions,
    ) -> Result<(Vec<ThreadSuggestion>, u64, bool), ApiError> {
        let member = caller.member()?;
        let limit = page_size("limit", limit, FEW, MANY)?;
        let stale = !self.reached(positions).await;
        let (found, position) = self.index.threads_for(&member.tenant, member.member, only, limit as usize);
        tracing::Span::current().record("kindred.sequence", position);
        Ok((found, position, stale))
    }

    /// Waits for what the caller saw of each log that the index reads; whether it came.
    async fn reached(&self, positions: &Positions) -> bool {
        let wanted = |context| positions.of_context(context).map(|(_, sequence)| sequence).max();
        let come = |context, log| {
            let sequence = wanted(context);
            OptionFuture::from(sequence.map(|sequence| self.index.reached_in(log, sequence, self.patience)))
        };
        let (membership, posting, matching) = tokio::join!(
            come(MEMBERSHIP, LogName::Membership),
            come(POSTING, LogName::Posting),
            come(MATCHING, LogName::Matching)
        );
        [membership, posting, matching].into_iter().all(|come| come != Some(false))
    }
}
