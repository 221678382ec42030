//! Sessions as handler arguments: [`Signed`] needs one, [`Guest`] takes who comes.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use kindred_service_kit::error::{ApiError, ErrorCode};

use super::Session;
use crate::backends::Call;
use crate::edge::{cookie, origin};
use crate::failure::Failure;
use crate::gateway::Gateway;
use crate::positions::{self, Positions};

/// Where a session's secret came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// The `authorization` header: no browser adds it by itself.
    Bearer,
    /// The cookie, which a browser adds to every request.
    Cookie,
}

/// A request of somebody signed in.
#[derive(Debug, Clone)]
pub struct Signed {
    /// Who.
    pub session: Arc<Session>,
    /// How they showed it.
    pub credential: Credential,
    /// For calls on their behalf.
    pub call: Call,
}

impl Signed {
    /// Needs somebody who operates the programme.
    ///
    /// # Errors
    ///
    /// `PERMISSION_DENIED` for anybody else.
    pub fn operator(&self) -> Result<(), ApiError> {
        if self.session.programme_operator {
            return Ok(());
        }
        Err(ApiError::denied("OPERATORS_ONLY", "only people who operate the programme may see this"))
    }
}

impl FromRequestParts<Gateway> for Signed {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Failure> {
        let (credential, secret) = secret(gateway, &parts.headers)
            .ok_or_else(|| ApiError::unauthenticated("SESSION_MISSING", "sign in first"))?;
        if credential == Credential::Cookie && !safe(&parts.method) {
            origin::check(&gateway.settings, &parts.headers)?;
        }
        let session = gateway.sessions.resolve(gateway, &secret).await?;
        gateway.limits.session(&session.key, &parts.method)?;
        let call = gateway.call(session.caller.clone(), wanted(&parts.headers));
        let call = call.speaking(parts.headers.get(header::ACCEPT_LANGUAGE));
        Ok(Self { session, credential, call })
    }
}

/// A request of whoever comes, signed in or not.
#[derive(Debug, Clone)]
pub struct Guest(pub Option<Signed>);

impl FromRequestParts<Gateway> for Guest {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Failure> {
        match Signed::from_request_parts(parts, gateway).await {
            Ok(signed) => Ok(Self(Some(signed))),
            Err(Failure(error)) if error.code() == ErrorCode::Unauthenticated => Ok(Self(None)),
            Err(failure) => Err(failure),
        }
    }
}

/// The name of the session's cookie here.
#[must_use]
pub fn session_cookie(gateway: &Gateway) -> &'static str {
    if gateway.settings.secure { "__Host-kindred-session" } else { "kindred-session" }
}

fn safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn secret(gateway: &Gateway, headers: &HeaderMap) -> Option<(Credential, String)> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let text = value.to_str().ok()?;
        let (scheme, secret) = text.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then(|| (Credential::Bearer, secret.trim().to_owned()));
    }
    cookie::read(headers, session_cookie(gateway)).map(|secret| (Credential::Cookie, secret))
}

/// What the client says it wants to see: a program by header, a browser by cookie.
fn wanted(headers: &HeaderMap) -> Positions {
    let said = Positions::of_headers(headers);
    match cookie::read(headers, positions::NAME) {
        Some(text) if said.is_empty() => Positions::parse(&text),
        _ => said,
    }
}
