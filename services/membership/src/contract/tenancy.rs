//! Programmes and tenants.

use kindred_eventsourcing::{Contract, DecodeError, Record};
use kindred_proto::membership as proto;
use kindred_service_host::wire::{fits, message, record};

use super::at;
use crate::domain::{programme, tenant};

impl Contract for programme::Programme {
    fn encode(event: &programme::Event) -> Record {
        let programme::Event::ProgrammeCreated { programme, name, at } = event;
        let message = proto::ProgrammeCreated { programme: programme.to_string(), name: name.clone(), at: at.millis() };
        record("ProgrammeCreated", 1, &message)
    }

    fn decode(record: &Record) -> Result<programme::Event, DecodeError> {
        match (record.event_type.as_str(), record.version) {
            ("ProgrammeCreated", 1) => {
                let read: proto::ProgrammeCreated = message(record)?;
                let programme = fits(record, read.programme.parse().ok())?;
                Ok(programme::Event::ProgrammeCreated { programme, name: read.name, at: at(read.at) })
            }
            _ => Err(DecodeError::unknown(record)),
        }
    }
}

impl Contract for tenant::Tenant {
    fn encode(event: &tenant::Event) -> Record {
        match event {
            tenant::Event::TenantCreated { tenant, programme, profile, at } => {
                let message = proto::TenantCreated {
                    tenant: tenant.to_string(),
                    programme: programme.to_string(),
                    name: profile.name.clone(),
                    hue: profile.hue,
                    open_registration: profile.open_registration,
                    at: at.millis(),
                };
                record("TenantCreated", 1, &message)
            }
            tenant::Event::TenantSuspended { reason, at } => {
                record("TenantSuspended", 1, &proto::TenantSuspended { reason: reason.clone(), at: at.millis() })
            }
            tenant::Event::TenantResumed { at } => {
                record("TenantResumed", 1, &proto::TenantResumed { at: at.millis() })
            }
        }
    }

    fn decode(record: &Record) -> Result<tenant::Event, DecodeError> {
        match (record.event_type.as_str(), record.version) {
            ("TenantCreated", 1) => {
                let read: proto::TenantCreated = message(record)?;
                Ok(tenant::Event::TenantCreated {
                    tenant: fits(record, read.tenant.parse().ok())?,
                    programme: fits(record, read.programme.parse().ok())?,
                    profile: tenant::Profile {
                        name: read.name,
                        hue: read.hue,
                        open_registration: read.open_registration,
                    },
                    at: at(read.at),
                })
            }
            ("TenantSuspended", 1) => {
                let read: proto::TenantSuspended = message(record)?;
                Ok(tenant::Event::TenantSuspended { reason: read.reason, at: at(read.at) })
            }
            ("TenantResumed", 1) => {
                let read: proto::TenantResumed = message(record)?;
                Ok(tenant::Event::TenantResumed { at: at(read.at) })
            }
            _ => Err(DecodeError::unknown(record)),
        }
    }
}
