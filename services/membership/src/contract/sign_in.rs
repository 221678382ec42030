//! Sessions and sign-in links.

use kindred_eventsourcing::{Contract, DecodeError, Record};
use kindred_proto::membership as proto;
use kindred_service_host::wire::{fits, message, record};

use super::{at, id};
use crate::domain::{session, sign_in_link};

impl Contract for session::Session {
    fn encode(event: &session::Event) -> Record {
        match event {
            session::Event::SessionOpened { member, secret_hash, authenticated_at, expires_at } => {
                let message = proto::SessionOpened {
                    member_id: member.to_string(),
                    secret_hash: secret_hash.to_vec().into(),
                    authenticated_at: authenticated_at.millis(),
                    expires_at: expires_at.millis(),
                };
                record("SessionOpened", 1, &message)
            }
            session::Event::SessionClosed { at } => {
                record("SessionClosed", 1, &proto::SessionClosed { at: at.millis() })
            }
        }
    }

    fn decode(record: &Record) -> Result<session::Event, DecodeError> {
        match (record.event_type.as_str(), record.version) {
            ("SessionOpened", 1) => {
                let read: proto::SessionOpened = message(record)?;
                Ok(session::Event::SessionOpened {
                    member: fits(record, id(&read.member_id))?,
                    secret_hash: fits(record, read.secret_hash.as_ref().try_into().ok())?,
                    authenticated_at: at(read.authenticated_at),
                    expires_at: at(read.expires_at),
                })
            }
            ("SessionClosed", 1) => {
                let read: proto::SessionClosed = message(record)?;
                Ok(session::Event::SessionClosed { at: at(read.at) })
            }
            _ => Err(DecodeError::unknown(record)),
        }
    }
}

impl Contract for sign_in_link::SignInLink {
    fn encode(event: &sign_in_link::Event) -> Record {
        match event {
            sign_in_link::Event::SignInLinkIssued { member, secret_hash, expires_at, at } => {
                let message = proto::SignInLinkIssued {
                    member_id: member.to_string(),
                    secret_hash: secret_hash.to_vec().into(),
                    expires_at: expires_at.millis(),
                    at: at.millis(),
                };
                record("SignInLinkIssued", 1, &message)
            }
            sign_in_link::Event::SignInLinkRedeemed { at } => {
                record("SignInLinkRedeemed", 1, &proto::SignInLinkRedeemed { at: at.millis() })
            }
        }
    }

    fn decode(record: &Record) -> Result<sign_in_link::Event, DecodeError> {
        match (record.event_type.as_str(), record.version) {
            ("SignInLinkIssued", 1) => {
                let read: proto::SignInLinkIssued = message(record)?;
                Ok(sign_in_link::Event::SignInLinkIssued {
                    member: fits(record, id(&read.member_id))?,
                    secret_hash: fits(record, read.secret_hash.as_ref().try_into().ok())?,
                    expires_at: at(read.expires_at),
                    at: at(read.at),
                })
            }
            ("SignInLinkRedeemed", 1) => {
                let read: proto::SignInLinkRedeemed = message(record)?;
                Ok(sign_in_link::Event::SignInLinkRedeemed { at: at(read.at) })
            }
            _ => Err(DecodeError::unknown(record)),
        }
    }
}
