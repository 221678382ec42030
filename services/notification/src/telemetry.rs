//! Names of this service's metrics and attributes; those that all services share are the
//! service kit's.

use std::sync::OnceLock;

use kindred_service_kit::telemetry::{attribute, metric};
use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;

/// Mails, by result: sent, failed, or why they were cancelled.
pub const MAILS: &str = "kindred.mail.deliveries";
/// Open inbox streams.
pub const WATCHERS: &str = "kindred.inbox.watchers";
/// A delivery's id, on spans and log lines.
pub const DELIVERY_ID: &str = "kindred.delivery.id";

/// Counts what became of a mail.
pub(crate) fn count_mail(result: &'static str) {
    static MAILS_COUNTED: OnceLock<Counter<u64>> = OnceLock::new();
    let counter = MAILS_COUNTED.get_or_init(|| metric::meter().u64_counter(MAILS).build());
    counter.add(1, &[KeyValue::new(attribute::RESULT, result)]);
}
