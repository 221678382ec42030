//! Names of metrics and attributes of this crate, and its instruments.

use std::sync::OnceLock;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge, Histogram};

/// Attributes.
pub mod attribute {
    /// Projection, reaction or redactor.
    pub const CONSUMER: &str = "kindred.consumer";
    /// Context of a stream.
    pub const CONTEXT: &str = "kindred.context";
    /// How a wait ended: `reached` or `stale`.
    pub const OUTCOME: &str = "kindred.wait.outcome";
}

/// Metrics; an exporter to Prometheus writes dots as underscores and adds units and `_total`.
pub mod metric {
    /// Commits that took effect.
    pub const COMMITS: &str = "kindred.projection.commits";
    /// How long batches took.
    pub const BATCH_DURATION: &str = "kindred.projection.batch.duration";
    /// Sequence that a consumer has reached in this process.
    pub const POSITION: &str = "kindred.projection.position";
    /// Sequence that the stream's reader has reached in this process.
    pub const STREAM_POSITION: &str = "kindred.projection.stream_position";
    /// Partitions lost to another owner in the middle of a batch.
    pub const FENCED: &str = "kindred.projection.fenced";
    /// Batches that were tried again.
    pub const RETRIES: &str = "kindred.projection.retries";
    /// Events parked.
    pub const PARKED: &str = "kindred.projection.parked";
    /// How long readers waited for a position.
    pub const WAIT_DURATION: &str = "kindred.projection.wait.duration";
}

/// The instruments, made once when the first projector starts, so that they reach the
/// meter provider that start-up has installed.
pub(crate) struct Instruments {
    pub commits: Counter<u64>,
    pub batch_duration: Histogram<f64>,
    pub position: Gauge<u64>,
    pub stream_position: Gauge<u64>,
    pub fenced: Counter<u64>,
    pub retries: Counter<u64>,
    pub parked: Counter<u64>,
    pub wait_duration: Histogram<f64>,
}

pub(crate) fn instruments() -> &'static Instruments {
    static INSTRUMENTS: OnceLock<Instruments> = OnceLock::new();
    INSTRUMENTS.get_or_init(|| {
        let meter = opentelemetry::global::meter("kindred-projections");
        Instruments {
            commits: meter.u64_counter(metric::COMMITS).build(),
            batch_duration: meter.f64_histogram(metric::BATCH_DURATION).with_unit("s").build(),
            position: meter.u64_gauge(metric::POSITION).build(),
            stream_position: meter.u64_gauge(metric::STREAM_POSITION).build(),
            fenced: meter.u64_counter(metric::FENCED).build(),
            retries: meter.u64_counter(metric::RETRIES).build(),
            parked: meter.u64_counter(metric::PARKED).build(),
            wait_duration: meter.f64_histogram(metric::WAIT_DURATION).with_unit("s").build(),
        }
    })
}

/// The attribute of a consumer's measurements.
pub(crate) fn consumer_label(consumer: &str) -> [KeyValue; 1] {
    [KeyValue::new(attribute::CONSUMER, consumer.to_owned())]
}
