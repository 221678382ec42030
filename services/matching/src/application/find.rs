//! People like the caller.
//!
//! # Promises
//!
//! * What anybody wrote is asked for only where the caller agreed to that, of those who did, once.
//! * Whoever is asked may be away, slow or without a model: then the answer is the one without it.

use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, OptionFuture};
use kindred_ids::CommunityId;
use kindred_service_kit::caller::{Caller, MemberClaims};
use kindred_service_kit::error::{ApiError, chain};
use kindred_service_kit::input::page_size;
use kindred_service_kit::position::Positions;

use crate::crowd::{Candidates, Crowd};
use crate::index::{Alike, CommunitySuggestion, Found, LogName, ThreadSuggestion, Writers};

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

/// How long people are waited for who would be moved up by what they wrote: no longer than a page
/// that somebody waits for can spare.
const PATIENCE: Duration = Duration::from_millis(300);

/// What matching asks of posting, in the caller's name.
pub trait Writing: Send + Sync + 'static {
    /// How alike what the caller wrote is to what each of these wrote; whoever is left out wrote
    /// nothing that can be compared.
    fn alike<'a>(&'a self, caller: &'a Caller, asked: Writers) -> BoxFuture<'a, Result<Alike, ApiError>>;
}

/// Finds people.
#[derive(Clone)]
pub struct People {
    crowd: Crowd,
    patience: Duration,
    writing: Option<Arc<dyn Writing>>,
}

impl People {
    /// Waits at most `patience` for a position that a caller brings.
    #[must_use]
    pub fn new(crowd: impl Into<Crowd>, patience: Duration) -> Self {
        Self { crowd: crowd.into(), patience, writing: None }
    }

    /// Moves people up by what they wrote, as `writing` tells.
    #[must_use]
    pub fn comparing(self, writing: Arc<dyn Writing>) -> Self {
        Self { writing: Some(writing), ..self }
    }

    /// The best matches of the caller, and whether they may not yet show what the
    /// caller's positions ask for.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `limit`; `PERMISSION_DENIED` for anybody but a member;
    /// `UNAVAILABLE` where the tenant is split and nobody answers for some of it.
    #[tracing::instrument(name = "query.people.find", skip_all, fields(kindred.sequence = tracing::field::Empty))]
    pub async fn find(&self, caller: &Caller, limit: u32, positions: &Positions) -> Result<(Found, bool), ApiError> {
        let member = caller.member()?;
        let limit = page_size("limit", limit, USUAL, MOST)?;
        let stale = !self.reached(positions).await;
        let (tenant, viewer, limit) = (&member.tenant, member.member, limit as usize);
        let candidates = self.crowd.candidates(tenant, viewer, limit).await?;
        let alike = self.alike(caller, member, &candidates).await;
        let found = self.crowd.found(tenant, viewer, limit, candidates, alike.as_ref()).await?;
        tracing::Span::current().record("kindred.sequence", found.position);
        Ok((found, stale))
    }

    /// How alike what the best matches wrote is to what the caller wrote; none where nobody may
    /// be asked for, or nobody answers in time.
    async fn alike(&self, caller: &Caller, member: &MemberClaims, candidates: &Candidates) -> Option<Alike> {
        let writing = self.writing.as_ref()?;
        let writers = self.crowd.writers(&member.tenant, member.member, candidates);
        if writers.writers.is_empty() {
            return None;
        }
        match tokio::time::timeout(PATIENCE, writing.alike(caller, writers)).await {
            Ok(Ok(alike)) => return Some(alike),
            Ok(Err(error)) => tracing::warn!(chain = %chain(&error), "people are found without what they wrote"),
            Err(_elapsed) => tracing::warn!("people are found without what they wrote: posting takes too long"),
        }
        None
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
        let (found, position) = self.crowd.communities_for(&member.tenant, member.member, limit as usize).await?;
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
        let (found, position) = self.crowd.index().threads_for(&member.tenant, member.member, only, limit as usize);
        tracing::Span::current().record("kindred.sequence", position);
        Ok((found, position, stale))
    }

    /// Waits for what the caller saw of each log that the index reads; whether it came.
    async fn reached(&self, positions: &Positions) -> bool {
        let wanted = |context| positions.of_context(context).map(|(_, sequence)| sequence).max();
        let come = |context, log| {
            let sequence = wanted(context);
            OptionFuture::from(sequence.map(|sequence| self.crowd.index().reached_in(log, sequence, self.patience)))
        };
        let (membership, posting, matching) = tokio::join!(
            come(MEMBERSHIP, LogName::Membership),
            come(POSTING, LogName::Posting),
            come(MATCHING, LogName::Matching)
        );
        [membership, posting, matching].into_iter().all(|come| come != Some(false))
    }
}
