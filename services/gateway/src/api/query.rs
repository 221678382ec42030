//! Queries of addresses, strictly read.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use kindred_service_kit::error::ApiError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use crate::failure::Failure;
use crate::gateway::Gateway;
use crate::operations::Part;

/// A query of which every name is known.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Gateway> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Gateway) -> Result<Self, Failure> {
        let read = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        let axum::extract::Query(query) = read.map_err(|error| {
            ApiError::invalid("query", "QUERY_MALFORMED", format!("the query: {}", error.body_text()))
        })?;
        Ok(Self(query))
    }
}

/// Which part of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Where to go on: `next_cursor` of the part before.
    pub cursor: Option<String>,
    /// How many, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub size: Option<u32>,
}

impl Paging {
    /// As the services are asked.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` for a size out of range.
    pub fn part(self) -> Result<Part, ApiError> {
        part(self.cursor, self.size)
    }
}

/// Checks a part of a list.
///
/// # Errors
///
/// `INVALID_ARGUMENT` for a size out of range.
pub fn part(cursor: Option<String>, size: Option<u32>) -> Result<Part, ApiError> {
    match size {
        Some(size) if !(1..=100).contains(&size) => {
            Err(ApiError::invalid("size", "PAGE_SIZE", "`size` must be 1 to 100"))
        }
        size => Ok(Part { cursor: cursor.unwrap_or_default(), size: size.unwrap_or(0) }),
    }
}

/// How many are asked for: `usual` if not said, at most `most`.
///
/// # Errors
///
/// `INVALID_ARGUMENT` on `limit` for a number out of range.
pub(super) fn limit(asked: Option<u32>, usual: u32, most: u32) -> Result<u32, ApiError> {
    let limit = asked.unwrap_or(usual);
    if (1..=most).contains(&limit) {
        return Ok(limit);
    }
    Err(ApiError::invalid("limit", "PAGE_SIZE", format!("`limit` must be 1 to {most}")))
}
