//! The parts that several events share: ids as text, sealed fields, homes.

use std::str::FromStr;

use bytes::Bytes;
use kindred_eventsourcing::{DecodeError, Record, Sealed};
use kindred_ids::MemberId;
use kindred_proto::{common, posting};
pub(super) use kindred_service_host::wire::sealed_to_proto as to_sealed;
use kindred_service_host::wire::{key_id, message, sealed_from_proto};

use crate::domain::Home;

/// Something in a record does not fit; which record, the caller knows.
pub(super) struct Misfit;

/// Writes an event in version 1 of its shape.
pub(super) fn record(event_type: &str, body: &impl prost::Message) -> Record {
    kindred_service_host::wire::record(event_type, 1, body)
}

/// Reads a body and makes an event of it.
pub(super) fn read<Body: prost::Message + Default, Event>(
    record: &Record,
    event: impl FnOnce(Body) -> Result<Event, Misfit>,
) -> Result<Event, DecodeError> {
    event(message(record)?).map_err(|Misfit| DecodeError::bytes(record))
}

pub(super) fn id<T: FromStr>(text: &str) -> Result<T, Misfit> {
    text.parse().map_err(|_| Misfit)
}

/// An id, or none where the text is empty.
pub(super) fn optional_id<T: FromStr>(text: &str) -> Result<Option<T>, Misfit> {
    if text.is_empty() { Ok(None) } else { id(text).map(Some) }
}

pub(super) fn members(texts: &[String]) -> Result<Vec<MemberId>, Misfit> {
    texts.iter().map(|text| id(text)).collect()
}

pub(super) fn texts(members: &[MemberId]) -> Vec<String> {
    members.iter().map(ToString::to_string).collect()
}

pub(super) fn optional_sealed(sealed: Option<common::Sealed>) -> Result<Option<Sealed>, Misfit> {
    sealed.map(|sealed| sealed_from_proto(sealed).ok_or(Misfit)).transpose()
}

pub(super) fn sealed(sealed: Option<common::Sealed>) -> Result<Sealed, Misfit> {
    optional_sealed(sealed)?.ok_or(Misfit)
}

pub(super) fn to_home(home: &Home) -> posting::PostHome {
    posting::PostHome {
        community_id: home.community.to_string(),
        thread_id: home.thread.to_string(),
        author_id: home.author.to_string(),
        author_key_id: Bytes::copy_from_slice(home.author_key.0.as_bytes()),
    }
}

pub(super) fn home(home: Option<posting::PostHome>) -> Result<Home, Misfit> {
    let home = home.ok_or(Misfit)?;
    Ok(Home {
        community: id(&home.community_id)?,
        thread: id(&home.thread_id)?,
        author: id(&home.author_id)?,
        author_key: key_id(&home.author_key_id).ok_or(Misfit)?,
    })
}
