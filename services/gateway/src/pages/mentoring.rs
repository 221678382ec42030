//! The reader's own pairings, as mentee and as mentor.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::errors::html;
use super::frame::Frame;
use super::request::{Sent, Visit};
use crate::failure::Answer;
use crate::model::{Page, Pairing};
use crate::operations::mentoring;
use crate::wire::{PairingEnd, PairingMood, PairingState};

#[derive(Template)]
#[template(path = "mentoring.html")]
struct MentoringPage {
    frame: Frame,
    pairings: Page<Pairing>,
}

impl MentoringPage {
    /// Those who wait for the reader's answer.
    fn waiting(&self) -> Vec<&Pairing> {
        self.of(|one| one.you_mentor() && one.state == PairingState::Open)
    }

    fn active(&self) -> Vec<&Pairing> {
        self.of(|one| one.state == PairingState::Active)
    }

    fn others(&self) -> Vec<&Pairing> {
        self.of(|one| one.state != PairingState::Active && !(one.you_mentor() && one.state == PairingState::Open))
    }

    fn of(&self, wanted: impl Fn(&Pairing) -> bool) -> Vec<&Pairing> {
        self.pairings.items.iter().filter(|one| wanted(one)).collect()
    }

    fn words(&self, one: &Pairing) -> &'static str {
        match (one.state, one.you_mentor()) {
            (PairingState::Open, false) => "You asked",
            (PairingState::Open, true) => "Waits for you",
            (PairingState::Active, _) => "Goes on",
            (PairingState::Declined, _) => "You said no; they are not told",
            (PairingState::Withdrawn, false) => "You took it back",
            (PairingState::Withdrawn, true) => "They took it back",
            (PairingState::Ended, _) => "Has ended",
            (PairingState::Lapsed, _) => "They are not waiting for you any more",
            (PairingState::Unknown, _) => "",
        }
    }

    fn may_withdraw(&self, one: &Pairing) -> bool {
        !one.you_mentor() && one.state == PairingState::Open
    }

    fn moods(&self) -> Vec<(&'static str, &'static str)> {
        PairingMood::ALL.iter().map(|mood| (mood.as_str(), mood_words(*mood))).collect()
    }

    fn mood(&self, mood: &PairingMood) -> &'static str {
        mood_words(*mood)
    }

    fn reasons(&self) -> Vec<(&'static str, &'static str)> {
        PairingEnd::ALL.iter().map(|reason| (reason.as_str(), reason_words(*reason))).collect()
    }
}

const fn mood_words(mood: PairingMood) -> &'static str {
    match mood {
        PairingMood::GoingWell => "It goes well",
        PairingMood::CouldBeBetter => "It could be better",
        PairingMood::NeedsHelp => "I need help",
        PairingMood::Unknown => "",
    }
}

const fn reason_words(reason: PairingEnd) -> &'static str {
    match reason {
        PairingEnd::GoalReached => "We reached what we wanted",
        PairingEnd::NoTime => "There is no time for it",
        PairingEnd::NotAFit => "We do not suit each other",
        PairingEnd::Other => "Something else",
        PairingEnd::Unknown => "",
    }
}

/// `GET /mentoring`.
pub async fn show(visit: Visit) -> Answer<Response> {
    let part = visit.part(30);
    let (pairings, frame) = tokio::join!(mentoring::list(visit.call()?, &part), visit.frame("mentors"));
    let pairings = pairings?;
    Ok(html(&MentoringPage { frame: frame.behind(pairings.stale), pairings }))
}

/// `POST /mentoring/{id}/answer`.
pub async fn answer(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let accept = sent.line("answer") == "accept";
    let accepted = mentoring::answer(sent.visit.call()?, sent.command.clone(), id, accept).await?;
    sent.done(&accepted, "/mentoring", if accept { "paired" } else { "declined" })
}

/// `POST /mentoring/{id}/withdraw`.
pub async fn withdraw(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let accepted = mentoring::withdraw(sent.visit.call()?, sent.command.clone(), id).await?;
    sent.done(&accepted, "/mentoring", "withdrawn")
}

/// `POST /mentoring/{id}/check-in`.
pub async fn check_in(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let (mood, note) = (sent.line("mood").parse().unwrap_or(PairingMood::Unknown), sent.text("note"));
    let accepted = mentoring::check_in(sent.visit.call()?, sent.command.clone(), id, mood, note).await?;
    sent.done(&accepted, "/mentoring", "checked-in")
}

/// `POST /mentoring/{id}/end`.
pub async fn end(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let reason = sent.line("reason").parse().unwrap_or(PairingEnd::Unknown);
    let accepted = mentoring::end(sent.visit.call()?, sent.command.clone(), id, reason).await?;
    sent.done(&accepted, "/mentoring", "pairing-ended")
}
