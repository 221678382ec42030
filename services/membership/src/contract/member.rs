//! Members and their consents.

use kindred_eventsourcing::{Contract, DecodeError, Record, Sealed};
use kindred_proto::common;
use kindred_proto::membership as proto;
use kindred_service_host::wire::{fits, key_id, message, record, sealed_from_proto, sealed_to_proto};

use super::{at, id};
use crate::domain::value::{FieldKind, TenantRole, Visibility};
use crate::domain::{consent, member};

impl Contract for member::Member {
    fn encode(event: &member::Event) -> Record {
        use member::Event;
        match event {
            Event::MemberRegistered(registration) => record("MemberRegistered", 1, &registered(registration)),
            Event::ProfileReplaced { fields, at } => {
                let fields = fields.iter().map(|field| proto::SealedProfileField {
                    kind: field.kind.number(),
                    visibility: field.visibility.number(),
                    content: Some(sealed_to_proto(&field.content)),
                });
                let message = proto::ProfileReplaced { fields: fields.collect(), at: at.millis() };
                record("ProfileReplaced", 1, &message)
            }
            Event::MemberSuspended { reason, at } => {
                let reason = Some(sealed_to_proto(reason));
                record("MemberSuspended", 1, &proto::MemberSuspended { reason, at: at.millis() })
            }
            Event::MemberReinstated { at } => {
                record("MemberReinstated", 1, &proto::MemberReinstated { at: at.millis() })
            }
            Event::TenantRoleGranted { role, at } => {
                record("TenantRoleGranted", 1, &proto::TenantRoleGranted { role: role.number(), at: at.millis() })
            }
            Event::TenantRoleRevoked { role, at } => {
                record("TenantRoleRevoked", 1, &proto::TenantRoleRevoked { role: role.number(), at: at.millis() })
            }
            Event::MemberErased { key, at } => {
                let data_key_id = key.0.as_bytes().to_vec().into();
                record("MemberErased", 1, &proto::MemberErased { data_key_id, at: at.millis() })
            }
            Event::DataKeyDestroyed { key, at } => {
                let data_key_id = key.0.as_bytes().to_vec().into();
                record("DataKeyDestroyed", 1, &proto::DataKeyDestroyed { data_key_id, at: at.millis() })
            }
            Event::ErasureConfirmed { context, at } => {
                let context = context.clone();
                record("ErasureConfirmed", 1, &proto::ErasureConfirmed { context, at: at.millis() })
            }
            Event::ErasureCertified { at } => {
                record("ErasureCertified", 1, &proto::ErasureCertified { at: at.millis() })
            }
        }
    }

    fn decode(record: &Record) -> Result<member::Event, DecodeError> {
        use member::Event;
        match (record.event_type.as_str(), record.version) {
            ("MemberRegistered", 1) => registration(record).map(|read| Event::MemberRegistered(Box::new(read))),
            ("ProfileReplaced", 1) => {
                let read: proto::ProfileReplaced = message(record)?;
                let fields = read.fields.into_iter().map(|field| profile_field(record, field));
                Ok(Event::ProfileReplaced { fields: fields.collect::<Result<_, _>>()?, at: at(read.at) })
            }
            ("MemberSuspended", 1) => {
                let read: proto::MemberSuspended = message(record)?;
                Ok(Event::MemberSuspended { reason: sealed(record, read.reason)?, at: at(read.at) })
            }
            ("MemberReinstated", 1) => {
                Ok(Event::MemberReinstated { at: at(message::<proto::MemberReinstated>(record)?.at) })
            }
            ("TenantRoleGranted", 1) => {
                let read: proto::TenantRoleGranted = message(record)?;
                Ok(Event::TenantRoleGranted { role: role(record, read.role)?, at: at(read.at) })
            }
            ("TenantRoleRevoked", 1) => {
                let read: proto::TenantRoleRevoked = message(record)?;
                Ok(Event::TenantRoleRevoked { role: role(record, read.role)?, at: at(read.at) })
            }
            ("MemberErased", 1) => {
                let read: proto::MemberErased = message(record)?;
                Ok(Event::MemberErased { key: fits(record, key_id(&read.data_key_id))?, at: at(read.at) })
            }
            ("DataKeyDestroyed", 1) => {
                let read: proto::DataKeyDestroyed = message(record)?;
                Ok(Event::DataKeyDestroyed { key: fits(record, key_id(&read.data_key_id))?, at: at(read.at) })
            }
            ("ErasureConfirmed", 1) => {
                let read: proto::ErasureConfirmed = message(record)?;
                Ok(Event::ErasureConfirmed { context: read.context, at: at(read.at) })
            }
            ("ErasureCertified", 1) => {
                Ok(Event::ErasureCertified { at: at(message::<proto::ErasureCertified>(record)?.at) })
            }
            _ => Err(DecodeError::unknown(record)),
        }
    }
}

