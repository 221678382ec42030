//! How much the mentors look after, who waits for one, and rounds; for staff.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::errors::html;
use super::frame::{Frame, grouped};
use super::request::{Sent, Visit};
use crate::failure::Answer;
use crate::model::{MentorLoads, MentorRound};
use crate::operations::mentoring;
use crate::wire::RoundMode;

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

    /// What came of a round, in a sentence.
    fn outcome(&self, round: &MentorRound) -> String {
        let people = |number: u32, one: &str, many: &str| self.frame.count(&number, one, many);
        if round.finished_at.is_none() {
            return "It runs now. Look again in a moment.".to_owned();
        }
        if round.waiting == 0 {
            return "Nobody was waiting for a mentor, so nobody was asked.".to_owned();
        }
        let waited = people(round.waiting, "person was waiting", "people were waiting");
        if round.proposed == 0 {
            return format!("{waited}. No mentor whom we could ask for them had a free place.");
        }
        let (asked, yes) = (people(round.proposed, "person", "people"), people(round.accepted, "mentor", "mentors"));
        format!("{waited}. We asked a mentor for {asked}; {yes} said yes so far.")
    }

    /// How long whoever waited longest had been waiting.
    fn longest(&self, round: &MentorRound) -> String {
        let hours = u32::try_from(round.longest_wait_millis / 3_600_000).unwrap_or(u32::MAX);
        match hours {
            0 => "less than an hour".to_owned(),
            1..=47 => self.frame.count(&hours, "hour", "hours"),
            _ => self.frame.count(&(hours / 24), "day", "days"),
        }
    }

    /// How unevenly the mentors are asked, as a number from 0 to 1.
    fn unevenness(&self) -> Option<String> {
        let permille = self.loads.queue.exposure_gini_permille?;
        Some(format!("{}.{:02}", permille / 1_000, permille % 1_000 / 10))
    }

    fn modes(&self) -> [(&'static str, &'static str); 2] {
        [
            (RoundMode::Cheapest.as_str(), "Help as many as we can, who suit each other best in all"),
            (RoundMode::Stable.as_str(), "So that no two would both rather have had each other"),
        ]
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

/// `POST /staff/mentors/round`.
pub async fn run_round(sent: Sent) -> Answer<Response> {
    started(&sent, String::new(), "/staff/mentors").await
}

/// `POST /communities/{id}/mentors/round`.
pub async fn run_round_in(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let at = format!("/communities/{id}/mentors");
    started(&sent, id, &at).await
}

async fn started(sent: &Sent, community_id: String, at: &str) -> Answer<Response> {
    let mode = sent.line("mode").parse().unwrap_or(RoundMode::Unknown);
    let accepted = mentoring::run_round(sent.visit.call()?, sent.command.clone(), community_id, mode).await?;
    sent.done(&accepted, at, "mentor-round")
}
