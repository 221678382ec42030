//! What clients get, as JSON under `/api/v1` and, the same values, in the pages.
//!
//! Ids are text, times are RFC 3339 in UTC, a missing value is left out. Fields are only
//! ever added.

mod community;
mod conversation;
mod inbox;
mod matching;
mod member;
mod mentoring;
mod operator;
mod post;
mod suggestion;

use kindred_proto::common;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

pub use community::{Community, RosterEntry};
pub use conversation::{Conversation, ConversationSummary, Message};
pub use inbox::{Inbox, InboxItem, Preference};
pub use matching::{Introduction, Match, People, Reason};
pub use member::{Author, Authors, Consents, Erasure, ErasureConfirmation, Me, Member, Profile, ProfileField};
pub use mentoring::{
    CheckIn, Mentor, MentorLoad, MentorLoads, MentorOffer, MentorQueue, MentorRound, MentorWait, Mentors, OwnOffer,
    Pairing,
};
pub use operator::{Parked, Projection, ServiceProjections, Tenant};
pub(crate) use post::named as post_names;
pub use post::{Post, PostVersion, ReactionCount, Thread, ThreadSummary};
pub use suggestion::{SuggestedCommunity, SuggestedThread};

/// A moment; RFC 3339 in UTC with milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, format = DateTime)]
pub struct Moment(i64);

impl Moment {
    /// From the wire, where 0 stands for never.
    #[must_use]
    pub fn of_wire(millis: i64) -> Option<Self> {
        (millis != 0).then_some(Self(millis))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// RFC 3339 with milliseconds; what lies outside of the calendar shows its edge.
    #[must_use]
    pub fn rfc3339(self) -> String {
        let date = self.date();
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            date.year(),
            u8::from(date.month()),
            date.day(),
            date.hour(),
            date.minute(),
            date.second(),
            date.millisecond()
        )
    }

    /// As a date and time in UTC.
    #[must_use]
    pub fn date(self) -> time::OffsetDateTime {
        let nanos = i128::from(self.0.clamp(0, 253_402_300_799_999)) * 1_000_000;
        time::OffsetDateTime::from_unix_timestamp_nanos(nanos).expect("clamped into the calendar")
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

/// A part of a list, and where to go on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// In order.
    pub items: Vec<T>,
    /// Send it back as `cursor` for the next part; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Whether the list may not yet show what `kindred-position` asked for.
    pub stale: bool,
}

impl<T> Page<T> {
    /// A part as a service answered it.
    #[must_use]
    pub fn of_wire(items: Vec<T>, next_cursor: String, stale: bool) -> Self {
        Self { items, next_cursor: some_text(next_cursor), stale }
    }
}

/// That a command was accepted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Accepted {
    /// The id of what the command made, where it made something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Version of the thing after the command.
    pub version: u64,
    /// Send it back as `kindred-position` to read your own write.
    pub position: String,
    /// Whether the same command id had been accepted before.
    pub replayed: bool,
    /// Whether the command changed anything.
    pub changed: bool,
    /// How the caller now stands, after asking to join.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<crate::wire::MembershipState>,
}

impl Accepted {
    /// From a receipt; a service that gives none changed nothing it can point at.
    #[must_use]
    pub fn of_wire(receipt: Option<common::Receipt>) -> Self {
        let receipt = receipt.unwrap_or_default();
        Self {
            id: None,
            version: receipt.version,
            position: receipt.position,
            replayed: receipt.replayed,
            changed: receipt.changed,
            state: None,
        }
    }

    /// With the id of what was made.
    #[must_use]
    pub fn with_id(mut self, id: String) -> Self {
        self.id = some_text(id);
        self
    }
}

/// Empty text on the wire stands for nothing.
pub(crate) fn some_text(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_rfc_3339_and_never_leave_the_calendar() {
        assert_eq!(Moment(1_700_000_000_123).rfc3339(), "2023-11-14T22:13:20.123Z");
        assert_eq!(Moment(i64::MAX).rfc3339(), "9999-12-31T23:59:59.999Z");
        assert_eq!(Moment(-5).rfc3339(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Moment::of_wire(0), None);
    }
}
