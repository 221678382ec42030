//! Where a list goes on: opaque to clients, bound to the list that gave it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kindred_ids::EntityId;
use kindred_service_kit::error::ApiError;
use uuid::Uuid;

const FORM: u8 = 1;
const BYTES: usize = 1 + 16 + 8 + 16;

/// The last row of a page: its order and its id, and the list that it stands in.
///
/// It is not signed: whatever it says, only rows of a list are shown that the caller may
/// read anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    list: Uuid,
    /// What the list is ordered by.
    pub order: i64,
    /// Tells rows of the same order apart.
    pub id: Uuid,
}

impl Cursor {
    /// The place behind a row of `list` (a member's own).
    #[must_use]
    pub const fn behind(list: EntityId, order: i64, id: Uuid) -> Self {
        Self { list: list.as_uuid(), order, id }
    }

    /// Its text.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(BYTES);
        bytes.push(FORM);
        bytes.extend_from_slice(self.list.as_bytes());
        bytes.extend_from_slice(&self.order.to_be_bytes());
        bytes.extend_from_slice(self.id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads the cursor of a page of `list`; none for its start.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `page.cursor` if it is malformed or of another list.
    pub fn read(text: &str, list: EntityId) -> Result<Option<Self>, ApiError> {
        if text.is_empty() {
            return Ok(None);
        }
        let cursor = Self::decode(text)
            .ok_or_else(|| ApiError::invalid("page.cursor", "CURSOR_MALFORMED", "`page.cursor` is malformed"))?;
        if cursor.list != list.as_uuid() {
            let message = "`page.cursor` belongs to another list";
            return Err(ApiError::invalid("page.cursor", "CURSOR_OF_ANOTHER_LIST", message));
        }
        Ok(Some(cursor))
    }

    fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let bytes: &[u8; BYTES] = bytes.as_slice().try_into().ok()?;
        let (form, rest) = bytes.split_first()?;
        let (list, rest) = rest.split_first_chunk::<16>()?;
        let (order, id) = rest.split_first_chunk::<8>()?;
        let (list, id) = (Uuid::from_bytes(*list), Uuid::from_slice(id).ok()?);
        (*form == FORM).then_some(Self { list, order: i64::from_be_bytes(*order), id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::member;

    #[test]
    fn a_cursor_goes_on_in_its_own_list_only() {
        let cursor = Cursor::behind(member(9).0, -5, member(2).as_uuid());
        assert_eq!(Cursor::read(&cursor.encode(), member(9).0), Ok(Some(cursor)));
        let other = Cursor::read(&cursor.encode(), member(1).0).expect_err("another list");
        assert_eq!((other.field(), other.reason()), (Some("page.cursor"), "CURSOR_OF_ANOTHER_LIST"));
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let text = Cursor::behind(member(9).0, 5, member(2).as_uuid()).encode();
        for bad in ["x", "%%%", &text[1..], &format!("{text}AA"), &format!("Ag{}", &text[2..])] {
            let error = Cursor::read(bad, member(9).0).expect_err("malformed");
            assert_eq!(error.reason(), "CURSOR_MALFORMED", "{bad}");
        }
        assert_eq!(Cursor::read("", member(9).0), Ok(None));
    }
}
