//! What may become true of a message.

use kindred_eventsourcing::{Sealed, Timestamp, event_types};

use crate::domain::Route;

/// A fact about one message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub enum Event {
    /// Somebody wrote it; `text` is under their key.
    MessageWritten { route: Route, text: Sealed, at: Timestamp },
    /// They took it out.
    MessageDeleted { route: Route, at: Timestamp },
}
event_types!(Event { MessageWritten, MessageDeleted });
