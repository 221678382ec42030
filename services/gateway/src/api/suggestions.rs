//! Where you might go.

use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;

use super::query::{Query, limit};
use crate::failure::Answer;
use crate::model::{SuggestedCommunity, SuggestedThread};
use crate::operations::suggestions;
use crate::session::Signed;

/// How many.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CommunitySuggestionQuery {
    /// 1 to 20.
    #[param(minimum = 1, maximum = 20, default = 5)]
    limit: Option<u32>,
}

/// How many, and where.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ThreadSuggestionQuery {
    /// 1 to 20.
    #[param(minimum = 1, maximum = 20, default = 5)]
    limit: Option<u32>,
    /// Only threads of this community.
    #[serde(default)]
    community_id: String,
}

/// How many there are if not said, and at most.
const FEW: u32 = 5;
const MANY: u32 = 20;

/// Communities that suit you, best first, with reasons.
#[utoipa::path(get, path = "/suggestions/communities", tag = "people", params(CommunitySuggestionQuery),
    responses((status = 200, body = [SuggestedCommunity])))]
pub async fn communities(
    signed: Signed,
    Query(query): Query<CommunitySuggestionQuery>,
) -> Answer<Json<Vec<SuggestedCommunity>>> {
    let found = suggestions::communities(&signed.call, limit(query.limit, FEW, MANY)?).await?;
    Ok(Json(suggestions::described(&signed.call, found, &[]).await))
}

/// Threads in which those wrote who wrote where you did, best first.
#[utoipa::path(get, path = "/suggestions/threads", tag = "people", params(ThreadSuggestionQuery),
    responses((status = 200, body = [SuggestedThread])))]
pub async fn threads(signed: Signed, Query(query): Query<ThreadSuggestionQuery>) -> Answer<Json<Vec<SuggestedThread>>> {
    let found = suggestions::threads(&signed.call, limit(query.limit, FEW, MANY)?, query.community_id).await?;
    Ok(Json(suggestions::titled(&signed.call, found).await))
}
