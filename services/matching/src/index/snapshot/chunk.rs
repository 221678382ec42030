//! A part of a tenant's people in bytes: their values by number into a list of their own,
//! so that whoever is taken out takes their words along.

use std::collections::{BTreeSet, HashMap};

use kindred_ids::{CommandId, CommunityId, EntityId, MemberId, TenantSlug};
use uuid::Uuid;

use super::dealings::Dealings;
use crate::index::bytes::{Reader, put, put_bytes};
use crate::index::feature::{Kind, Kinds, Release};
use crate::index::people::{put_sealed, read_sealed};
use crate::index::profile::{PlainField, SealedProfile};
use crate::index::purpose::{Purpose, Purposes};

/// A value that people of the chunk hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Value {
    pub(crate) kind: Kind,
    /// As it is compared.
    pub(crate) value: Box<str>,
    /// As its owners wrote it; empty where the value says it all.
    pub(crate) label: Box<str>,
}

/// A profile of the chunk.
#[derive(Debug, Clone)]
pub(crate) enum Said {
    Nothing,
    /// Its owner does not consent.
    Sealed(SealedProfile),
    /// Numbers of values, with to whom each is released.
    Open(Vec<(u32, Release)>),
}

/// A person of the chunk.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) member: MemberId,
    pub(crate) agreed: Purposes,
    pub(crate) suspended: bool,
    pub(crate) withholds: bool,
    pub(in crate::index) kinds: Kinds,
    /// Numbers of communities.
    pub(crate) places: Vec<u32>,
    pub(crate) said: Said,
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chunk {
    pub(crate) values: Vec<Value>,
    pub(crate) communities: Vec<CommunityId>,
    pub(crate) people: Vec<Kept>,
    /// Who blocks whom.
    pub(crate) blocks: Vec<(MemberId, MemberId)>,
    pub(crate) erased: BTreeSet<MemberId>,
    pub(crate) dealings: Dealings,
}

const SUSPENDED: u64 = 1;
const WITHHOLDS: u64 = 2;
const NOTHING: u64 = 0;
const SEALED: u64 = 1;
const OPEN: u64 = 2;

impl Chunk {
    /// The same without these people, who are known as erased from now on.
    pub(crate) fn erase(&mut self, gone: &BTreeSet<MemberId>) {
        self.erased.extend(gone);
        self.leave_out(gone);
    }

    /// The same without these people of any chunk.
    pub(crate) fn leave_out(&mut self, gone: &BTreeSet<MemberId>) {
        self.people.retain(|kept| !gone.contains(&kept.member));
        self.blocks.retain(|(one, other)| !gone.contains(one) && !gone.contains(other));
        self.dealings.leave_out(gone);
        self.forget_unused();
    }

    /// Forgets values and communities that nobody of the chunk has.
    fn forget_unused(&mut self) {
        let values = self.people.iter().filter_map(|kept| match &kept.said {
            Said::Open(fields) => Some(fields),
            Said::Nothing | Said::Sealed(_) => None,
        });
        let values = renumbered(values.flatten().map(|(value, _)| *value), &mut self.values);
        let places = renumbered(self.people.iter().flat_map(|kept| kept.places.iter().copied()), &mut self.communities);
        for kept in &mut self.people {
            kept.places.iter_mut().for_each(|place| *place = places[place]);
            if let Said::Open(fields) = &mut kept.said {
                fields.iter_mut().for_each(|(value, _)| *value = values[value]);
            }
        }
    }

    /// Whoever does not consent and yet stands here open: they did when it was read.
    pub(crate) fn exposed(&self) -> Vec<MemberId> {
        let open = self
            .people
            .iter()
            .filter(|kept| !kept.agreed.contains(Purpose::Matching) && matches!(kept.said, Said::Open(_)));
        open.map(|kept| kept.member).collect()
    }

    /// What somebody said, as it can be said again.
    pub(crate) fn plain(&self, member: MemberId) -> Vec<PlainField> {
        let Some(Said::Open(fields)) = self.person(member).map(|kept| &kept.said) else { return Vec::new() };
        let known = fields.iter().filter_map(|(number, release)| Some((self.values.get(*number as usize)?, *release)));
        known.map(|(value, release)| value.plain(release)).collect()
    }

    fn person(&self, member: MemberId) -> Option<&Kept> {
        self.people.iter().find(|kept| kept.member == member)
    }

    /// What somebody said stands here sealed from now on; not at all if their key is gone.
    pub(crate) fn seal(&mut self, member: MemberId, sealed: Option<SealedProfile>) {
        if let Some(kept) = self.people.iter_mut().find(|kept| kept.member == member) {
            kept.said = sealed.map_or(Said::Nothing, Said::Sealed);
        }
        self.forget_unused();
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        put(&mut bytes, self.values.len() as u64);
        for value in &self.values {
            put(&mut bytes, value.kind as u64);
            put_bytes(&mut bytes, value.value.as_bytes());
            put_bytes(&mut bytes, value.label.as_bytes());
        }
        put(&mut bytes, self.communities.len() as u64);
        self.communities.iter().for_each(|community| bytes.extend_from_slice(community.0.as_bytes()));
        put(&mut bytes, self.people.len() as u64);
        self.people.iter().for_each(|kept| kept.put(&mut bytes));
        put(&mut bytes, self.blocks.len() as u64);
        for (one, other) in &self.blocks {
            bytes.extend_from_slice(one.0.as_bytes());
            bytes.extend_from_slice(other.0.as_bytes());
        }
        put(&mut bytes, self.erased.len() as u64);
        self.erased.iter().for_each(|member| bytes.extend_from_slice(member.0.as_bytes()));
        self.dealings.put(&mut bytes);
        bytes
    }

