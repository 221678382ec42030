//! People like the caller.

use axum::Json;
use kindred_service_kit::error::ApiError;
use serde::Deserialize;
use utoipa::IntoParams;

use super::query::{Query, limit};
use crate::failure::Answer;
use crate::model::People;
use crate::operations::people;
use crate::session::Signed;

/// How many.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PeopleQuery {
    /// 1 to 50.
    #[param(minimum = 1, maximum = 50, default = 20)]
    limit: Option<u32>,
}

impl PeopleQuery {
    /// The number that was asked for.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` for a number out of range.
    pub(super) fn limit(&self) -> Result<u32, ApiError> {
        limit(self.limit, 20, 50)
    }
}

/// People like you, best first, with reasons and words of theirs.
#[utoipa::path(get, path = "/people", tag = "people", params(PeopleQuery), responses((status = 200, body = People)))]
pub async fn find(signed: Signed, Query(query): Query<PeopleQuery>) -> Answer<Json<People>> {
    Ok(Json(people::find(&signed.call, query.limit()?).await?))
}
