//! Every refusal of the domain as a status; exhaustive, so that none reaches a client unmapped.

use kindred_service_kit::error::{ApiError, ErrorCode};

use crate::domain::{delivery, inbox_item, preference};
use crate::read_model::TooManyWatchers;

impl From<inbox_item::Refusal> for ApiError {
    fn from(refusal: inbox_item::Refusal) -> Self {
        match refusal {
            inbox_item::Refusal::NotFound => {
                Self::not_found("INBOX_ITEM_UNKNOWN", refusal.to_string()).with_field("item_id")
            }
        }
    }
}

impl From<delivery::Refusal> for ApiError {
    fn from(refusal: delivery::Refusal) -> Self {
        match refusal {
            delivery::Refusal::NotQueued => Self::not_found("DELIVERY_UNKNOWN", refusal.to_string()),
        }
    }
}

impl From<preference::Refusal> for ApiError {
    fn from(refusal: preference::Refusal) -> Self {
        match refusal {}
    }
}

impl From<TooManyWatchers> for ApiError {
    fn from(error: TooManyWatchers) -> Self {
        Self::new(ErrorCode::ResourceExhausted, "TOO_MANY_STREAMS", error.to_string())
    }
}
