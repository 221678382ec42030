//! The introductions of the caller, asked and answered.

use kindred_ids::EntityId;
use kindred_projections::Projection;
use kindred_service_host::Queries;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::page_size;
use tonic::metadata::MetadataMap;

use super::Cursor;
use crate::index::Index;
use crate::projections::Introductions as Projected;
use crate::read_model::{self, IntroductionRow};

/// A page that was asked for.
#[derive(Debug, Clone, Copy)]
pub struct PageRequest {
    size: u32,
    behind: Option<Cursor>,
}

impl PageRequest {
    /// Reads size (0 for 20, at most 100) and cursor of a page of `list`.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `page.size` or `page.cursor`.
    pub fn read(size: u32, cursor: &str, list: EntityId) -> Result<Self, ApiError> {
        Ok(Self { size: page_size("page.size", size, 20, 100)?, behind: Cursor::read(cursor, list)? })
    }
}

/// A page of introductions.
#[derive(Debug)]
pub struct Page {
    /// The newest question first.
    pub rows: Vec<IntroductionRow>,
    /// Where the next page starts; none at the end.
    pub next: Option<Cursor>,
    /// Whether the read model had not come as far as was asked.
    pub stale: bool,
}

/// Reads introductions.
#[derive(Clone)]
pub struct Introductions {
    queries: Queries,
    index: Index,
}

impl Introductions {
    /// Reads with `queries`; `index` knows whom a member does not want to see.
    #[must_use]
    pub const fn new(queries: Queries, index: Index) -> Self {
        Self { queries, index }
    }

    /// Introductions that the caller asked for or was asked for, but for those with
    /// people whom they blocked or who are gone.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if Postgres does not answer.
    #[tracing::instrument(name = "query.introduction.list", skip_all, fields(kindred.projection = Projected::NAME))]
    pub async fn list(&self, metadata: &MetadataMap, caller: &Caller, page: PageRequest) -> Result<Page, ApiError> {
        let member = caller.member()?;
        let (tenant, viewer) = (&member.tenant, member.member);
        let mut snapshot = self.queries.begin(metadata, tenant, &[(Projected::NAME, Projected::VERSION)]).await?;
        let hidden = self.index.blocked_by(tenant, viewer);
        let behind = page.behind.map(|cursor| (cursor.order, cursor.id));
        let most = i64::from(page.size) + 1;
        let mut rows =
            read_model::introductions(&mut snapshot.transaction, tenant, viewer, &hidden, behind, most).await?;
        let more = rows.len() > page.size as usize;
        rows.truncate(page.size as usize);
        let next = rows.last().filter(|_| more);
        let next = next.map(|row| Cursor::behind(viewer.0, row.asked_at, row.introduction_id));
        Ok(Page { rows, next, stale: snapshot.stale })
    }
}
