//! What the caller is told.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::command::{Command, Empty};
use super::query::{Query, part};
use crate::failure::Answer;
use crate::gateway::Gateway;
use crate::model::{Accepted, Inbox};
use crate::operations::inbox;
use crate::session::Signed;
use crate::wire::NotificationKind;

/// Which items.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InboxQuery {
    /// Where to go on: `next_cursor` of the part before.
    cursor: Option<String>,
    /// How many, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    size: Option<u32>,
    /// Only what you have not seen.
    #[serde(default)]
    unread: bool,
}

/// Your inbox, newest first.
#[utoipa::path(get, path = "/inbox", tag = "inbox", params(InboxQuery), responses((status = 200, body = Inbox)))]
pub async fn list(signed: Signed, Query(query): Query<InboxQuery>) -> Answer<Json<Inbox>> {
    let part = part(query.cursor, query.size)?;
    Ok(Json(inbox::list(&signed.call, &part, query.unread).await?))
}

/// Mark an item as seen.
#[utoipa::path(post, path = "/inbox/{id}/read", tag = "inbox", params(("id" = String, Path)),
    request_body = Option<Empty>, responses((status = 200, body = Accepted)))]
pub async fn mark_read(Path(id): Path<String>, signed: Signed, command: Command<Empty>) -> Answer<Accepted> {
    Ok(inbox::mark_read(&signed.call, command.id, id).await?)
}

/// The token of a mail.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UnsubscribeQuery {
    /// As in the mail.
    token: String,
}

/// What was turned off.
#[derive(Debug, Serialize, ToSchema)]
pub struct Unsubscribed {
    /// Which kind of mail.
    kind: NotificationKind,
}

/// Turn off mail of one kind in one press (RFC 8058); needs no session.
#[utoipa::path(post, path = "/unsubscribe", tag = "inbox", params(UnsubscribeQuery), security(()),
    responses((status = 200, body = Unsubscribed)))]
pub async fn unsubscribe(
    State(gateway): State<Gateway>,
    Query(query): Query<UnsubscribeQuery>,
) -> Answer<Json<Unsubscribed>> {
    Ok(Json(Unsubscribed { kind: inbox::unsubscribe(&gateway.stranger(None), query.token).await? }))
}
