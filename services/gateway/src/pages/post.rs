//! One post: reactions, changing it, what it said before, taking it out.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use kindred_service_kit::error::ApiError;

use super::communities::about_input;
use super::community::Trouble;
use super::errors::{html, sentence};
use super::frame::Frame;
use super::request::{Sent, Visit, is_id};
use super::thread::{TakenOut, ThreadPage, page};
use crate::failure::Answer;
use crate::model::{Post, PostVersion, Thread};
use crate::operations::{Part, threads};
use crate::text::{mention, personal};

/// `POST /posts/{id}/reaction`.
pub async fn react(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let reaction = sent.line("reaction").parse().ok();
    let accepted = threads::react(sent.visit.call()?, sent.command.clone(), &id, reaction).await?;
    sent.done(&accepted, &format!("/threads/{}#p{id}", thread_of(&sent)), "")
}

/// The thread that the form was on; it only decides where to go on.
fn thread_of(sent: &Sent) -> String {
    let thread = sent.line("thread");
    if is_id(&thread) { thread } else { String::new() }
}

#[derive(Template)]
#[template(path = "edit.html")]
struct EditPage {
    frame: Frame,
    thread: Thread,
    post_id: String,
    title: Option<String>,
    text: String,
    error: Option<String>,
    warning: Option<String>,
}

fn post_in<'a>(thread: &'a Thread, post_id: &str) -> Result<&'a Post, ApiError> {
    std::iter::once(&thread.first)
        .chain(&thread.replies.items)
        .find(|post| post.post_id == post_id)
        .ok_or_else(|| ApiError::not_found("POST_UNKNOWN", "no such post"))
}

/// `GET /posts/{id}/edit?thread=`.
pub async fn edit_form(visit: Visit, Path(id): Path<String>) -> Answer<Response> {
    let thread_id = visit.query().line("thread");
    if thread_id.is_empty() {
        return Err(ApiError::not_found("POST_UNKNOWN", "no such post").into());
    }
    let call = visit.call()?;
    let part = Part::first(100);
    // The newest state is in the history, also of a reply far down.
    let (thread, versions, frame) =
        tokio::join!(threads::get(call, &thread_id, &part), threads::history(call, &id), visit.frame("communities"));
    let thread = thread?;
    let text = versions?.last().map(|last| mention::typed(&last.text, &last.mentioned)).unwrap_or_default();
    let title = (thread.first.post_id == id).then(|| thread.title.clone());
    Ok(html(&EditPage { frame, thread, post_id: id, title, text, error: None, warning: None }))
}

/// `POST /posts/{id}/edit`.
pub async fn edit(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let (title, text) = (sent.line("title"), sent.text("text"));
    if sent.line("step") == "clean" {
        return edit_again(&sent, id, personal::take_out(&title), personal::take_out(&text), Trouble::None).await;
    }
    let found = [personal::find(&title), personal::find(&text)].concat();
    if sent.line("step") != "anyway" && !found.is_empty() {
        return edit_again(&sent, id, title, text, Trouble::Personal(personal::words(&found))).await;
    }
    let call = sent.visit.call()?;
    match threads::edit(call, sent.command.clone(), &id, title.clone(), text.clone()).await {
        Ok(accepted) => sent.done(&accepted, &format!("/threads/{}#p{id}", thread_of(&sent)), "edited"),
        Err(error) if about_input(error.code()) => {
            let status = error.code().http();
            let trouble = Trouble::Refused(sentence(error.message()));
            let mut response = edit_again(&sent, id, title, text, trouble).await?;
            *response.status_mut() = status;
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

async fn edit_again(sent: &Sent, post_id: String, title: String, text: String, trouble: Trouble) -> Answer<Response> {
    let (thread_id, part) = (thread_of(sent), Part::first(1));
    let (thread, frame) =
        tokio::join!(threads::get(sent.visit.call()?, &thread_id, &part), sent.visit.frame("communities"));
    let thread = thread?;
    let title = (thread.first.post_id == post_id).then_some(title);
    let (error, warning) = trouble.split();
    Ok(html(&EditPage { frame, thread, post_id, title, text, error, warning }).into_response())
}

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage {
    frame: Frame,
    thread_id: String,
    versions: Vec<PostVersion>,
}

/// `GET /posts/{id}/history?thread=`.
pub async fn history(visit: Visit, Path(id): Path<String>) -> Answer<Response> {
    let (versions, frame) = tokio::join!(threads::history(visit.call()?, &id), visit.frame("communities"));
    let mut versions = versions?;
    versions.reverse();
    let thread_id = visit.query().line("thread");
    Ok(html(&HistoryPage { frame, thread_id, versions }))
}

/// `POST /posts/{id}/delete`: no question before; the way back is on the page after.
pub async fn delete(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let call = sent.visit.call()?;
    let thread_id = thread_of(&sent);
    let part = Part::first(100);
    let (thread, versions) = tokio::join!(threads::get(call, &thread_id, &part), threads::history(call, &id));
    let before = thread.as_ref().ok().and_then(|thread| post_in(thread, &id).ok().cloned());
    let accepted = threads::delete(call, sent.command.clone(), &id, sent.line("reason")).await?;
    let last = versions.ok().and_then(|mut versions| versions.pop());
    let text = last.map(|last| mention::typed(&last.text, &last.mentioned)).unwrap_or_default();
    let taken_out = before.map(|post| TakenOut {
        text,
        parent_id: post.parent_id.unwrap_or_default(),
        first: thread.as_ref().is_ok_and(|thread| thread.first.post_id == id),
        yours: post.author.is_you,
    });
    let seeing = call.seeing(&accepted.position);
    match page(&sent.visit, &seeing, &thread_id, &Part::first(50)).await {
        Ok(page) => Ok(html(&ThreadPage { taken_out, ..page })),
        Err(_) => sent.done(&accepted, "/communities", "taken-out"),
    }
}
