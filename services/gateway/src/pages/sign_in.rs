//! Coming in and going out: which organization, a link by mail, the button behind it.
//!
//! Opening the link only shows a button: mail scanners open links too, and must not use
//! them up.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::{Extension, http::HeaderMap};
use kindred_ids::TenantSlug;
use kindred_service_kit::error::{ApiError, ErrorCode};

use super::errors::{html, sentence};
use super::frame::Frame;
use super::next;
use super::request::{Sent, Visit, redirect};
use crate::edge::cookie;
use crate::edge::forwarded::ClientAddress;
use crate::failure::Answer;
use crate::gateway::Gateway;
use crate::operations::sign_in;
use crate::session::session_cookie;

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage {
    frame: Frame,
    error: Option<String>,
    tenant: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    tenant: String,
    open: bool,
    email: String,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "look_in_your_mail.html")]
struct MailPage {
    frame: Frame,
    tenant: String,
    email: String,
}

#[derive(Template)]
#[template(path = "confirm.html")]
struct ConfirmPage {
    frame: Frame,
    token: String,
    error: Option<String>,
    tenant: Option<String>,
}

/// `GET /`: on to the communities, or to one's organization.
pub async fn start(visit: Visit, headers: HeaderMap) -> Response {
    if visit.signed.is_some() {
        return redirect("/communities");
    }
    if let Some(tenant) = tenant_of_host(&visit.gateway, &headers) {
        return redirect(&format!("/t/{tenant}/sign-in"));
    }
    let tenant = visit.query().line("tenant").to_lowercase();
    match tenant.parse::<TenantSlug>() {
        Ok(slug) if visit.gateway.tenant(&slug).await.is_ok() => redirect(&format!("/t/{slug}/sign-in")),
        _ => {
            let error = (!tenant.is_empty()).then(|| {
                "We know no organization of that name. Look at the letter or page that sent you here.".to_owned()
            });
            html(&StartPage { frame: visit.bare_frame(""), error, tenant })
        }
    }
}

fn tenant_of_host(gateway: &Gateway, headers: &HeaderMap) -> Option<TenantSlug> {
    let suffix = gateway.settings.tenant_host_suffix.as_deref()?;
    let host = headers.get(header::HOST)?.to_str().ok()?.split(':').next()?.to_lowercase();
    host.strip_suffix(suffix)?.strip_suffix('.')?.parse().ok()
}

/// What stands around a page of a tenant for somebody not signed in.
pub(super) async fn tenant_frame(visit: &Visit, tenant: &TenantSlug) -> Result<(Frame, bool), ApiError> {
    let known = visit.gateway.tenant(tenant).await?;
    let frame = Frame { brand: known.name.clone(), hue: known.hue, ..visit.bare_frame("sign-in") };
    Ok((frame, known.open_registration))
}

pub(super) fn slug(text: &str) -> Result<TenantSlug, ApiError> {
    text.parse().map_err(|_| ApiError::not_found("TENANT_UNKNOWN", "there is no such organization"))
}

/// `GET /t/{tenant}/sign-in`.
pub async fn ask(visit: Visit, Path(tenant): Path<String>) -> Answer<Response> {
    let tenant = slug(&tenant)?;
    let (frame, open) = tenant_frame(&visit, &tenant).await?;
    Ok(html(&SignInPage { frame, tenant: tenant.to_string(), open, email: String::new(), error: None }))
}

/// `POST /t/{tenant}/sign-in`: always answers the same, whether or not the address is known.
pub async fn send_link(
    Extension(address): Extension<ClientAddress>,
    Path(tenant): Path<String>,
    sent: Sent,
) -> Answer<Response> {
    let tenant = slug(&tenant)?;
    let gateway = &sent.visit.gateway;
    let email = sent.line("email");
    let (frame, open) = tenant_frame(&sent.visit, &tenant).await?;
    gateway.limits.sign_in(address)?;
    gateway.limits.mailbox(tenant.as_str(), &email)?;
    let call = gateway.stranger(Some(&tenant));
    match sign_in::request(&call, sent.command.clone(), tenant.to_string(), email.clone()).await {
        Ok(()) => Ok(html(&MailPage { frame, tenant: tenant.to_string(), email })),
        Err(error) if error.code() == ErrorCode::InvalidArgument => {
            let page =
                SignInPage { frame, tenant: tenant.to_string(), open, email, error: Some(sentence(error.message())) };
            Ok((error.code().http(), html(&page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /sign-in?token=`: a button, for the link in the mail.
pub async fn confirm(visit: Visit) -> Answer<Response> {
    let token = visit.query().line("token");
    if token.is_empty() {
        return Ok(redirect("/"));
    }
    let tenant = tenant_of_token(&token);
    let frame = match &tenant {
        Some(tenant) => {
            tenant_frame(&visit, tenant).await.map_or_else(|_| visit.bare_frame("sign-in"), |(frame, _)| frame)
        }
        None => visit.bare_frame("sign-in"),
    };
    Ok(html(&ConfirmPage { frame, token, error: None, tenant: tenant.map(|tenant| tenant.to_string()) }))
}

pub(crate) fn tenant_of_token(token: &str) -> Option<TenantSlug> {
    token.split('.').next()?.parse().ok()
}

/// `POST /sign-in`: takes the link, once, and sets the cookie.
pub async fn redeem(Extension(address): Extension<ClientAddress>, headers: HeaderMap, sent: Sent) -> Answer<Response> {
    let gateway = &sent.visit.gateway;
    gateway.limits.sign_in(address)?;
    let token = sent.line("token");
    let tenant = tenant_of_token(&token);
    let call = gateway.stranger(tenant.as_ref());
    match sign_in::redeem(&call, sent.command.clone(), token.clone()).await {
        Ok(opened) => {
            let seconds = opened.expires_at.map_or(0, |at| (at.millis() - gateway.clock.now().millis()) / 1000);
            let (wanted, taken) = next::take(&headers, gateway.settings.secure);
            let mut response = redirect(&wanted);
            if let Some(taken) = taken {
                response.headers_mut().append(header::SET_COOKIE, taken);
            }
            let kept =
                cookie::write(session_cookie(gateway), &opened.session_token, seconds.max(60), gateway.settings.secure);
            response.headers_mut().append(header::SET_COOKIE, kept);
            Ok(response)
        }
        Err(error)
            if !matches!(error.code(), ErrorCode::Unavailable | ErrorCode::Internal | ErrorCode::DeadlineExceeded) =>
        {
            let error_text =
                "This link was used before, or is too old. Ask for a new one; it takes a moment.".to_owned();
            let tenant = tenant.map(|tenant| tenant.to_string());
            let frame = sent.visit.bare_frame("sign-in");
            let page = ConfirmPage { frame, token: String::new(), error: Some(error_text), tenant };
            Ok((error.code().http(), html(&page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /sign-out`.
pub async fn sign_out(State(gateway): State<Gateway>, sent: Sent) -> Answer<Response> {
    let signed = sent.visit.signed()?;
    sign_in::sign_out(&signed.call, sent.command.clone()).await?;
    gateway.sessions.forget(&signed.session).await;
    let mut response = redirect(&format!("/t/{}/sign-in?done=signed-out", signed.session.tenant));
    let cleared = cookie::clear(session_cookie(&gateway), gateway.settings.secure);
    response.headers_mut().append(header::SET_COOKIE, cleared);
    Ok(response)
}
