//! W3C trace context across gRPC and, as text, across the log.

use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator as _};
use opentelemetry::trace::{TraceContextExt as _, TraceId};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tonic::metadata::{MetadataKey, MetadataMap};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

const TRACEPARENT: &str = "traceparent";

struct FromHeaders<'a>(&'a http::HeaderMap);

impl Extractor for FromHeaders<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }
    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}

struct IntoMetadata<'a>(&'a mut MetadataMap);

impl Injector for IntoMetadata<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(key), Ok(value)) = (MetadataKey::from_bytes(key.as_bytes()), value.parse()) {
            self.0.insert(key, value);
        }
    }
}

struct Text(String);

impl Extractor for Text {
    fn get(&self, key: &str) -> Option<&str> {
        (key == TRACEPARENT).then_some(self.0.as_str())
    }
    fn keys(&self) -> Vec<&str> {
        vec![TRACEPARENT]
    }
}

impl Injector for Text {
    fn set(&mut self, key: &str, value: String) {
        if key == TRACEPARENT {
            self.0 = value;
        }
    }
}

/// The trace that the headers of a call name, if they name one.
pub struct Parent(Context);

impl Parent {
    /// Reads it.
    #[must_use]
    pub fn named_by(headers: &http::HeaderMap) -> Self {
        Self(TraceContextPropagator::new().extract(&FromHeaders(headers)))
    }

    /// Its id, for the field `trace_id` of a span that will be a part of it.
    #[must_use]
    pub fn id(&self) -> Option<TraceId> {
        Some(self.0.span().span_context().trace_id()).filter(|id| *id != TraceId::INVALID)
    }
}

/// Makes `span` a part of the trace of `parent`; one that begins a trace of its own gets its
/// field `trace_id`, so that log lines show it.
pub fn continue_from(span: &tracing::Span, parent: Parent) {
    if parent.id().is_none() {
        return note_trace_id(span);
    }
    // Fails only where no telemetry is installed or the span is filtered out.
    let _unset = span.set_parent(parent.0);
}

/// Notes the trace id of `span` in its field `trace_id`.
pub fn note_trace_id(span: &tracing::Span) {
    let context = span.context();
    let id = context.span().span_context().trace_id();
    if id != TraceId::INVALID {
        span.record("trace_id", tracing::field::display(id));
    }
}

/// Puts the current trace into the metadata of a call.
pub fn inject(metadata: &mut MetadataMap) {
    TraceContextPropagator::new().inject_context(&current(), &mut IntoMetadata(metadata));
}

/// The current trace as a `traceparent`, for `CommandContext::trace`.
#[must_use]
pub fn traceparent() -> Option<String> {
    let mut text = Text(String::new());
    TraceContextPropagator::new().inject_context(&current(), &mut text);
    (!text.0.is_empty()).then_some(text.0)
}

/// Links `span` to the trace of whoever wrote an event: linked, not nested, since the
/// reader may come much later and read many.
pub fn link(span: &tracing::Span, traceparent: &str) {
    let context = TraceContextPropagator::new().extract(&Text(traceparent.to_owned()));
    let writer = context.span().span_context().clone();
    if writer.is_valid() {
        span.add_link(writer);
    }
}

fn current() -> Context {
    tracing::Span::current().context()
}
