//! People like the reader, with reasons and words of theirs.

use askama::Template;
use axum::response::Response;

use super::errors::html;
use super::frame::Frame;
use super::request::{Sent, Visit};
use crate::failure::Answer;
use crate::model::People;
use crate::operations::{members, people};
use crate::wire::ConsentPurpose;

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    frame: Frame,
    people: People,
}

/// `GET /people`.
pub async fn show(visit: Visit) -> Answer<Response> {
    let (people, frame) = tokio::join!(people::find(visit.call()?, 12), visit.frame("people"));
    let people = people?;
    Ok(html(&PeoplePage { frame: frame.behind(people.stale), people }))
}

/// `POST /people/consent`.
pub async fn consent(sent: Sent) -> Answer<Response> {
    let (on, purpose) = (sent.fields.flag("agrees"), sent.line("purpose"));
    let purpose =
        if purpose.is_empty() { ConsentPurpose::Matching } else { purpose.parse().unwrap_or(ConsentPurpose::Unknown) };
    let accepted = members::set_consent(sent.visit.call()?, sent.command.clone(), purpose, on).await?;
    let back = if sent.line("back") == "/me" { "/me" } else { "/people" };
    let done = match (purpose, on) {
        (ConsentPurpose::Matching, true) => "matching-on",
        (ConsentPurpose::Matching, false) => "matching-off",
        _ => "told",
    };
    sent.done(&accepted, back, done)
}
