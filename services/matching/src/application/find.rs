//! People like the caller.

use std::time::Duration;

use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::page_size;
use kindred_service_kit::position::Positions;

use crate::index::{Found, Index};

/// The context whose log the index follows.
const MEMBERSHIP: &str = "membership";
/// How many matches one answer holds at most, and if not said.
const MOST: u32 = 50;
const USUAL: u32 = 20;

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
        let wanted = positions.of_context(MEMBERSHIP).map(|(_, sequence)| sequence).max();
        let stale = match wanted {
            Some(sequence) => !self.index.reached(sequence, self.patience).await,
            None => false,
        };
        let found = self.index.find(&member.tenant, member.member, limit as usize);
        tracing::Span::current().record("kindred.sequence", found.position);
        Ok((found, stale))
    }
}
