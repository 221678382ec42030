//! Signing in and out, for programs.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;

use super::command::{Command, Empty, bodies};
use crate::edge::forwarded::ClientAddress;
use crate::failure::Answer;
use crate::gateway::Gateway;
use crate::model::{Accepted, Moment};
use crate::operations::sign_in;
use crate::session::Signed;

bodies! {
    /// Who wants a link.
    LinkRequest {
        /// The organization's slug.
        tenant: String,
        /// Where the link goes.
        #[schema(format = Email)]
        email: String,
    }
    /// A link out of a mail.
    Redemption {
        /// The `token` of the link.
        token: String,
    }
}

/// A session, opened.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenedSession {
    /// For `authorization: Bearer`.
    pub session_token: String,
    /// When it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Moment>,
}

/// Ask for a sign-in link by mail. The answer is the same whether or not the address is known.
#[utoipa::path(post, path = "/sign-in", tag = "session", request_body = LinkRequest, security(()),
    responses((status = 202, description = "If the address is a member's, a mail is on its way")))]
pub async fn request_link(
    State(gateway): State<Gateway>,
    Extension(address): Extension<ClientAddress>,
    command: Command<LinkRequest>,
) -> Answer<StatusCode> {
    let LinkRequest { tenant, email, .. } = command.body;
    let slug = kindred_service_kit::input::tenant("tenant", &tenant)?;
    gateway.limits.sign_in(address)?;
    gateway.limits.mailbox(&tenant, &email)?;
    sign_in::request(&gateway.stranger(Some(&slug)), command.id, tenant, email).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Take a sign-in link, once; gives the session.
#[utoipa::path(post, path = "/sessions", tag = "session", request_body = Redemption, security(()),
    responses((status = 201, body = OpenedSession)))]
pub async fn redeem(
    State(gateway): State<Gateway>,
    Extension(address): Extension<ClientAddress>,
    command: Command<Redemption>,
) -> Answer<Response> {
    gateway.limits.sign_in(address)?;
    let token = command.body.token;
    let tenant = crate::pages::tenant_of_token(&token);
    let opened = sign_in::redeem(&gateway.stranger(tenant.as_ref()), command.id, token).await?;
    let body = OpenedSession { session_token: opened.session_token, expires_at: opened.expires_at };
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// End this session.
#[utoipa::path(delete, path = "/sessions/current", tag = "session", request_body = Option<Empty>,
    responses((status = 200, body = Accepted)))]
pub async fn sign_out(State(gateway): State<Gateway>, signed: Signed, command: Command<Empty>) -> Answer<Accepted> {
    let accepted = sign_in::sign_out(&signed.call, command.id).await?;
    gateway.sessions.forget(&signed.session).await;
    Ok(accepted)
}
