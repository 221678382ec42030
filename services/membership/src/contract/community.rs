//! Communities and blocks.

use kindred_eventsourcing::{Contract, DecodeError, Record};
use kindred_ids::MemberId;
use kindred_proto::membership as proto;
use kindred_service_host::wire::{fits, message, record};

use super::{at, id};
use crate::domain::value::JoinPolicy;
use crate::domain::{block, community};

impl Contract for community::Community {
    fn encode(event: &community::Event) -> Record {
        match event {
            community::Event::CommunityCreated { profile, at } => {
                let community::Profile { name, purpose, join_policy, guidelines } = profile.clone();
                let (join_policy, at) = (join_policy.number(), at.millis());
                record("CommunityCreated", 1, &proto::CommunityCreated { name, purpose, join_policy, guidelines, at })
            }
            community::Event::CommunityChanged { profile, at } => {
                let community::Profile { name, purpose, join_policy, guidelines } = profile.clone();
                let (join_policy, at) = (join_policy.number(), at.millis());
                record("CommunityChanged", 1, &proto::CommunityChanged { name, purpose, join_policy, guidelines, at })
            }
        }
    }

    fn decode(record: &Record) -> Result<community::Event, DecodeError> {
        match (record.event_type.as_str(), record.version) {
            ("CommunityCreated", 1) => {
                let proto::CommunityCreated { name, purpose, join_policy, guidelines, at: millis } = message(record)?;
                let join_policy = fits(record, JoinPolicy::from_number(join_policy))?;
                let profile = community::Profile { name, purpose, join_policy, guidelines };
                Ok(community::Event::CommunityCreated { profile, at: at(millis) })
            }
            ("CommunityChanged", 1) => {
                let proto::CommunityChanged { name, purpose, join_policy, guidelines, at: millis } = message(record)?;
                let join_policy = fits(record, JoinPolicy::from_number(join_policy))?;
                let profile = community::Profile { name, purpose, join_policy, guidelines };
                Ok(community::Event::CommunityChanged { profile, at: at(millis) })
            }
            _ => Err(DecodeError::unknown(record)),
        }
    }
}

impl Contract for block::Block {
    fn encode(event: &block::Event) -> Record {
        match event {
            block::Event::MemberBlocked { member, blocked, at } => {
                let (member_id, blocked_id) = (member.to_string(), blocked.to_string());
                record("MemberBlocked", 1, &proto::MemberBlocked { member_id, blocked_id, at: at.millis() })
            }
            block::Event::MemberUnblocked { member, blocked, at } => {
                let (member_id, blocked_id) = (member.to_string(), blocked.to_string());
                record("MemberUnblocked", 1, &proto::MemberUnblocked { member_id, blocked_id, at: at.millis() })
            }
        }
    }

    fn decode(record: &Record) -> Result<block::Event, DecodeError> {
        let pair = |member: &str, blocked: &str| -> Result<(MemberId, MemberId), DecodeError> {
            Ok((fits(record, id(member))?, fits(record, id(blocked))?))
        };
        match (record.event_type.as_str(), record.version) {
            ("MemberBlocked", 1) => {
                let read: proto::MemberBlocked = message(record)?;
                let (member, blocked) = pair(&read.member_id, &read.blocked_id)?;
                Ok(block::Event::MemberBlocked { member, blocked, at: at(read.at) })
            }
            ("MemberUnblocked", 1) => {
                let read: proto::MemberUnblocked = message(record)?;
                let (member, blocked) = pair(&read.member_id, &read.blocked_id)?;
                Ok(block::Event::MemberUnblocked { member, blocked, at: at(read.at) })
            }
            _ => Err(DecodeError::unknown(record)),
        }
    }
}
