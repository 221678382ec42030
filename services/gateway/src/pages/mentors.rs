//! Finding a mentor, asking one, being one; and how much they look after, for staff.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::communities::about_input;
use super::errors::{html, sentence};
use super::frame::{Frame, grouped};
use super::request::{Sent, Visit, redirect};
use crate::failure::Answer;
use crate::model::{Member, MentorLoads, MentorOffer, Mentors};
use crate::operations::{members, mentoring};

#[derive(Template)]
#[template(path = "mentors.html")]
struct MentorsPage {
    frame: Frame,
    found: Mentors,
    /// Whether who looks offers to mentor.
    mentor: bool,
}

/// `GET /mentors`.
pub async fn find(visit: Visit) -> Answer<Response> {
    let call = visit.call()?;
    let (found, own, frame) = tokio::join!(mentoring::find(call, 20), mentoring::own(call), visit.frame("mentors"));
    let (found, own) = (found?, own?);
    Ok(html(&MentorsPage { frame: frame.behind(found.stale), found, mentor: own.offer.is_some() }))
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

#[derive(Template)]
#[template(path = "mentor_loads.html")]
struct LoadsPage {
    frame: Frame,
    loads: MentorLoads,
    /// The page's own address.
    at: String,
}

/// The figures at the top.
struct Figures {
    mentors: String,
    waiting: String,
    active: String,
    free: String,
}

impl LoadsPage {
    fn figures(&self) -> Figures {
        let all = &self.loads.mentors;
        let taking = all.iter().filter(|one| one.trained && !one.paused);
        let free = taking.map(|one| one.capacity.saturating_sub(one.active)).sum::<u32>();
        let count = |number: usize| grouped(number as u64);
        Figures {
            mentors: count(all.len()),
            waiting: count(all.iter().filter(|one| !one.trained).count()),
            active: grouped(all.iter().map(|one| u64::from(one.active)).sum()),
            free: grouped(u64::from(free)),
        }
    }
}

async fn loads_page(visit: &Visit, community_id: String, at: String) -> Answer<Response> {
    let call = visit.call()?;
    let (loads, frame) = tokio::join!(mentoring::loads(call, community_id), visit.frame("staff"));
    let loads = loads?;
    Ok(html(&LoadsPage { frame: frame.behind(loads.stale), loads, at }))
}

/// `GET /staff/mentors`.
pub async fn report(visit: Visit) -> Answer<Response> {
    loads_page(&visit, String::new(), "/staff/mentors".to_owned()).await
}

/// `GET /communities/{id}/mentors`.
pub async fn report_of(visit: Visit, Path(id): Path<String>) -> Answer<Response> {
    let at = format!("/communities/{id}/mentors");
    loads_page(&visit, id, at).await
}

/// `POST /staff/mentors/training`.
pub async fn confirm(sent: Sent) -> Answer<Response> {
    confirmed(&sent, String::new(), "/staff/mentors").await
}

/// `POST /communities/{id}/mentors/training`.
pub async fn confirm_in(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let at = format!("/communities/{id}/mentors");
    confirmed(&sent, id, &at).await
}

async fn confirmed(sent: &Sent, community_id: String, at: &str) -> Answer<Response> {
    let (call, mentor) = (sent.visit.call()?, sent.line("member"));
    let accepted = mentoring::confirm_training(call, sent.command.clone(), mentor, community_id).await?;
    sent.done(&accepted, at, "training-confirmed")
}
