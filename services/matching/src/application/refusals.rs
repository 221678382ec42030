//! How each refusal of the domain leaves: exhaustive, so that a new one does not compile
//! until it has a code.

use kindred_service_kit::error::{ApiError, ErrorCode};

use crate::domain::{check_in, introduction, mentor, mentor_wait, pairing, round};

impl From<introduction::Refusal> for ApiError {
    fn from(refusal: introduction::Refusal) -> Self {
        use introduction::Refusal;
        let message = refusal.to_string();
        match refusal {
            Refusal::Oneself => Self::invalid("member_id", "ONESELF", message),
            Refusal::MemberNotFound => Self::not_found("MEMBER_UNKNOWN", message).with_field("member_id"),
            Refusal::NotFound => Self::not_found("INTRODUCTION_UNKNOWN", message).with_field("introduction_id"),
            Refusal::OwnConsentMissing => Self::refused("CONSENT_MISSING", message),
            Refusal::AlreadyAsked => Self::new(ErrorCode::AlreadyExists, "ALREADY_ASKED", message),
            Refusal::TooManyToday => Self::new(ErrorCode::ResourceExhausted, "INTRODUCTIONS_TODAY", message),
            Refusal::TurnTaken => Self::new(ErrorCode::Conflict, "TURN_TAKEN", message),
            Refusal::AlreadyAccepted => Self::refused("ALREADY_INTRODUCED", message),
            Refusal::Withdrawn => Self::refused("INTRODUCTION_WITHDRAWN", message),
        }
    }
}

impl From<mentor::Refusal> for ApiError {
    fn from(refusal: mentor::Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            mentor::Refusal::NotEnrolled => Self::not_found("MENTOR_UNKNOWN", message).with_field("member_id"),
            mentor::Refusal::OwnTraining => Self::refused("OWN_TRAINING", message),
        }
    }
}

impl From<pairing::Refusal> for ApiError {
    fn from(refusal: pairing::Refusal) -> Self {
        use pairing::Refusal;
        let message = refusal.to_string();
        match refusal {
            Refusal::Oneself => Self::invalid("member_id", "ONESELF", message),
            Refusal::MentorNotFound => Self::not_found("MENTOR_UNKNOWN", message).with_field("member_id"),
            Refusal::MentorBusy => Self::refused("MENTOR_BUSY", message),
            Refusal::NotFound => Self::not_found("PAIRING_UNKNOWN", message).with_field("pairing_id"),
            Refusal::AlreadyAsked => Self::new(ErrorCode::AlreadyExists, "ALREADY_ASKED", message),
            Refusal::AlreadyPaired => Self::refused("ALREADY_PAIRED", message),
            Refusal::Withdrawn => Self::refused("PAIRING_WITHDRAWN", message),
            Refusal::Ended => Self::refused("PAIRING_ENDED", message),
            Refusal::Lapsed => Self::refused("PAIRING_LAPSED", message),
            Refusal::NotActive => Self::refused("PAIRING_NOT_ACTIVE", message),
            Refusal::NotEnrolled => Self::refused("NOT_A_MENTOR", message),
            Refusal::NotTrained => Self::refused("MENTOR_NOT_TRAINED", message),
            Refusal::Paused => Self::refused("MENTOR_PAUSED", message),
            Refusal::NoFreePlace => Self::refused("NO_FREE_PLACE", message),
            Refusal::PlaceTaken => Self::new(ErrorCode::Conflict, "PLACE_TAKEN", message),
        }
    }
}

impl From<mentor_wait::Refusal> for ApiError {
    fn from(refusal: mentor_wait::Refusal) -> Self {
        match refusal {
            mentor_wait::Refusal::NotWaiting => Self::refused("NOT_WAITING", refusal.to_string()),
        }
    }
}

impl From<round::Refusal> for ApiError {
    fn from(refusal: round::Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            round::Refusal::NotFound => Self::not_found("ROUND_UNKNOWN", message).with_field("round_id"),
            round::Refusal::OutOfTurn => Self::new(ErrorCode::Conflict, "ROUND_HELD_ELSEWHERE", message),
            round::Refusal::TooLarge => Self::invalid("proposals", "PART_TOO_LARGE", message),
        }
    }
}

impl From<check_in::Refusal> for ApiError {
    fn from(refusal: check_in::Refusal) -> Self {
        match refusal {
            check_in::Refusal::NotFound => pairing::Refusal::NotFound.into(),
            check_in::Refusal::NotActive => pairing::Refusal::NotActive.into(),
        }
    }
}
