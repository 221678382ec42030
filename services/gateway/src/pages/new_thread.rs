//! Writing a new thread, and what was asked before while it is written.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use kindred_service_kit::error::ErrorCode;

use super::communities::about_input;
use super::community::Trouble;
use super::errors::{html, sentence};
use super::frame::Frame;
use super::request::{Sent, Visit};
use crate::failure::Answer;
use crate::model::{Community, ThreadSummary};
use crate::operations::{communities, threads};
use crate::text::personal;

/// How many threads are offered.
const OFFERED: u32 = 5;

#[derive(Template)]
#[template(path = "new_thread.html")]
struct NewThreadPage {
    frame: Frame,
    community: Community,
    title: String,
    text: String,
    error: Option<String>,
    warning: Option<String>,
    /// What was asked before; none if nobody looked.
    similar: Option<Vec<ThreadSummary>>,
}

/// `GET /communities/{id}/threads/new`.
pub async fn show(visit: Visit, Path(id): Path<String>) -> Answer<Response> {
    let page = page(&visit, &id, String::new(), String::new(), Trouble::None).await?;
    Ok(html(&page))
}

/// `POST /communities/{id}/threads`: warns before personal data is posted, loses nothing.
pub async fn start(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let (mut title, mut text) = (sent.line("title"), sent.text("text"));
    if sent.line("step") == "clean" {
        (title, text) = (personal::take_out(&title), personal::take_out(&text));
        return Ok(html(&page(&sent.visit, &id, title, text, Trouble::None).await?));
    }
    let found = [personal::find(&title), personal::find(&text)].concat();
    if sent.line("step") != "anyway" && !found.is_empty() {
        let trouble = Trouble::Personal(personal::words(&found));
        return Ok(html(&page(&sent.visit, &id, title, text, trouble).await?));
    }
    let call = sent.visit.call()?;
    match threads::start(call, sent.command.clone(), &id, title.clone(), text.clone()).await {
        Ok(accepted) => {
            sent.done(&accepted, &format!("/threads/{}", accepted.id.as_deref().unwrap_or_default()), "posted")
        }
        Err(error) if about_input(error.code()) => {
            let trouble = Trouble::Refused(sentence(error.message()));
            let mut response = html(&page(&sent.visit, &id, title, text, trouble).await?).into_response();
            *response.status_mut() = error.code().http();
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /communities/{id}/threads/similar`: what was asked before, beside what is typed.
/// Nothing is kept, and whoever only wants help is never stopped by its failing.
pub async fn similar(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let (title, text) = (sent.line("title"), sent.text("text"));
    if title.is_empty() && text.trim().is_empty() {
        let trouble = Trouble::Refused("Write a few words first.".to_owned());
        return Ok(html(&page(&sent.visit, &id, title, text, trouble).await?));
    }
    let call = sent.visit.call()?;
    let (found, trouble) = match threads::similar(call, &id, title.clone(), text.clone(), OFFERED).await {
        Ok(found) => (Some(found.items), Trouble::None),
        Err(error) if about_input(error.code()) => (None, Trouble::Refused(sentence(error.message()))),
        Err(error) if passes(error.code()) => {
            let words = "We could not look just now. You can post all the same.";
            (None, Trouble::Refused(words.to_owned()))
        }
        Err(error) => return Err(error.into()),
    };
    let page = page(&sent.visit, &id, title, text, trouble).await?;
    Ok(html(&NewThreadPage { similar: found, ..page }))
}

/// Whether it may be over in a moment.
const fn passes(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::Unavailable | ErrorCode::DeadlineExceeded | ErrorCode::ResourceExhausted | ErrorCode::Stale
    )
}

async fn page(visit: &Visit, id: &str, title: String, text: String, trouble: Trouble) -> Answer<NewThreadPage> {
    let (community, frame) = tokio::join!(communities::get(visit.call()?, id), visit.frame("communities"));
    let (error, warning) = trouble.split();
    Ok(NewThreadPage { frame, community: community?, title, text, error, warning, similar: None })
}
