//! Finding a mentor, asking one or waiting for one, being one.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::communities::about_input;
use super::errors::{html, sentence};
use super::frame::Frame;
use super::request::{Sent, Visit, redirect};
use crate::failure::Answer;
use crate::model::{Member, MentorOffer, MentorWait, Mentors, Moment};
use crate::operations::{members, mentoring};
use crate::text::moment;

#[derive(Template)]
#[template(path = "mentors.html")]
struct MentorsPage {
    frame: Frame,
    found: Mentors,
    /// Whether who looks offers to mentor.
    mentor: bool,
    /// Whether they wait for whoever it may be.
    wait: MentorWait,
}

impl MentorsPage {
    fn day(&self, since: &Moment) -> String {
        moment::day(*since)
    }
}

/// `GET /mentors`.
pub async fn find(visit: Visit) -> Answer<Response> {
    let call = visit.call()?;
    let (found, own, wait, frame) =
        tokio::join!(mentoring::find(call, 20), mentoring::own(call), mentoring::waiting(call), visit.frame("mentors"));
    let (found, own, wait) = (found?, own?, wait?);
    let frame = frame.behind(found.stale || wait.stale);
    Ok(html(&MentorsPage { frame, found, mentor: own.offer.is_some(), wait }))
}

/// `POST /mentors/wait`.
pub async fn wait(sent: Sent) -> Answer<Response> {
    let accepted = mentoring::wait(sent.visit.call()?, sent.command.clone()).await?;
    sent.done(&accepted, "/mentors", "mentor-wait")
}

/// `POST /mentors/wait/stop`.
pub async fn stop_waiting(sent: Sent) -> Answer<Response> {
    let accepted = mentoring::stop_waiting(sent.visit.call()?, sent.command.clone()).await?;
    sent.done(&accepted, "/mentors", "mentor-wait-over")
}

#[derive(Template)]
#[template(path = "ask_mentor.html")]
struct AskPage {
    frame: Frame,
    member: Member,
    note: String,
    error: Option<String>,
}

/// `GET /mentors/{id}/ask`.
pub async fn ask_form(visit: Visit, Path(id): Path<String>) -> Answer<Response> {
    let (member, frame) = tokio::join!(members::get(visit.call()?, &id), visit.frame("mentors"));
    let member = member?;
    if member.is_you {
        return Ok(redirect("/me/mentoring"));
    }
    Ok(html(&AskPage { frame, member, note: String::new(), error: None }))
}

/// `POST /mentors/{id}/ask`.
pub async fn ask(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let (note, call) = (sent.text("note").trim().to_owned(), sent.visit.call()?);
    match mentoring::request(call, sent.command.clone(), id.clone(), note.clone()).await {
        Ok(accepted) => sent.done(&accepted, "/mentoring", "mentor-asked"),
        Err(error) if about_input(error.code()) => {
            let (member, frame) = tokio::join!(members::get(call, &id), sent.visit.frame("mentors"));
            let page = AskPage { frame, member: member?, note, error: Some(sentence(error.message())) };
            Ok((error.code().http(), html(&page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "mentor_offer.html")]
struct OfferPage {
    frame: Frame,
    offer: Option<MentorOffer>,
    about: String,
    capacity: String,
    error: Option<String>,
}

/// `GET /me/mentoring`.
pub async fn offer_form(visit: Visit) -> Answer<Response> {
    let (own, frame) = tokio::join!(mentoring::own(visit.call()?), visit.frame("mentors"));
    let own = own?;
    let (about, capacity) =
        own.offer.as_ref().map_or((String::new(), 2), |offer| (offer.about.clone(), offer.capacity));
    let (frame, capacity) = (frame.behind(own.stale), capacity.to_string());
    Ok(html(&OfferPage { frame, offer: own.offer, about, capacity, error: None }))
}

/// `POST /me/mentoring`.
pub async fn enrol(sent: Sent) -> Answer<Response> {
    let (about, capacity, call) = (sent.text("about").trim().to_owned(), sent.line("capacity"), sent.visit.call()?);
    let places = capacity.parse().unwrap_or(0);
    match mentoring::enrol(call, sent.command.clone(), about.clone(), places).await {
        Ok(accepted) => sent.done(&accepted, "/me/mentoring", "mentor-enrolled"),
        Err(error) if about_input(error.code()) => {
            let (own, frame) = tokio::join!(mentoring::own(call), sent.visit.frame("mentors"));
            let page = OfferPage { frame, offer: own?.offer, about, capacity, error: Some(sentence(error.message())) };
            Ok((error.code().http(), html(&page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /me/mentoring/pause`.
pub async fn pause(sent: Sent) -> Answer<Response> {
    let paused = sent.line("paused") == "yes";
    let accepted = mentoring::pause(sent.visit.call()?, sent.command.clone(), paused).await?;
    sent.done(&accepted, "/me/mentoring", if paused { "mentor-paused" } else { "mentor-resumed" })
}

/// `POST /me/mentoring/leave`.
pub async fn leave(sent: Sent) -> Answer<Response> {
    let accepted = mentoring::leave(sent.visit.call()?, sent.command.clone()).await?;
    sent.done(&accepted, "/me/mentoring", "mentor-left")
}
