//! Between protobuf messages and the types of the core: fallible towards the core, as
//! every byte from outside is.

use kindred_eventsourcing::{DecodeError, Fingerprint, KeyId, Record, Sealed};
use kindred_proto::common;
use prost::Message;
use uuid::Uuid;

/// Writes an event as a record.
#[must_use]
pub fn record(event_type: &str, version: u32, message: &impl Message) -> Record {
    Record { event_type: event_type.to_owned(), version, data: message.encode_to_vec().into() }
}

/// Reads a record's bytes as a message.
///
/// # Errors
///
/// [`DecodeError::Malformed`] if they are something else.
pub fn message<M: Message + Default>(record: &Record) -> Result<M, DecodeError> {
    M::decode(record.data.clone()).map_err(|_| DecodeError::bytes(record))
}

/// A field that must be there and fit, or the record is malformed.
///
/// # Errors
///
/// [`DecodeError::Malformed`].
pub fn fits<T>(record: &Record, value: Option<T>) -> Result<T, DecodeError> {
    value.ok_or_else(|| DecodeError::bytes(record))
}

/// A sealed field for the wire.
#[must_use]
pub fn sealed_to_proto(sealed: &Sealed) -> common::Sealed {
    common::Sealed {
        key_id: sealed.key().0.as_bytes().to_vec().into(),
        nonce: sealed.nonce().to_vec().into(),
        ciphertext: sealed.ciphertext().clone(),
        fingerprint: sealed.fingerprint().0.to_vec().into(),
    }
}

/// A sealed field from the wire; none if a part has the wrong length.
#[must_use]
pub fn sealed_from_proto(sealed: common::Sealed) -> Option<Sealed> {
    let key = key_id(&sealed.key_id)?;
    let nonce = sealed.nonce.as_ref().try_into().ok()?;
    let fingerprint = Fingerprint(sealed.fingerprint.as_ref().try_into().ok()?);
    Some(Sealed::from_parts(key, nonce, sealed.ciphertext, fingerprint))
}

/// A key id from its 16 bytes.
#[must_use]
pub fn key_id(bytes: &[u8]) -> Option<KeyId> {
    Uuid::from_slice(bytes).ok().map(KeyId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_field_reads_back_and_a_short_part_is_refused() {
        let key = KeyId(Uuid::from_u128(7));
        let sealed = Sealed::from_parts(key, [1; 12], vec![2; 20], Fingerprint([3; 16]));
        let proto = sealed_to_proto(&sealed);
        let read = sealed_from_proto(proto.clone()).expect("reads back");
        assert_eq!((read.nonce(), read.ciphertext(), &read), (&[1; 12], sealed.ciphertext(), &sealed));
        for broken in [
            common::Sealed { nonce: vec![1; 11].into(), ..proto.clone() },
            common::Sealed { key_id: vec![1; 15].into(), ..proto.clone() },
            common::Sealed { fingerprint: vec![].into(), ..proto.clone() },
        ] {
            assert!(sealed_from_proto(broken).is_none());
        }
    }
}
