//! Failures as pages: what happened, in plain words, and where to go on.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use kindred_eventsourcing::Timestamp;
use kindred_service_kit::error::{ApiError, ErrorCode};

use super::frame::Frame;
use super::request::{THEME, redirect};
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
    let (get, path) = (request.method() == Method::GET, request.uri().path().to_owned());
    let theme = match cookie::read(request.headers(), THEME).as_deref() {
        Some("light") => Some("light"),
        Some("dark") => Some("dark"),
        _ => None,
    };
    let had_session = cookie::read(request.headers(), session_cookie(&gateway)).is_some();
    let mut response = next.run(request).await;
    let Some(Failure(error)) = response.extensions_mut().remove::<Failure>() else { return response };
    if error.code() == ErrorCode::Unauthenticated && get {
        let mut away = redirect("/");
        if had_session {
            away.headers_mut()
                .append(header::SET_COOKIE, cookie::clear(session_cookie(&gateway), gateway.settings.secure));
        }
        return away;
    }
    let mut page = render(&error, path, theme, gateway.clock.now(), get);
    if let Some(after) = response.headers().get(header::RETRY_AFTER) {
        page.headers_mut().insert(header::RETRY_AFTER, after.clone());
    }
    if error.field() == Some(positions::NAME) {
        page.headers_mut().append(header::SET_COOKIE, cookie::clear(positions::NAME, gateway.settings.secure));
    }
    page
}

fn render(error: &ApiError, path: String, theme: Option<&'static str>, now: Timestamp, get: bool) -> Response {
    let (title, text, again) = words(error);
    let frame = Frame {
        brand: "Kindred".to_owned(),
        hue: 168,
        you: None,
        unread: None,
        theme,
        here: "",
        path,
        flash: None,
        stale: false,
        now,
        csrf: None,
    };
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
