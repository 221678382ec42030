//! The fields of a span as JSON, put into words once.
//!
//! The library's own way collects the fields in a map, and reads all of it back for each
//! field that is recorded later; spans are made for every call.

use std::fmt::{self, Debug};

use tracing::field::{Field, Visit};
use tracing::span::Record;
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::FormattedFields;
use tracing_subscriber::fmt::format::{FormatFields, Writer};

/// One JSON object; what is recorded later stands at its end.
pub(super) struct SpanFields;

impl<'writer> FormatFields<'writer> for SpanFields {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'writer>, fields: R) -> fmt::Result {
        writer.write_char('{')?;
        write(writer.by_ref(), fields, true)?;
        writer.write_char('}')
    }

    fn add_fields(&self, current: &'writer mut FormattedFields<Self>, fields: &Record<'_>) -> fmt::Result {
        if current.fields.pop().is_none() {
            return self.format_fields(current.as_writer(), fields);
        }
        let first = current.fields == "{";
        write(current.as_writer(), fields, first)?;
        current.fields.push('}');
        Ok(())
    }
}

fn write<R: RecordFields>(writer: Writer<'_>, fields: R, first: bool) -> fmt::Result {
    let mut pairs = Pairs { writer: Bytes(writer), first, result: Ok(()) };
    fields.record(&mut pairs);
    pairs.result.map_err(|_| fmt::Error)
}

struct Bytes<'writer>(Writer<'writer>);

impl std::io::Write for Bytes<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let text = std::str::from_utf8(bytes).map_err(std::io::Error::other)?;
        self.0.write_str(text).map_err(std::io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

struct Pairs<'writer> {
    writer: Bytes<'writer>,
    first: bool,
    result: Result<(), serde_json::Error>,
}

impl Pairs<'_> {
    fn put(&mut self, field: &Field, value: impl serde::Serialize) {
        let comma = if std::mem::take(&mut self.first) { Ok(()) } else { self.writer.0.write_char(',') };
        let mut pair = || {
            comma.map_err(serde::ser::Error::custom)?;
            serde_json::to_writer(&mut self.writer, field.name())?;
            self.writer.0.write_char(':').map_err(serde::ser::Error::custom)?;
            serde_json::to_writer(&mut self.writer, &value)
        };
        if self.result.is_ok() {
            self.result = pair();
        }
    }
}

/// As it formats itself, without a string of its own.
struct Formatted<'a>(&'a dyn Debug);

impl serde::Serialize for Formatted<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:?}", self.0))
    }
}

impl Visit for Pairs<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field, Formatted(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }
}
