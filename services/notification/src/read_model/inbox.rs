//! Pages of one member's inbox, newest first.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kindred_ids::{MemberId, TenantSlug};
use kindred_service_kit::error::ApiError;
use sqlx::{PgConnection, query_file_as, query_file_scalar};
use uuid::Uuid;

/// One item.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct InboxRow {
    pub item_id: Uuid,
    pub kind: String,
    pub actor_id: Uuid,
    pub subject_id: Uuid,
    pub thread_id: Option<Uuid>,
    pub community_id: Option<Uuid>,
    pub declined: bool,
    pub added_at: i64,
    pub read: bool,
}

/// Items, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxPage {
    /// Newest first.
    pub rows: Vec<InboxRow>,
    /// Behind the last item, if there are more.
    pub next: Option<Cursor>,
}

/// A place between two items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    added_at: i64,
    item: Uuid,
}

impl Cursor {
    /// In front of everything.
    pub const START: Self = Self { added_at: i64::MAX, item: Uuid::max() };

    /// Reads the text of a page before; the empty text is the start.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `page.cursor` for anything else.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        if text.is_empty() {
            return Ok(Self::START);
        }
        let malformed =
            || ApiError::invalid("page.cursor", "CURSOR_MALFORMED", "`page.cursor` is not from a page before");
        let bytes: [u8; 24] =
            URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(malformed)?;
        let (at, item) = bytes.split_at(8);
        let added_at = i64::from_be_bytes(at.try_into().map_err(|_| malformed())?);
        Ok(Self { added_at, item: Uuid::from_slice(item).map_err(|_| malformed())? })
    }

    /// As text.
    #[must_use]
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode([&self.added_at.to_be_bytes()[..], self.item.as_bytes()].concat())
    }
}

/// A page of a member's inbox.
///
/// # Errors
///
/// [`sqlx::Error`] if Postgres does not answer.
pub async fn page(
    transaction: &mut PgConnection,
    (tenant, member): (&TenantSlug, MemberId),
    unread_only: bool,
    behind: Cursor,
    size: u32,
) -> Result<InboxPage, sqlx::Error> {
    let (tenant, member, one_more) = (tenant.as_str(), member.as_uuid(), i64::from(size) + 1);
    let Cursor { added_at, item } = behind;
    let mut rows = if unread_only {
        query_file_as!(InboxRow, "src/read_model/inbox_unread_page.sql", tenant, member, added_at, item, one_more)
            .fetch_all(transaction)
            .await?
    } else {
        query_file_as!(InboxRow, "src/read_model/inbox_page.sql", tenant, member, added_at, item, one_more)
            .fetch_all(transaction)
            .await?
    };
    let more = rows.len() > size as usize;
    rows.truncate(size as usize);
    let next = rows.last().filter(|_| more).map(|row| Cursor { added_at: row.added_at, item: row.item_id });
    Ok(InboxPage { rows, next })
}

/// How many items a member has not seen.
///
/// # Errors
///
/// [`sqlx::Error`] if Postgres does not answer.
pub async fn unread(transaction: &mut PgConnection, tenant: &TenantSlug, member: MemberId) -> Result<u32, sqlx::Error> {
    let count = query_file_scalar!("src/read_model/unread.sql", tenant.as_str(), member.as_uuid())
        .fetch_one(transaction)
        .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_is_one() {
        let cursor = Cursor { added_at: 1_700_000_000_000, item: Uuid::from_u128(7) };
        assert_eq!(Cursor::parse(&cursor.text()), Ok(cursor));
        assert_eq!(Cursor::parse(""), Ok(Cursor::START));
        for bad in ["x", "AAAA", &cursor.text()[1..], &format!("{}A", cursor.text()), "' OR 1=1 --"] {
            assert_eq!(
                Cursor::parse(bad).map_err(|error| error.reason().to_owned()),
                Err("CURSOR_MALFORMED".to_owned())
            );
        }
    }
}
