//! How each refusal of the domain leaves: exhaustive, so that a new one does not compile
//! until it has a code.

use kindred_service_kit::error::{ApiError, ErrorCode};

use crate::domain::{block, community, consent, member, membership, programme, session, sign_in_link, tenant};

fn exists(reason: &'static str, message: &str) -> ApiError {
    ApiError::new(ErrorCode::AlreadyExists, reason, message)
}

impl From<programme::Refusal> for ApiError {
    fn from(refusal: programme::Refusal) -> Self {
        match refusal {
            programme::Refusal::AlreadyExists => {
                exists("PROGRAMME_EXISTS", "the programme's slug is taken").with_field("programme")
            }
        }
    }
}

impl From<tenant::Refusal> for ApiError {
    fn from(refusal: tenant::Refusal) -> Self {
        match refusal {
            tenant::Refusal::AlreadyExists => {
                exists("TENANT_EXISTS", "the tenant's slug is taken").with_field("tenant")
            }
            tenant::Refusal::Unknown => {
                Self::not_found("TENANT_UNKNOWN", "there is no such tenant").with_field("tenant")
            }
        }
    }
}

impl From<community::Refusal> for ApiError {
    fn from(refusal: community::Refusal) -> Self {
        match refusal {
            community::Refusal::AlreadyExists => exists("COMMUNITY_EXISTS", "the community was made already"),
            community::Refusal::Unknown => community_unknown(),
        }
    }
}

pub(crate) fn community_unknown() -> ApiError {
    ApiError::not_found("COMMUNITY_UNKNOWN", "there is no such community").with_field("community_id")
}

pub(crate) fn member_unknown() -> ApiError {
    ApiError::not_found("MEMBER_UNKNOWN", "there is no such member").with_field("member_id")
}

impl From<member::Refusal> for ApiError {
    fn from(refusal: member::Refusal) -> Self {
        match refusal {
            member::Refusal::Unknown => member_unknown(),
            member::Refusal::AlreadyRegistered => exists("MEMBER_EXISTS", "the member was registered already"),
            member::Refusal::EmailTaken => exists("EMAIL_TAKEN", "another member has this address").with_field("email"),
            member::Refusal::HandleTaken => exists("HANDLE_TAKEN", "another member has this name").with_field("handle"),
            member::Refusal::Erased => Self::refused("MEMBER_ERASED", "the member was erased").with_field("member_id"),
            member::Refusal::NotErased => {
                Self::refused("MEMBER_NOT_ERASED", "the member was not erased").with_field("member_id")
            }
            member::Refusal::UnknownContext => {
                Self::invalid("context", "CONTEXT_UNKNOWN", "`context` is none that confirms erasures")
            }
        }
    }
}

impl From<consent::Refusal> for ApiError {
    fn from(refusal: consent::Refusal) -> Self {
        match refusal {}
    }
}

impl From<membership::Refusal> for ApiError {
    fn from(refusal: membership::Refusal) -> Self {
        match refusal {
            membership::Refusal::InvitationRequired => {
                Self::refused("INVITATION_REQUIRED", "one must be invited to join this community")
            }
            membership::Refusal::Suspended => {
                Self::refused("MEMBERSHIP_SUSPENDED", "the member is suspended in this community")
            }
            membership::Refusal::NotMember => {
                Self::refused("NOT_A_MEMBER", "the person does not belong to this community")
            }
            membership::Refusal::NotPending => Self::refused("NOT_PENDING", "the person does not wait to be admitted"),
            membership::Refusal::AlreadyMember => {
                exists("ALREADY_MEMBER", "the person belongs to this community already")
            }
        }
    }
}

impl From<session::Refusal> for ApiError {
    fn from(refusal: session::Refusal) -> Self {
        match refusal {
            session::Refusal::AlreadyOpen => exists("SESSION_EXISTS", "the session was opened already"),
            session::Refusal::Unknown => Self::unauthenticated("SESSION_UNKNOWN", "there is no such session"),
        }
    }
}

impl From<sign_in_link::Refusal> for ApiError {
    fn from(refusal: sign_in_link::Refusal) -> Self {
        let (reason, message) = match refusal {
            sign_in_link::Refusal::AlreadyIssued => return exists("LINK_EXISTS", "the link was issued already"),
            sign_in_link::Refusal::Invalid => ("LINK_INVALID", "this sign-in link is not valid"),
            sign_in_link::Refusal::AlreadyUsed => ("LINK_USED", "this sign-in link was used before"),
            sign_in_link::Refusal::Expired => ("LINK_EXPIRED", "this sign-in link is too old"),
        };
        Self::unauthenticated(reason, message).with_field("token")
    }
}

impl From<block::Refusal> for ApiError {
    fn from(refusal: block::Refusal) -> Self {
        match refusal {
            block::Refusal::Oneself => Self::invalid("member_id", "ONESELF", "nobody can block themselves"),
        }
    }
}
