//! Where a page goes on: the last row's sort key, opaque to the caller.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kindred_service_kit::error::ApiError;
use uuid::Uuid;

/// The sort key of the last row of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// What rows are sorted by.
    pub text: String,
    /// What tells equal ones apart.
    pub id: Uuid,
}

impl Cursor {
    pub(crate) fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}|{}", self.id.simple(), self.text))
    }

    /// Reads a cursor; none for the first page.
    pub(crate) fn decode(text: &str) -> Result<Option<Self>, ApiError> {
        if text.is_empty() {
            return Ok(None);
        }
        let wrong =
            || ApiError::invalid("page.cursor", "CURSOR_MALFORMED", "`page.cursor` is not from an earlier answer");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
        let text = String::from_utf8(bytes).map_err(|_| wrong())?;
        let (id, text) = text.split_once('|').ok_or_else(wrong)?;
        Ok(Some(Self { text: text.to_owned(), id: id.parse().map_err(|_| wrong())? }))
    }

    /// The number that rows are sorted by.
    pub(crate) fn number(&self) -> Result<i64, ApiError> {
        let wrong =
            || ApiError::invalid("page.cursor", "CURSOR_MALFORMED", "`page.cursor` is not from an earlier answer");
        self.text.parse().map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_reads_back(text in ".{0,40}", id: u128) {
            let cursor = Cursor { text, id: Uuid::from_u128(id) };
            prop_assert_eq!(Cursor::decode(&cursor.encode()).expect("reads back"), Some(cursor));
        }

        #[test]
        fn no_text_panics_the_reader(text in ".{0,80}") {
            let _any = Cursor::decode(&text).and_then(|cursor| cursor.map(|cursor| cursor.number()).transpose());
        }
    }
}