fn registered(registration: &member::Registration) -> proto::MemberRegistered {
    proto::MemberRegistered {
        email: Some(sealed_to_proto(&registration.email)),
        handle: Some(sealed_to_proto(&registration.handle)),
        name: registration.name.as_ref().map(sealed_to_proto),
        email_digest: registration.email_digest.to_vec().into(),
        handle_digest: registration.handle_digest.to_vec().into(),
        roles: registration.roles.iter().map(|role| role.number()).collect(),
        data_key_id: registration.key.0.as_bytes().to_vec().into(),
        at: registration.at.millis(),
    }
}

fn registration(record: &Record) -> Result<member::Registration, DecodeError> {
    let read: proto::MemberRegistered = message(record)?;
    Ok(member::Registration {
        email: sealed(record, read.email)?,
        handle: sealed(record, read.handle)?,
        name: read.name.map(|name| sealed(record, Some(name))).transpose()?,
        email_digest: fits(record, read.email_digest.as_ref().try_into().ok())?,
        handle_digest: fits(record, read.handle_digest.as_ref().try_into().ok())?,
        roles: read.roles.into_iter().map(|number| role(record, number)).collect::<Result<_, _>>()?,
        key: fits(record, key_id(&read.data_key_id))?,
        at: at(read.at),
    })
}

fn profile_field(record: &Record, field: proto::SealedProfileField) -> Result<member::Field, DecodeError> {
    Ok(member::Field {
        kind: fits(record, FieldKind::from_number(field.kind))?,
        visibility: fits(record, Visibility::from_number(field.visibility))?,
        content: sealed(record, field.content)?,
    })
}

fn sealed(record: &Record, sealed: Option<common::Sealed>) -> Result<Sealed, DecodeError> {
    fits(record, sealed.and_then(sealed_from_proto))
}

fn role(record: &Record, number: i32) -> Result<TenantRole, DecodeError> {
    fits(record, TenantRole::from_number(number))
}

impl Contract for consent::Consent {
    fn encode(event: &consent::Event) -> Record {
        match event {
            consent::Event::ConsentGiven { member, purpose, text_version, at } => {
                let message = proto::ConsentGiven {
                    member_id: member.to_string(),
                    purpose: purpose.clone(),
                    text_version: *text_version,
                    at: at.millis(),
                };
                record("ConsentGiven", 1, &message)
            }
            consent::Event::ConsentWithdrawn { member, purpose, at } => {
                let (member_id, purpose) = (member.to_string(), purpose.clone());
                record("ConsentWithdrawn", 1, &proto::ConsentWithdrawn { member_id, purpose, at: at.millis() })
            }
        }
    }

    fn decode(record: &Record) -> Result<consent::Event, DecodeError> {
        match (record.event_type.as_str(), record.version) {
            ("ConsentGiven", 1) => {
                let read: proto::ConsentGiven = message(record)?;
                Ok(consent::Event::ConsentGiven {
                    member: fits(record, id(&read.member_id))?,
                    purpose: read.purpose,
                    text_version: read.text_version,
                    at: at(read.at),
                })
            }
            ("ConsentWithdrawn", 1) => {
                let read: proto::ConsentWithdrawn = message(record)?;
                let member = fits(record, id(&read.member_id))?;
                Ok(consent::Event::ConsentWithdrawn { member, purpose: read.purpose, at: at(read.at) })
            }
            _ => Err(DecodeError::unknown(record)),
        }
    }
}
