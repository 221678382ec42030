//! Pages of a list: what was asked for, what is answered.

use kindred_ids::EntityId;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input;

use super::Cursor;

/// A page that was asked for.
#[derive(Debug, Clone, Copy)]
pub struct PageRequest {
    size: u32,
    /// Where the page before ended; none for the first.
    pub(super) behind: Option<Cursor>,
}

impl PageRequest {
    /// Reads size (0 for 20, at most 100) and cursor of a page of `list`.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `page.size` or `page.cursor`.
    pub fn read(size: u32, cursor: &str, list: EntityId) -> Result<Self, ApiError> {
        Ok(Self { size: input::page_size("page.size", size, 20, 100)?, behind: Cursor::read(cursor, list)? })
    }

    /// One more than the page holds, to see whether another follows.
    pub(super) fn look_ahead(self) -> i64 {
        i64::from(self.size) + 1
    }
}

/// Rows of a page, and where the next one starts.
#[derive(Debug)]
pub struct Page<Row> {
    /// The rows.
    pub rows: Vec<Row>,
    /// None at the end.
    pub next: Option<Cursor>,
}

/// Cuts what was read beyond the page, and says where to go on.
pub(super) fn paged<Row>(mut rows: Vec<Row>, page: PageRequest, cursor: impl Fn(&Row) -> Cursor) -> Page<Row> {
    let size = page.size as usize;
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().filter(|_| more).map(cursor);
    Page { rows, next }
}
