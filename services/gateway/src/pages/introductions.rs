//! Who asked whom to meet.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::errors::html;
use super::frame::Frame;
use super::request::{Sent, Visit};
use crate::failure::Answer;
use crate::model::{Introduction, Page};
use crate::operations::introductions;
use crate::wire::IntroductionState;

#[derive(Template)]
#[template(path = "introductions.html")]
struct IntroductionsPage {
    frame: Frame,
    introductions: Page<Introduction>,
}

impl IntroductionsPage {
    fn of(&self, waiting_for_you: bool) -> Vec<&Introduction> {
        let waits = |one: &&Introduction| one.asked_of_you() && one.state == IntroductionState::Open;
        self.introductions.items.iter().filter(|one| waits(one) == waiting_for_you).collect()
    }

    fn words(&self, one: &Introduction) -> (&'static str, &'static str) {
        match (one.state, one.asked_of_you()) {
            (IntroductionState::Accepted, _) => ("on", "You have met"),
            (IntroductionState::Open, false) => ("", "You asked"),
            (IntroductionState::Open, true) => ("care", "Waits for you"),
            (IntroductionState::Declined, _) => ("", "You said no; they are not told"),
            (IntroductionState::Withdrawn, false) => ("", "You took it back"),
            (IntroductionState::Withdrawn, true) => ("", "They took it back"),
            (IntroductionState::Unknown, _) => ("", ""),
        }
    }

    fn may_write(&self, one: &Introduction) -> bool {
        one.state == IntroductionState::Accepted
    }

    fn may_withdraw(&self, one: &Introduction) -> bool {
        !one.asked_of_you() && one.state == IntroductionState::Open
    }
}

/// `GET /introductions`.
pub async fn list(visit: Visit) -> Answer<Response> {
    let part = visit.part(30);
    let (introductions, frame) = tokio::join!(introductions::list(visit.call()?, &part), visit.frame("introductions"));
    let introductions = introductions?;
    Ok(html(&IntroductionsPage { frame: frame.behind(introductions.stale), introductions }))
}

/// `POST /introductions/{id}/answer`.
pub async fn answer(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let accept = sent.line("answer") == "accept";
    let accepted = introductions::answer(sent.visit.call()?, sent.command.clone(), id, accept).await?;
    sent.done(&accepted, "/introductions", if accept { "accepted" } else { "declined" })
}

/// `POST /introductions/{id}/withdraw`.
pub async fn withdraw(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let accepted = introductions::withdraw(sent.visit.call()?, sent.command.clone(), id).await?;
    sent.done(&accepted, "/introductions", "withdrawn")
}
