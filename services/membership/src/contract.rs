//! How membership's events stand in the log: domain to protobuf and back, fallible both
//! ways. The only user of the event messages.

mod community;
mod member;
mod membership;
mod sign_in;
mod tenancy;

use kindred_eventsourcing::Timestamp;
use kindred_ids::IdError;

/// Reads an id out of an event.
fn id<T: std::str::FromStr<Err = IdError>>(text: &str) -> Option<T> {
    text.parse().ok()
}

const fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

#[cfg(test)]
mod tests;