    /// Reads what [`Self::encode`] wrote; none of anything else.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let reader = &mut Reader::new(bytes);
        let values = many(reader, Value::read)?;
        let communities = many(reader, |reader| Some(CommunityId(entity(reader)?)))?;
        let counts = (values.len(), communities.len());
        let people = many(reader, |reader| Kept::read(reader, counts))?;
        let blocks = many(reader, |reader| Some((MemberId(entity(reader)?), MemberId(entity(reader)?))))?;
        let erased = many(reader, |reader| Some(MemberId(entity(reader)?)))?.into_iter().collect();
        let dealings = Dealings::read(reader)?;
        reader.rest().is_empty().then_some(Self { values, communities, people, blocks, erased, dealings })
    }
}

/// Keeps what is used, in order; the new number of each.
pub(super) fn renumbered<T>(used: impl Iterator<Item = u32>, known: &mut Vec<T>) -> HashMap<u32, u32> {
    let used: BTreeSet<u32> = used.collect();
    let mut number = 0..;
    known.retain(|_| number.next().is_some_and(|number| used.contains(&number)));
    used.into_iter().zip(0..).collect()
}

pub(super) fn many<'a, T>(reader: &mut Reader<'a>, read: impl Fn(&mut Reader<'a>) -> Option<T>) -> Option<Vec<T>> {
    let count = reader.count()?;
    let mut all = Vec::with_capacity(count.min(super::PEOPLE));
    for _ in 0..count {
        all.push(read(reader)?);
    }
    Some(all)
}

pub(super) fn entity(reader: &mut Reader<'_>) -> Option<EntityId> {
    EntityId::try_from(Uuid::from_bytes(reader.array()?)).ok()
}

fn text(reader: &mut Reader<'_>) -> Option<Box<str>> {
    Some(std::str::from_utf8(reader.bytes()?).ok()?.into())
}

impl Value {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let kind = *Kind::ALL.get(reader.small()? as usize)?;
        Some(Self { kind, value: text(reader)?, label: text(reader)? })
    }

    /// What its owner could type to say the same.
    fn plain(&self, release: Release) -> PlainField {
        let (value, label) = match (self.kind, self.label.is_empty()) {
            (Kind::Condition, _) | (_, true) => (&self.value, &*self.label),
            (_, false) => (&self.label, ""),
        };
        PlainField { kind: self.kind, release, value: value.to_string(), label: label.to_owned() }
    }
}

impl Kept {
    fn put(&self, into: &mut Vec<u8>) {
        into.extend_from_slice(self.member.0.as_bytes());
        let flag = |set: bool, flag: u64| if set { flag } else { 0 };
        put(into, flag(self.suspended, SUSPENDED) | flag(self.withholds, WITHHOLDS));
        put(into, u64::from(self.agreed.bits()));
        put(into, u64::from(self.kinds.bits()));
        put(into, self.places.len() as u64);
        self.places.iter().for_each(|place| put(into, u64::from(*place)));
        match &self.said {
            Said::Nothing => put(into, NOTHING),
            Said::Sealed(sealed) => {
                put(into, SEALED);
                put_sealed(into, sealed);
            }
            Said::Open(fields) => {
                put(into, OPEN);
                put(into, fields.len() as u64);
                fields.iter().for_each(|(value, release)| put(into, u64::from(*value) << 2 | *release as u64));
            }
        }
    }

    fn read(reader: &mut Reader<'_>, (values, communities): (usize, usize)) -> Option<Self> {
        let (member, flags) = (MemberId(entity(reader)?), reader.number()?);
        let agreed = Purposes::from_bits(u8::try_from(reader.number()?).ok()?);
        let kinds = Kinds::from_bits(u16::try_from(reader.number()?).ok()?);
        let places = many(reader, |reader| reader.small().filter(|place| (*place as usize) < communities))?;
        let withholds = flags & WITHHOLDS != 0;
        let said = match reader.number()? {
            NOTHING => Said::Nothing,
            SEALED => Said::Sealed(read_sealed(reader, withholds)?),
            OPEN => Said::Open(many(reader, |reader| {
                let packed = reader.number()?;
                let number = u32::try_from(packed >> 2).ok().filter(|number| (*number as usize) < values)?;
                Some((number, *Release::ALL.get((packed & 3) as usize)?))
            })?),
            _ => return None,
        };
        let suspended = flags & SUSPENDED != 0;
        Some(Self { member, agreed, suspended, withholds, kinds, places, said })
    }
}

/// The command that what was sealed for a snapshot is bound to: it is nobody's.
pub(crate) fn sealing_command(tenant: &TenantSlug, member: MemberId, position: u64) -> CommandId {
    let position = position.to_be_bytes();
    CommandId::derived(&[b"snapshot", tenant.as_str().as_bytes(), member.0.as_bytes(), &position])
}
