//! How each refusal of the domain leaves: exhaustive, so that a new one does not compile
//! until it has a code.

use kindred_service_kit::error::{ApiError, ErrorCode};

use crate::domain::introduction::Refusal;

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Oneself => Self::invalid("member_id", "ONESELF", message),
            Refusal::MemberNotFound => Self::not_found("MEMBER_UNKNOWN", message).with_field("member_id"),
            Refusal::NotFound => Self::not_found("INTRODUCTION_UNKNOWN", message).with_field("introduction_id"),
            Refusal::OwnConsentMissing => Self::refused("CONSENT_MISSING", message),
            Refusal::AlreadyAsked => Self::new(ErrorCode::AlreadyExists, "ALREADY_ASKED", message),
            Refusal::AlreadyAccepted => Self::refused("ALREADY_INTRODUCED", message),
            Refusal::Withdrawn => Self::refused("INTRODUCTION_WITHDRAWN", message),
        }
    }
}
