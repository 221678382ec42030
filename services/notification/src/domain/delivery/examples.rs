//! Facts about the delivery that tests of its commands start from.

use super::{Cancellation, Event, FailureCode};
use crate::domain::notice::{Channel, Kind};
use crate::testing::{at, event, member, notice, tenant};

pub fn queued(millis: i64) -> Event {
    Event::Queued {
        member: member(1),
        kind: Kind::Reply,
        channel: Channel::Email,
        item: crate::domain::identity::inbox_item_id(&tenant(crate::testing::TENANT), event(1), member(1)),
        source: notice().source,
        at: at(millis),
    }
}

pub fn failed(attempt: u32, retry_at: Option<i64>, millis: i64) -> Event {
    let code = FailureCode::smtp(451);
    Event::Failed { member: member(1), attempt, code, retry_at: retry_at.map(at), at: at(millis) }
}

pub fn sent(attempt: u32, millis: i64) -> Event {
    Event::Sent { member: member(1), attempt, at: at(millis) }
}

pub fn cancelled(reason: Cancellation, millis: i64) -> Event {
    Event::Cancelled { member: member(1), reason, at: at(millis) }
}
