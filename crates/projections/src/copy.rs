//! Rows for `COPY`, in Postgres's text format: the fastest way into a bare table.

use std::fmt::Write;

use sqlx::PgConnection;

/// Collects rows column by column and sends them in one `COPY`.
///
/// ```
/// # use kindred_projections::CopyRows;
/// let mut rows = CopyRows::default();
/// rows.text("riverside").integer(7).optional(None).end();
/// ```
#[derive(Debug, Default)]
pub struct CopyRows {
    buffer: String,
    rows: u64,
    inside: bool,
}

impl CopyRows {
    fn separate(&mut self) -> &mut String {
        if self.inside {
            self.buffer.push('\t');
        }
        self.inside = true;
        &mut self.buffer
    }

    /// A text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        let buffer = self.separate();
        let mut rest = text;
        while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'\\' | b'\n' | b'\r' | b'\t')) {
            buffer.push_str(&rest[..at]);
            buffer.push_str(match rest.as_bytes()[at] {
                b'\n' => "\\n",
                b'\r' => "\\r",
                b'\t' => "\\t",
                _ => "\\\\",
            });
            rest = &rest[at + 1..];
        }
        buffer.push_str(rest);
        self
    }

    /// A text, or null.
    pub fn optional(&mut self, text: Option<&str>) -> &mut Self {
        match text {
            Some(text) => self.text(text),
            None => self.null(),
        }
    }

    /// Null.
    pub fn null(&mut self) -> &mut Self {
        self.separate().push_str("\\N");
        self
    }

    /// A whole number.
    pub fn integer(&mut self, number: i64) -> &mut Self {
        self.shown(number)
    }

    /// A UUID.
    pub fn uuid(&mut self, uuid: uuid::Uuid) -> &mut Self {
        let mut text = uuid::Uuid::encode_buffer();
        self.separate().push_str(uuid.hyphenated().encode_lower(&mut text));
        self
    }

    /// True or false.
    pub fn boolean(&mut self, value: bool) -> &mut Self {
        self.separate().push(if value { 't' } else { 'f' });
        self
    }

    /// Bytes, for a column of type `bytea`.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        let buffer = self.separate();
        buffer.push_str("\\\\x");
        buffer.reserve(2 * bytes.len());
        for byte in bytes {
            let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
            buffer.push(digit(byte >> 4));
            buffer.push(digit(byte & 15));
        }
        self
    }

    /// Anything whose text has no tab, newline or backslash.
    pub fn shown(&mut self, value: impl std::fmt::Display) -> &mut Self {
        write!(self.separate(), "{value}").expect("a String takes all");
        self
    }

    /// Ends a row.
    pub fn end(&mut self) {
        self.buffer.push('\n');
        self.inside = false;
        self.rows += 1;
    }

    /// Whether no row was ended yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Copies the rows into `table (columns)`, as in `"threads (tenant, thread_id)"`.
    ///
    /// # Errors
    ///
    /// [`sqlx::Error`] if Postgres refuses them.
    pub async fn send(self, connection: &mut PgConnection, into: &'static str) -> Result<u64, sqlx::Error> {
        if self.is_empty() {
            return Ok(0);
        }
        let mut copy = connection.copy_in_raw(&format!("COPY {into} FROM STDIN")).await?;
        copy.send(self.buffer.into_bytes()).await?;
        copy.finish().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_format_uses_is_escaped() {
        let mut rows = CopyRows::default();
        rows.text("a\tb\\c\nd").optional(None).integer(-7).boolean(true).bytes(&[0xab, 1]).end();
        assert_eq!(rows.buffer, "a\\tb\\\\c\\nd\t\\N\t-7\tt\t\\\\xab01\n");
    }
}
