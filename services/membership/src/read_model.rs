//! Rows and queries behind the reading calls: what a viewer may see, and nothing else.

mod communities;
mod cursor;
mod members;
mod visibility;

use kindred_projections::Projection;
use kindred_proto::common::Page;
use kindred_service_host::Queries;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::page_size;

use crate::projections::{Blocks, Directory, Roster, TenantList};
pub(crate) use cursor::Cursor;

const DIRECTORY: (&str, u32) = (Directory::NAME, Directory::VERSION);
const ROSTER: (&str, u32) = (Roster::NAME, Roster::VERSION);
const BLOCKS: (&str, u32) = (Blocks::NAME, Blocks::VERSION);
const TENANTS: (&str, u32) = (TenantList::NAME, TenantList::VERSION);

/// What an erased member is called.
const FORMER: &str = "former member";

/// Answers the reading calls.
#[derive(Clone)]
pub struct ReadModel {
    queries: Queries,
}

impl ReadModel {
    /// Over these queries.
    #[must_use]
    pub const fn new(queries: Queries) -> Self {
        Self { queries }
    }
}

fn size(page: &Page) -> Result<i64, ApiError> {
    Ok(i64::from(page_size("page.size", page.size, 20, 100)?))
}

/// Cuts the one row too many off; whether there was one.
fn cut<T>(rows: &mut Vec<T>, size: i64) -> bool {
    let more = rows.len() as i64 > size;
    rows.truncate(size as usize);
    more
}
