//! The token: `kpt1.<positions>.<signature>`, both base64url without padding.
//!
//! A position is the stream's name behind its length, the partition's number, and the
//! sequence in groups of seven bits, lowest first. The signature is an HMAC-SHA-256
//! over everything before its dot.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use kindred_eventsourcing::{Position, Receipt};
use kindred_ids::Partition;
use ring::hmac;
use tonic::metadata::{Ascii, MetadataMap, MetadataValue};

use super::{METADATA, Positions};
use crate::error::ApiError;

const PREFIX: &str = "kpt1.";
/// Longer texts are not looked at.
pub const MAX_TOKEN_BYTES: usize = 8_192;
/// Most (stream, partition) pairs that one request may name: four streams whole.
pub const MAX_POSITIONS: usize = 256;
const LONGEST_CONTEXT: usize = 24;

/// Why a position token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PositionError {
    /// Longer than any token.
    #[error("the position token is too large")]
    TooLarge,
    /// Not a token of this kind.
    #[error("the position token is malformed")]
    Malformed,
    /// Not signed here.
    #[error("the position token's signature is wrong")]
    BadSignature,
    /// More positions than a token holds.
    #[error("the position tokens name more than {MAX_POSITIONS} partitions")]
    TooMany,
    /// The key is too short or no base64.
    #[error("not a position key (at least 32 bytes in base64)")]
    NotAKey,
}

impl From<PositionError> for ApiError {
    fn from(error: PositionError) -> Self {
        let reason = match error {
            PositionError::TooLarge => "POSITION_TOO_LARGE",
            PositionError::Malformed | PositionError::NotAKey => "POSITION_MALFORMED",
            PositionError::BadSignature => "POSITION_BAD_SIGNATURE",
            PositionError::TooMany => "POSITION_TOO_MANY",
        };
        Self::invalid(METADATA, reason, error.to_string())
    }
}

/// The key that every process shares.
#[derive(Clone)]
pub struct PositionKey(hmac::Key);

impl PositionKey {
    /// From the text of a key file.
    ///
    /// # Errors
    ///
    /// [`PositionError::NotAKey`] for fewer than 32 bytes or anything but base64.
    pub fn from_base64(text: &str) -> Result<Self, PositionError> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| PositionError::NotAKey)?;
        (bytes.len() >= 32).then(|| Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes))).ok_or(PositionError::NotAKey)
    }

    /// Makes a new key, as the text to keep in a file.
    ///
    /// # Errors
    ///
    /// If the system gives no randomness.
    pub fn generate() -> Result<String, ring::error::Unspecified> {
        let bytes: [u8; 32] = ring::rand::generate(&ring::rand::SystemRandom::new())?.expose();
        Ok(STANDARD.encode(bytes))
    }

    /// Signs a set of positions; the empty set is the empty text.
    #[must_use]
    pub fn sign(&self, positions: &Positions) -> String {
        if positions.is_empty() {
            return String::new();
        }
        let mut bytes = Vec::with_capacity(positions.len() * 16);
        for position in positions.iter() {
            encode(&position, &mut bytes);
        }
        self.sign_bytes(&bytes)
    }

    pub(super) fn sign_bytes(&self, bytes: &[u8]) -> String {
        let signed = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
        let tag = hmac::sign(&self.0, signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
    }

    /// The token of an accepted command.
    #[must_use]
    pub fn of_receipt(&self, receipt: &Receipt) -> String {
        self.sign(&Positions::from(receipt.position.clone()))
    }

    /// Reads a token; the empty text asks for nothing.
    ///
    /// # Errors
    ///
    /// [`PositionError`] for anything that was not signed here.
    pub fn verify(&self, text: &str) -> Result<Positions, PositionError> {
        if text.is_empty() {
            return Ok(Positions::new());
        }
        if text.len() > MAX_TOKEN_BYTES {
            return Err(PositionError::TooLarge);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(PositionError::Malformed)?;
        let body = signed.strip_prefix(PREFIX).ok_or(PositionError::Malformed)?;
        let decode_part = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| PositionError::Malformed);
        let (body, signature) = (decode_part(body)?, decode_part(signature)?);
        hmac::verify(&self.0, signed.as_bytes(), &signature).map_err(|_| PositionError::BadSignature)?;
        decode(&body).ok_or(PositionError::Malformed)
    }

    /// Reads all tokens of a request into one set.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `kindred-position` for a token that was not signed here, or
    /// too many partitions.
    pub fn read(&self, metadata: &MetadataMap) -> Result<Positions, ApiError> {
        let mut all = Positions::new();
        for value in metadata.get_all(METADATA) {
            let text = value.to_str().map_err(|_| PositionError::Malformed)?;
            all.merge(self.verify(text)?);
            if all.len() > MAX_POSITIONS {
                return Err(PositionError::TooMany.into());
            }
        }
        Ok(all)
    }

    /// Puts a set of positions into metadata.
    pub fn write(&self, positions: &Positions, metadata: &mut MetadataMap) {
        let text = self.sign(positions);
        if let Ok(value) = text.parse::<MetadataValue<Ascii>>()
            && !text.is_empty()
        {
            metadata.insert(METADATA, value);
        }
    }
}

impl fmt::Debug for PositionKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PositionKey(..)")
    }
}

fn encode(position: &Position, bytes: &mut Vec<u8>) {
    let name = position.context.as_bytes();
    let length = name.len().min(LONGEST_CONTEXT);
    bytes.push(length as u8);
    bytes.extend_from_slice(&name[..length]);
    bytes.push(position.partition.number());
    let mut rest = position.sequence;
    while rest >= 0x80 {
        bytes.push((rest as u8 & 0x7f) | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
}

fn decode(mut bytes: &[u8]) -> Option<Positions> {
    let mut positions = Positions::new();
    while let Some((&length, rest)) = bytes.split_first() {
        let (name, rest) = rest.split_at_checked(usize::from(length))?;
        let (&partition, rest) = rest.split_first()?;
        let (sequence, rest) = decode_sequence(rest)?;
        positions.add(Position {
            context: std::str::from_utf8(name).ok()?.to_owned(),
            partition: Partition::new(partition)?,
            sequence,
        });
        bytes = rest;
    }
    Some(positions)
}

fn decode_sequence(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut sequence = 0_u64;
    for (index, &byte) in bytes.iter().enumerate().take(10) {
        let group = u64::from(byte & 0x7f);
        let shifted = group.checked_shl(7 * index as u32).filter(|shifted| shifted >> (7 * index) == group)?;
        sequence |= shifted;
        if byte & 0x80 == 0 {
            return Some((sequence, &bytes[index + 1..]));
        }
    }
    None
}
