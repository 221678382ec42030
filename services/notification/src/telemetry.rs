//! Names of this service's metrics and attributes; those that all services share are the
//! service kit's.

use std::sync::OnceLock;

use kindred_service_kit::telemetry::{attribute, metric};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, UpDownCounter};

/// Mails, by result: sent, failed, or why they were cancelled.
pub const MAILS: &str = "kindred.mail.deliveries";
/// Open inbox streams.
pub const WATCHERS: &str = "kindred.inbox.watchers";
/// A delivery's id, on spans and log lines.
pub const DELIVERY_ID: &str = "kindred.delivery.id";
/// An event's id, on spans.
pub const EVENT_ID: &str = "kindred.event.id";

/// Names of this service's spans.
pub mod span {
    /// A member marks an item as read.
    pub const MARK_READ: &str = "command.inbox_item.mark_read";
    /// A member turns a kind on or off.
    pub const SET_PREFERENCE: &str = "command.preference.set";
    /// The reader of a mail turns its kind off.
    pub const UNSUBSCRIBE: &str = "command.preference.unsubscribe";
    /// A member looks at their preferences.
    pub const PREFERENCES: &str = "query.preference.list";
    /// A reaction tells somebody of an event.
    pub const TELL: &str = "reaction.notice.tell";
    /// One attempt at one delivery.
    pub const ATTEMPT: &str = "mail.delivery.attempt";
    /// A sign-in link on its way.
    pub const SIGN_IN: &str = "mail.sign_in.send";
    /// All of them.
    pub const ALL: [&str; 7] = [MARK_READ, SET_PREFERENCE, UNSUBSCRIBE, PREFERENCES, TELL, ATTEMPT, SIGN_IN];
}

/// Counts what became of a mail.
pub(crate) fn count_mail(result: &'static str) {
    static MAILS_COUNTED: OnceLock<Counter<u64>> = OnceLock::new();
    let counter = MAILS_COUNTED.get_or_init(|| metric::meter().u64_counter(MAILS).build());
    counter.add(1, &[KeyValue::new(attribute::RESULT, result)]);
}

/// Counts an inbox stream that opened (1) or closed (-1).
pub(crate) fn count_watcher(change: i64) {
    static OPEN: OnceLock<UpDownCounter<i64>> = OnceLock::new();
    OPEN.get_or_init(|| metric::meter().i64_up_down_counter(WATCHERS).build()).add(change, &[]);
}

#[cfg(test)]
mod tests {
    use super::{DELIVERY_ID, EVENT_ID, attribute, span};

    /// Every file that opens spans.
    const SOURCES: [&str; 5] = [
        include_str!("application/inbox.rs"),
        include_str!("application/preferences.rs"),
        include_str!("application/tell.rs"),
        include_str!("application/deliver.rs"),
        include_str!("application/sign_in.rs"),
    ];

    #[test]
    fn spans_and_their_attributes_bear_the_declared_names() {
        let mut opened = Vec::new();
        for line in SOURCES.iter().flat_map(|source| source.lines()).filter(|line| line.contains("instrument(name")) {
            opened.push(line.split('"').nth(1).expect("a name"));
            if let Some(fields) = line.split("fields(").nth(1) {
                let field = fields.split(" =").next().expect("a field");
                assert!([DELIVERY_ID, EVENT_ID, attribute::COMMAND_ID].contains(&field), "`{field}` is not declared");
            }
        }
        opened.sort_unstable();
        let mut declared = span::ALL;
        declared.sort_unstable();
        assert_eq!(opened, declared);
    }
}
