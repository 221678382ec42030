//! Failures as pages: what happened, in plain words, and where to go on.

use askama::Template;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use kindred_service_kit::error::{ApiError, ErrorCode};

use super::frame::Frame;
use super::next;
use super::request::{Visit, redirect};
use super::sign_in::tenant_of_token;
use crate::edge::cookie;
use crate::failure::Failure;
use crate::gateway::Gateway;
use crate::positions;
use crate::session::session_cookie;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    frame: Frame,
    title: &'a str,
    text: String,
    error_id: Option<&'a str>,
    again: bool,
}

/// Turns the failure of a page's handler into a page; somebody not signed in is shown the
/// way to sign in.
pub async fn layer(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut asked = parts.clone();
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let Some(Failure(error)) = response.extensions_mut().remove::<Failure>() else { return response };
    let secure = gateway.settings.secure;
    let get = asked.method == Method::GET;
    if error.code() == ErrorCode::Unauthenticated && get {
        return to_sign_in(&gateway, &asked);
    }
    if error.field() == Some(positions::NAME) && get {
        // The positions of another day: without them the page can be had.
        let mut again = redirect(&Visit::of_nobody(&gateway, &asked).path);
        again.headers_mut().append(header::SET_COOKIE, cookie::clear(positions::NAME, secure));
        return again;
    }
    let frame = match Visit::from_request_parts(&mut asked, &gateway).await {
        Ok(visit) => visit.quiet_frame("").await,
        Err(_) => Visit::of_nobody(&gateway, &asked).bare_frame(""),
    };
    let mut page = render(&error, frame, get);
    if let Some(after) = response.headers().get(header::RETRY_AFTER) {
        page.headers_mut().insert(header::RETRY_AFTER, after.clone());
    }
    page
}

/// To the sign-in of the organization where the session was, keeping in mind what was asked
/// for.
fn to_sign_in(gateway: &Gateway, asked: &Parts) -> Response {
    let secure = gateway.settings.secure;
    let session = cookie::read(&asked.headers, session_cookie(gateway));
    let tenant = session.as_deref().and_then(tenant_of_token);
    let mut away = redirect(&tenant.map_or_else(|| "/".to_owned(), |tenant| format!("/t/{tenant}/sign-in")));
    if session.is_some() {
        away.headers_mut().append(header::SET_COOKIE, cookie::clear(session_cookie(gateway), secure));
    }
    if let Some(wanted) = next::cookie(&Visit::of_nobody(gateway, asked).path, secure) {
        away.headers_mut().append(header::SET_COOKIE, wanted);
    }
    away
}

fn render(error: &ApiError, frame: Frame, get: bool) -> Response {
    let (title, text, again) = words(error);
    let page = ErrorPage { frame, title, text, error_id: error.error_id(), again: again && get };
    (error.code().http(), html(&page)).into_response()
}

/// A title, a sentence, and whether the same again may work.
fn words(error: &ApiError) -> (&'static str, String, bool) {
    match error.code() {
        ErrorCode::NotFound => {
            ("This is not here", "It may have been taken out, or it is in a community that you do not belong to.".to_owned(), false)
        }
        ErrorCode::Unauthenticated => ("Please sign in", "You were signed out. Nothing was changed.".to_owned(), false),
        ErrorCode::PermissionDenied if error.reason() == "FORM_NOT_YOURS" || error.reason() == "FOREIGN_ORIGIN" => (
            "This form is too old",
            "The page was open for a long time, or you signed in anew. Go back, load the page again, and send it once more. Nothing was changed.".to_owned(),
            false,
        ),
        ErrorCode::PermissionDenied => ("This is not open to you", sentence(error.message()), false),
        ErrorCode::InvalidArgument | ErrorCode::AlreadyExists | ErrorCode::Refused => {
            ("That did not work", format!("{} Nothing was changed.", sentence(error.message())), false)
        }
        ErrorCode::Conflict => (
            "Somebody else was faster",
            "It changed while you were at it. Go back, look at it again, and decide anew.".to_owned(),
            true,
        ),
        ErrorCode::ResourceExhausted => ("One moment, please", "That was a lot at once. Wait a little and try again.".to_owned(), true),
        ErrorCode::Stale => ("One moment, please", "What you just did is saved, but not yet shown here. Load the page again.".to_owned(), true),
        ErrorCode::Unavailable | ErrorCode::DeadlineExceeded => (
            "We cannot do this just now",
            "A part of the platform does not answer. What you sent may or may not have arrived; sending it again does no harm.".to_owned(),
            true,
        ),
        ErrorCode::Internal => (
            "Something broke on our side",
            "It was not your fault, and somebody is told. Sending it again does no harm.".to_owned(),
            true,
        ),
    }
}

/// A message as a sentence.
#[must_use]
pub fn sentence(message: &str) -> String {
    let mut chars = message.trim().replace('`', "").chars().collect::<Vec<_>>();
    if let Some(first) = chars.first_mut() {
        *first = first.to_uppercase().next().unwrap_or(*first);
    }
    let text: String = chars.into_iter().collect();
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}

/// A template as an answer. A template that cannot be rendered is a failure of ours.
pub fn html(page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => Html(text).into_response(),
        Err(error) => {
            let error = ApiError::internal(&error);
            (StatusCode::INTERNAL_SERVER_ERROR, error.message().to_owned()).into_response()
        }
    }
}
