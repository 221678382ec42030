//! Names of spans, attributes and metrics of this crate, and its instruments.

use std::sync::OnceLock;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge, Histogram};

/// Spans.
pub mod span {
    /// Storing one command's commits.
    pub const APPEND: &str = "log.commit.append";
    /// Loading an entity.
    pub const LOAD: &str = "log.entity.load";
    /// Taking a commit out.
    pub const REMOVE: &str = "log.commit.remove";
    /// Opening a stream.
    pub const OPEN: &str = "log.stream.open";
}

/// Attributes.
pub mod attribute {
    /// Context of a stream.
    pub const CONTEXT: &str = "kindred.context";
    /// How an append ended.
    pub const OUTCOME: &str = "kindred.append.outcome";
}

/// Targets of trace lines that tests and operators listen to.
pub mod target {
    /// Each answer to a publish.
    pub const REPLY: &str = "kindred_jetstream::reply";
}

/// Metrics; an exporter to Prometheus writes dots as underscores and adds units and `_total`.
pub mod metric {
    /// 1 while the connection stands, 0 while it does not.
    pub const CONNECTED: &str = "kindred.nats.connected";
    /// Connections made after one was lost.
    pub const RECONNECTS: &str = "kindred.nats.reconnects";
    /// Commits refused because their entity had moved.
    pub const CONFLICTS: &str = "kindred.occ.conflicts";
    /// Refusals because another write on the subject was still under way (10164).
    pub const IN_FLIGHT: &str = "kindred.append.in_flight_refusals";
    /// Publishes that the server had already stored.
    pub const DUPLICATES: &str = "kindred.append.duplicates";
    /// Publishes sent again because no answer came.
    pub const RESENT: &str = "kindred.append.resent";
    /// How long appends took, by outcome.
    pub const APPEND_DURATION: &str = "kindred.append.duration";
    /// Messages of each atomic batch of grouped commits.
    pub const GROUP_SIZE: &str = "kindred.append.group_size";
    /// Consumers that readers made anew after a gap, a silence or a lost connection.
    pub const READER_RESTARTS: &str = "kindred.reader.restarts";
    /// Reads that a lagging replica answered and the leader had to complete.
    pub const STALE_READS: &str = "kindred.load.stale_reads";
}

/// The instruments, made once when the first client connects, so that they reach the meter
/// provider that start-up has installed.
pub(crate) struct Instruments {
    pub connected: Gauge<u64>,
    pub reconnects: Counter<u64>,
    pub conflicts: Counter<u64>,
    pub in_flight: Counter<u64>,
    pub duplicates: Counter<u64>,
    pub resent: Counter<u64>,
    pub append_duration: Histogram<f64>,
    pub group_size: Histogram<u64>,
    pub reader_restarts: Counter<u64>,
    pub stale_reads: Counter<u64>,
}

/// See [`Instruments`].
pub(crate) fn instruments() -> &'static Instruments {
    static INSTRUMENTS: OnceLock<Instruments> = OnceLock::new();
    INSTRUMENTS.get_or_init(|| {
        let meter = opentelemetry::global::meter("kindred-jetstream");
        Instruments {
            connected: meter.u64_gauge(metric::CONNECTED).build(),
            reconnects: meter.u64_counter(metric::RECONNECTS).build(),
            conflicts: meter.u64_counter(metric::CONFLICTS).build(),
            in_flight: meter.u64_counter(metric::IN_FLIGHT).build(),
            duplicates: meter.u64_counter(metric::DUPLICATES).build(),
            resent: meter.u64_counter(metric::RESENT).build(),
            append_duration: meter.f64_histogram(metric::APPEND_DURATION).with_unit("s").build(),
            group_size: meter.u64_histogram(metric::GROUP_SIZE).build(),
            reader_restarts: meter.u64_counter(metric::READER_RESTARTS).build(),
            stale_reads: meter.u64_counter(metric::STALE_READS).build(),
        }
    })
}

/// The label of a context: few values, so fit for a metric.
pub(crate) fn context_label(context: &str) -> [KeyValue; 1] {
    [KeyValue::new(attribute::CONTEXT, context.to_owned())]
}
