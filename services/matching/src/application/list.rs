//! The introductions of the caller, asked and answered.

use kindred_ids::{EntityId, MemberId};
use kindred_projections::Projection;
use kindred_service_host::Queries;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::page_size;
use tonic::metadata::MetadataMap;
use uuid::Uuid;

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

    /// How many rows to read: one more than the page, which tells whether it is the last.
    pub(super) fn most(self) -> i64 {
        i64::from(self.size) + 1
    }

    /// The place behind which to read.
    pub(super) fn place(self) -> Option<(i64, Uuid)> {
        self.behind.map(|cursor| (cursor.order, cursor.id))
    }
}

/// A page of a member's own questions and of those put to them.
#[derive(Debug)]
pub struct Page<Row> {
    /// The newest question first.
    pub rows: Vec<Row>,
    /// Where the next page starts; none at the end.
    pub next: Option<Cursor>,
    /// Whether the read model had not come as far as was asked.
    pub stale: bool,
}

impl<Row> Page<Row> {
    /// Cuts off what was read beyond the page; `place` is where a row stands in the list of
    /// `viewer`.
    pub(super) fn cut(
        mut rows: Vec<Row>,
        asked: PageRequest,
        viewer: MemberId,
        stale: bool,
        place: impl Fn(&Row) -> (i64, Uuid),
    ) -> Self {
        let more = rows.len() > asked.size as usize;
        rows.truncate(asked.size as usize);
        let next = rows.last().filter(|_| more).map(&place);
        Self { next: next.map(|(order, id)| Cursor::behind(viewer.0, order, id)), rows, stale }
    }
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
    pub async fn list(
        &self,
        metadata: &MetadataMap,
        caller: &Caller,
        page: PageRequest,
    ) -> Result<Page<IntroductionRow>, ApiError> {
        let member = caller.member()?;
        let (tenant, viewer) = (&member.tenant, member.member);
        let mut snapshot = self.queries.begin(metadata, tenant, &[(Projected::NAME, Projected::VERSION)]).await?;
        let hidden = self.index.blocked_by(tenant, viewer);
        let (connection, place, most) = (&mut snapshot.transaction, page.place(), page.most());
        let rows = read_model::introductions(connection, tenant, viewer, &hidden, place, most).await?;
        Ok(Page::cut(rows, page, viewer, snapshot.stale, |row| (row.asked_at, row.introduction_id)))
    }
}
