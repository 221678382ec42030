//! The pairings of the caller, as mentee and as mentor.

use kindred_projections::Projection;
use kindred_service_host::Queries;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use tonic::metadata::MetadataMap;

use super::{Page, PageRequest};
use crate::index::Index;
use crate::projections::Pairings as Projected;
use crate::read_model::mentoring::{self, PairingRow};

/// Reads pairings.
#[derive(Clone)]
pub struct Pairings {
    queries: Queries,
    index: Index,
}

impl Pairings {
    /// Reads with `queries`; `index` knows whom a member does not want to see.
    #[must_use]
    pub const fn new(queries: Queries, index: Index) -> Self {
        Self { queries, index }
    }

    /// Pairings of the caller, but for those with people whom they blocked or who are gone;
    /// one that goes on is listed, without words, as long as nobody has ended it.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if Postgres does not answer.
    #[tracing::instrument(name = "query.pairing.list", skip_all, fields(kindred.projection = Projected::NAME))]
    pub async fn list(
        &self,
        metadata: &MetadataMap,
        caller: &Caller,
        page: PageRequest,
    ) -> Result<Page<PairingRow>, ApiError> {
        let member = caller.member()?;
        let (tenant, viewer) = (&member.tenant, member.member);
        let mut snapshot = self.queries.begin(metadata, tenant, &[(Projected::NAME, Projected::VERSION)]).await?;
        let hidden = self.index.blocked_by(tenant, viewer);
        let (connection, place, most) = (&mut snapshot.transaction, page.place(), page.most());
        let rows = mentoring::pairings(connection, tenant, viewer, &hidden, place, most).await?;
        Ok(Page::cut(rows, page, viewer, snapshot.stale, |row| (row.asked_at, row.pairing_id)))
    }
}
