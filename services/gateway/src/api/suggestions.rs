//! Where you might go.

use axum::Json;
use kindred_service_kit::error::ApiError;
use serde::Deserialize;
use utoipa::IntoParams;

use super::query::Query;
use crate::failure::Answer;
use crate::model::{SuggestedCommunity, SuggestedThread};
use crate::operations::suggestions;
use crate::session::Signed;

/// How many, and where.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SuggestionQuery {
    /// 1 to 20.
    #[param(minimum = 1, maximum = 20, default = 5)]
    limit: Option<u32>,
    /// Only threads of this community.
    #[serde(default)]
    community_id: String,
}

impl SuggestionQuery {
    fn limit(&self) -> Result<u32, ApiError> {
        let limit = self.limit.unwrap_or(5);
        if (1..=20).contains(&limit) {
            return Ok(limit);
        }
        Err(ApiError::invalid("limit", "PAGE_SIZE", "`limit` must be 1 to 20"))
    }
}

/// Communities that suit you, best first, with reasons.
#[utoipa::path(get, path = "/suggestions/communities", tag = "people", params(SuggestionQuery),
    responses((status = 200, body = [SuggestedCommunity])))]
pub async fn communities(
    signed: Signed,
    Query(query): Query<SuggestionQuery>,
) -> Answer<Json<Vec<SuggestedCommunity>>> {
    if !query.community_id.is_empty() {
        let what = "`community_id` is for threads; communities are suggested of all";
        return Err(ApiError::invalid("community_id", "QUERY_MALFORMED", what).into());
    }
    Ok(Json(suggestions::communities(&signed.call, query.limit()?).await?))
}

/// Threads in which those wrote who wrote where you did, best first.
#[utoipa::path(get, path = "/suggestions/threads", tag = "people", params(SuggestionQuery),
    responses((status = 200, body = [SuggestedThread])))]
pub async fn threads(signed: Signed, Query(query): Query<SuggestionQuery>) -> Answer<Json<Vec<SuggestedThread>>> {
    let limit = query.limit()?;
    Ok(Json(suggestions::threads(&signed.call, limit, query.community_id).await?))
}
