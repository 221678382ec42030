//! What is kept of one person beside who they are, in a few bytes: where they are active,
//! and what they say of themselves.

use kindred_eventsourcing::{Fingerprint, KeyId, Sealed};
use kindred_ids::CommandId;
use uuid::Uuid;

use crate::index::bytes::{Reader, put, put_bytes};
use crate::index::feature::{Kind, Release};
use crate::index::profile::{Field, NO_LABEL, SealedField, SealedProfile};

/// Number of a community among those of its tenant.
pub(in crate::index) type Place = u32;

/// No profile, one that was not read, and one that was.
const ABSENT: u64 = 0;
const SEALED: u64 = 1;
const OPEN: u64 = 2;

/// A row as it is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    places: &'a [u8],
    profile: &'a [u8],
}

impl<'a> Row<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Self {
        let mut reader = Reader::new(bytes);
        let places = reader.bytes().unwrap_or_default();
        Self { places, profile: reader.rest() }
    }

    pub(super) fn places(self) -> impl Iterator<Item = Place> + 'a {
        let mut reader = Reader::new(self.places);
        std::iter::from_fn(move || reader.small())
    }

    /// Every field of a profile that was read.
    pub(super) fn fields(self) -> impl Iterator<Item = Field> + 'a {
        let mut reader = Reader::new(self.profile);
        let mut left = if reader.number() == Some(OPEN) { reader.count().unwrap_or_default() } else { 0 };
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            read_field(&mut reader)
        })
    }

    /// The command of a profile that was not read.
    pub(super) fn sealed_by(self) -> Option<CommandId> {
        let mut reader = Reader::new(self.profile);
        (reader.number()? == SEALED).then(|| read_command(&mut reader)).flatten()
    }

    /// A profile that was not read.
    pub(super) fn sealed(self, withholds: bool) -> Option<SealedProfile> {
        let mut reader = Reader::new(self.profile);
        (reader.number()? == SEALED).then(|| read_sealed(&mut reader, withholds)).flatten()
    }

    /// Whether there is a profile that was read.
    pub(super) fn is_read(self) -> bool {
        Reader::new(self.profile).number() == Some(OPEN)
    }

    /// The same person elsewhere.
    pub(super) fn with_places(self, places: &[Place]) -> Vec<u8> {
        assembled(&put_places(places), self.profile)
    }

    /// The same person with another profile.
    pub(super) fn with(self, content: Content<'_>) -> Vec<u8> {
        assembled(self.places, &content.put())
    }
}

/// What there is of somebody's profile.
pub(in crate::index) enum Content<'a> {
    Absent,
    /// Not read.
    Sealed(&'a SealedProfile),
    /// Read.
    Open(&'a [Field]),
}

impl Content<'_> {
    fn put(self) -> Vec<u8> {
        let mut profile = Vec::new();
        match self {
            Self::Absent => put(&mut profile, ABSENT),
            Self::Sealed(sealed) => {
                put(&mut profile, SEALED);
                put_sealed(&mut profile, sealed);
            }
            Self::Open(fields) => {
                put(&mut profile, OPEN);
                put(&mut profile, fields.len() as u64);
                fields.iter().for_each(|field| put_field(&mut profile, field));
            }
        }
        profile
    }
}

/// A whole person's row.
pub(super) fn row(places: &[Place], content: Content<'_>) -> Vec<u8> {
    assembled(&put_places(places), &content.put())
}

fn put_places(places: &[Place]) -> Vec<u8> {
    let mut listed = Vec::new();
    places.iter().for_each(|place| put(&mut listed, u64::from(*place)));
    listed
}

fn assembled(places: &[u8], profile: &[u8]) -> Vec<u8> {
    let mut row = Vec::with_capacity(places.len() + profile.len() + 2);
    put_bytes(&mut row, places);
    row.extend_from_slice(profile);
    row
}

fn put_field(into: &mut Vec<u8>, field: &Field) {
    let has_label = field.label != NO_LABEL;
    put(into, u64::from(field.feature) << 3 | (field.release as u64) << 1 | u64::from(has_label));
    if has_label {
        put(into, u64::from(field.label));
    }
}

fn read_field(reader: &mut Reader<'_>) -> Option<Field> {
    let packed = reader.number()?;
    let release = *Release::ALL.get((packed >> 1 & 3) as usize)?;
    let label = if packed & 1 == 1 { reader.small()? } else { NO_LABEL };
    Some(Field { feature: u32::try_from(packed >> 3).ok()?, release, label })
}

/// Writes a profile that was not read.
pub(in crate::index) fn put_sealed(into: &mut Vec<u8>, sealed: &SealedProfile) {
    into.extend_from_slice(sealed.command_id.as_uuid().as_bytes());
    put(into, sealed.fields.len() as u64);
    let mut last = None;
    for field in &sealed.fields {
        let content = &field.content;
        // Fields of one person have one key, nearly always.
        let same_key = last.replace(content.key()) == Some(content.key());
        put(into, (field.index as u64) << 1 | u64::from(same_key));
        put(into, (field.kind as u64) << 2 | field.release as u64);
        if !same_key {
            into.extend_from_slice(content.key().0.as_bytes());
        }
        into.extend_from_slice(content.nonce());
        into.extend_from_slice(&content.fingerprint().0);
        put_bytes(into, content.ciphertext());
    }
}

/// Reads what [`put_sealed`] wrote.
pub(in crate::index) fn read_sealed(reader: &mut Reader<'_>, withholds: bool) -> Option<SealedProfile> {
    let command_id = read_command(reader)?;
    let count = reader.count()?;
    let (mut fields, mut key) = (Vec::with_capacity(count), None);
    for _ in 0..count {
        let (index, about) = (reader.number()?, reader.number()?);
        let kind = *Kind::ALL.get(usize::try_from(about >> 2).ok()?)?;
        let release = *Release::ALL.get((about & 3) as usize)?;
        if index & 1 == 0 {
            key = Some(KeyId(Uuid::from_bytes(reader.array()?)));
        }
        let (nonce, fingerprint) = (reader.array()?, Fingerprint(reader.array()?));
        let content = Sealed::from_parts(key?, nonce, reader.bytes()?.to_vec(), fingerprint);
        fields.push(SealedField { index: usize::try_from(index >> 1).ok()?, kind, release, content });
    }
    Some(SealedProfile { command_id, fields: fields.into(), withholds })
}

fn read_command(reader: &mut Reader<'_>) -> Option<CommandId> {
    CommandId::new(Uuid::from_bytes(reader.array()?)).ok()
}
