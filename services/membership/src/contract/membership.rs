//! Memberships.

use kindred_eventsourcing::{Contract, DecodeError, Record, Timestamp};
use kindred_proto::membership as proto;
use kindred_service_host::wire::{fits, message, record, sealed_from_proto, sealed_to_proto};

use super::{at, id};
use crate::domain::membership::{Event, Membership, Pair};
use crate::domain::value::CommunityRole;

impl Contract for Membership {
    fn encode(event: &Event) -> Record {
        let ids = |pair: &Pair, at: &Timestamp| (pair.community.to_string(), pair.member.to_string(), at.millis());
        match event {
            Event::JoinRequested { pair, note, at } => {
                let (community_id, member_id, at) = ids(pair, at);
                let note = note.as_ref().map(sealed_to_proto);
                record("JoinRequested", 1, &proto::JoinRequested { community_id, member_id, note, at })
            }
            Event::MemberInvited { pair, invited_by, at } => {
                let (community_id, member_id, at) = ids(pair, at);
                let invited_by = invited_by.clone();
                record("MemberInvited", 1, &proto::MemberInvited { community_id, member_id, invited_by, at })
            }
            Event::MemberJoined { pair, admitted_by, at } => {
                let (community_id, member_id, at) = ids(pair, at);
                let admitted_by = admitted_by.clone();
                record("MemberJoined", 1, &proto::MemberJoined { community_id, member_id, admitted_by, at })
            }
            Event::JoinDeclined { pair, declined_by, at } => {
                let (community_id, member_id, at) = ids(pair, at);
                let declined_by = declined_by.clone();
                record("JoinDeclined", 1, &proto::JoinDeclined { community_id, member_id, declined_by, at })
            }
            Event::MemberLeft { pair, at } => {
                let (community_id, member_id, at) = ids(pair, at);
                record("MemberLeft", 1, &proto::MemberLeft { community_id, member_id, at })
            }
            Event::MembershipSuspended { pair, reason, at } => {
                let (community_id, member_id, at) = ids(pair, at);
                let reason = Some(sealed_to_proto(reason));
                record("MembershipSuspended", 1, &proto::MembershipSuspended { community_id, member_id, reason, at })
            }
            Event::MembershipReinstated { pair, at } => {
                let (community_id, member_id, at) = ids(pair, at);
                record("MembershipReinstated", 1, &proto::MembershipReinstated { community_id, member_id, at })
            }
            Event::CommunityRoleSet { pair, role, at } => {
                let (community_id, member_id, at) = ids(pair, at);
                let role = role.number();
                record("CommunityRoleSet", 1, &proto::CommunityRoleSet { community_id, member_id, role, at })
            }
        }
    }

    fn decode(record: &Record) -> Result<Event, DecodeError> {
        let pair = |community: &str, member: &str| -> Result<Pair, DecodeError> {
            Ok(Pair { community: fits(record, id(community))?, member: fits(record, id(member))? })
        };
        match (record.event_type.as_str(), record.version) {
            ("JoinRequested", 1) => {
                let read: proto::JoinRequested = message(record)?;
                let note = read.note.map(|note| fits(record, sealed_from_proto(note))).transpose()?;
                Ok(Event::JoinRequested { pair: pair(&read.community_id, &read.member_id)?, note, at: at(read.at) })
            }
            ("MemberInvited", 1) => {
                let read: proto::MemberInvited = message(record)?;
                let pair = pair(&read.community_id, &read.member_id)?;
                Ok(Event::MemberInvited { pair, invited_by: read.invited_by, at: at(read.at) })
            }
            ("MemberJoined", 1) => {
                let read: proto::MemberJoined = message(record)?;
                let pair = pair(&read.community_id, &read.member_id)?;
                Ok(Event::MemberJoined { pair, admitted_by: read.admitted_by, at: at(read.at) })
            }
            ("JoinDeclined", 1) => {
                let read: proto::JoinDeclined = message(record)?;
                let pair = pair(&read.community_id, &read.member_id)?;
                Ok(Event::JoinDeclined { pair, declined_by: read.declined_by, at: at(read.at) })
            }
            ("MemberLeft", 1) => {
                let read: proto::MemberLeft = message(record)?;
                Ok(Event::MemberLeft { pair: pair(&read.community_id, &read.member_id)?, at: at(read.at) })
            }
            ("MembershipSuspended", 1) => {
                let read: proto::MembershipSuspended = message(record)?;
                let reason = fits(record, read.reason.and_then(sealed_from_proto))?;
                let pair = pair(&read.community_id, &read.member_id)?;
                Ok(Event::MembershipSuspended { pair, reason, at: at(read.at) })
            }
            ("MembershipReinstated", 1) => {
                let read: proto::MembershipReinstated = message(record)?;
                Ok(Event::MembershipReinstated { pair: pair(&read.community_id, &read.member_id)?, at: at(read.at) })
            }
            ("CommunityRoleSet", 1) => {
                let read: proto::CommunityRoleSet = message(record)?;
                let role = fits(record, CommunityRole::from_number(read.role))?;
                Ok(Event::CommunityRoleSet { pair: pair(&read.community_id, &read.member_id)?, role, at: at(read.at) })
            }
            _ => Err(DecodeError::unknown(record)),
        }
    }
}
