//! What the index takes from membership's log.

use std::sync::Arc;

use kindred_eventsourcing::{DecodeError, Record, RecordedCommit};
use kindred_ids::{CommunityId, MemberId, ThreadId};
use kindred_proto::membership as proto;
use kindred_service_host::wire::{fits, message, sealed_from_proto};

use super::feature::{Kind, Release};
use super::graph::Wish;
use super::profile::{SealedField, SealedProfile};
use super::purpose::Purpose;
use crate::domain::weights::Part;

/// Something that changes who is found by whom.
#[derive(Debug, Clone)]
pub(crate) enum Fact {
    Tenant {
        suspended: bool,
    },
    Profile {
        member: MemberId,
        profile: Arc<SealedProfile>,
    },
    Consent {
        member: MemberId,
        purpose: Purpose,
        given: bool,
    },
    Suspension {
        member: MemberId,
        suspended: bool,
    },
    Erased {
        member: MemberId,
    },
    Membership {
        community: CommunityId,
        member: MemberId,
        active: bool,
    },
    Block {
        member: MemberId,
        blocked: MemberId,
        stands: bool,
    },
    /// Of posting's log: somebody wrote in a thread.
    Spoke {
        member: MemberId,
        thread: ThreadId,
        community: CommunityId,
    },
    /// A post of theirs is gone from it.
    Unsaid {
        member: MemberId,
        thread: ThreadId,
    },
    /// The whole thread is gone.
    ThreadGone {
        thread: ThreadId,
    },
    /// One wrote to the other, whom they had been introduced to.
    Wrote {
        from: MemberId,
        to: MemberId,
    },
    /// Of matching's own log: weights that were fixed.
    Weights {
        part: Part,
    },
    /// Of any commit of it: the day on which it was made, by UTC since 1970.
    Day {
        day: i64,
    },
    /// How one's wish to meet another stands now.
    Wish {
        from: MemberId,
        to: MemberId,
        wish: Wish,
    },
}

impl Fact {
    /// Whom it is about, where that changes whether or by what they are found.
    pub(crate) const fn subject(&self) -> Option<MemberId> {
        match self {
            Self::Profile { member, .. }
            | Self::Consent { member, .. }
            | Self::Suspension { member, .. }
            | Self::Erased { member }
            | Self::Membership { member, .. }
            | Self::Spoke { member, .. }
            | Self::Unsaid { member, .. } => Some(*member),
            Self::Wish { from, .. } => Some(*from),
            Self::Tenant { .. }
            | Self::Block { .. }
            | Self::ThreadGone { .. }
            | Self::Wrote { .. }
            | Self::Weights { .. }
            | Self::Day { .. } => None,
        }
    }
}

/// The facts of a commit; none of one that does not matter here.
///
/// # Errors
///
/// [`DecodeError`] if an event that matters cannot be read: going on without it could
/// show somebody who has withdrawn.
pub(crate) fn facts(commit: &RecordedCommit) -> Result<Vec<Fact>, DecodeError> {
    let matters = matches!(commit.key.category(), "tenant" | "member" | "consent" | "membership" | "block");
    if !matters {
        return Ok(Vec::new());
    }
    commit.records.iter().filter_map(|record| fact(commit, record).transpose()).collect()
}

fn fact(commit: &RecordedCommit, record: &Record) -> Result<Option<Fact>, DecodeError> {
    let known = match record.event_type.as_str() {
        "TenantSuspended" => Fact::Tenant { suspended: true },
        "TenantResumed" => Fact::Tenant { suspended: false },
        "ProfileReplaced" => {
            Fact::Profile { member: member(commit, record)?, profile: Arc::new(profile(commit, record)?) }
        }
        "MemberSuspended" => Fact::Suspension { member: member(commit, record)?, suspended: true },
        "MemberReinstated" => Fact::Suspension { member: member(commit, record)?, suspended: false },
        "MemberErased" => Fact::Erased { member: member(commit, record)? },
        "ConsentGiven" => {
            let read: proto::ConsentGiven = message(record)?;
            let member = id(record, &read.member_id)?;
            version_one(record)?;
            return Ok(consent(member, &read.purpose, true));
        }
        "ConsentWithdrawn" => {
            let read: proto::ConsentWithdrawn = message(record)?;
            let member = id(record, &read.member_id)?;
            version_one(record)?;
            return Ok(consent(member, &read.purpose, false));
        }
        "MemberJoined" => {
            let read: proto::MemberJoined = message(record)?;
            membership(record, &read.community_id, &read.member_id, true)?
        }
        "MembershipReinstated" => {
            let read: proto::MembershipReinstated = message(record)?;
            membership(record, &read.community_id, &read.member_id, true)?
        }
        "MemberLeft" => {
            let read: proto::MemberLeft = message(record)?;
            membership(record, &read.community_id, &read.member_id, false)?
        }
        "MembershipSuspended" => {
            let read: proto::MembershipSuspended = message(record)?;
            membership(record, &read.community_id, &read.member_id, false)?
        }
        "MemberBlocked" => {
            let read: proto::MemberBlocked = message(record)?;
            let (member, blocked) = (id(record, &read.member_id)?, id(record, &read.blocked_id)?);
            Fact::Block { member, blocked, stands: true }
        }
        "MemberUnblocked" => {
            let read: proto::MemberUnblocked = message(record)?;
            let (member, blocked) = (id(record, &read.member_id)?, id(record, &read.blocked_id)?);
            Fact::Block { member, blocked, stands: false }
        }
        // Names, roles, waiting and invited people: none of it changes who is found.
        _ => return Ok(None),
    };
    version_one(record).map(|()| Some(known))
}

/// None for a purpose of somebody else.
fn consent(member: MemberId, purpose: &str, given: bool) -> Option<Fact> {
    Some(Fact::Consent { member, purpose: Purpose::from_name(purpose)?, given })
}

/// Whether an event that matters is of the version that is read here.
pub(super) fn version_one(record: &Record) -> Result<(), DecodeError> {
    if record.version == 1 { Ok(()) } else { Err(DecodeError::unknown(record)) }
}

fn member(commit: &RecordedCommit, record: &Record) -> Result<MemberId, DecodeError> {
    fits(record, commit.key.id().map(MemberId))
}

fn id<T: std::str::FromStr>(record: &Record, text: &str) -> Result<T, DecodeError> {
    fits(record, text.parse().ok())
}

fn membership(record: &Record, community: &str, member: &str, active: bool) -> Result<Fact, DecodeError> {
    Ok(Fact::Membership { community: id(record, community)?, member: id(record, member)?, active })
}

fn profile(commit: &RecordedCommit, record: &Record) -> Result<SealedProfile, DecodeError> {
    let read: proto::ProfileReplaced = message(record)?;
    let count = read.fields.len();
    let mut fields = Vec::with_capacity(count);
    for (index, field) in read.fields.into_iter().enumerate() {
        let (Some(kind), Some(release)) = (Kind::from_number(field.kind), Release::from_number(field.visibility))
        else {
            continue;
        };
        let content = fits(record, field.content.and_then(sealed_from_proto))?;
        fields.push(SealedField { index, kind, release, content });
    }
    let withholds = fields.len() < count;
    Ok(SealedProfile { command_id: commit.meta.command_id, fields: fields.into(), withholds })
}
