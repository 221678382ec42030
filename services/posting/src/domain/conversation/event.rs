//! What may become true of a conversation.

use kindred_eventsourcing::{Timestamp, event_types};
use kindred_ids::MemberId;

use crate::domain::Pair;

/// A fact about what two members share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub enum Event {
    /// One of them opened it: for the first time, or again after having left.
    ConversationOpened { pair: Pair, by: MemberId, at: Timestamp },
    /// One of them left.
    ConversationLeft { pair: Pair, by: MemberId, at: Timestamp },
}
event_types!(Event { ConversationOpened, ConversationLeft });
