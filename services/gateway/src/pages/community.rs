//! One community: its threads, its people, joining and leaving.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::errors::html;
use super::frame::Frame;
use super::request::{Sent, Visit};
use crate::failure::Answer;
use crate::model::{Community, Page, RosterEntry, SuggestedThread, ThreadSummary};
use crate::operations::{communities, suggestions, threads};
use crate::wire::{JoinPolicy, MembershipState};

/// How many threads are suggested, beside those that the page lists anyway.
const SUGGESTED: usize = 4;
/// Of how many.
const LOOKED_AT: u32 = 20;

#[derive(Template)]
#[template(path = "community.html")]
struct CommunityPage {
    frame: Frame,
    community: Community,
    threads: Option<Page<ThreadSummary>>,
    /// Threads here that suit the reader; none where they cannot be had.
    suggested: Vec<SuggestedThread>,
}

impl CommunityPage {
    fn may_join(&self) -> bool {
        !matches!(
            self.community.your_state,
            MembershipState::Active | MembershipState::Pending | MembershipState::Suspended
        ) && self.community.join_policy != JoinPolicy::Invitation
    }

    fn asks(&self) -> bool {
        self.community.join_policy == JoinPolicy::Approval
    }
}

/// `GET /communities/{id}`: its threads for members, its purpose for the others.
pub async fn show(visit: Visit, Path(id): Path<String>) -> Answer<Response> {
    let call = visit.call()?;
    let part = visit.part(20);
    let (community, threads, suggested, frame) = tokio::join!(
        communities::get(call, &id),
        threads::list(call, &id, &part),
        suggestions::threads(call, LOOKED_AT, id.clone()),
        visit.frame("communities")
    );
    let community = community?;
    // Who is not inside is refused the threads; the page then says how to get in.
    let threads = if community.yours() { Some(threads?) } else { None };
    let stale = threads.as_ref().is_some_and(|threads| threads.stale);
    // The page is whole without them.
    let listed = |id: &str| threads.iter().flat_map(|threads| &threads.items).any(|one| one.thread_id == id);
    let suggested = suggested.unwrap_or_default().into_iter();
    let unlisted = suggested.filter(|one| !listed(&one.thread_id)).take(SUGGESTED).collect();
    let suggested = suggestions::titled(call, unlisted).await;
    Ok(html(&CommunityPage { frame: frame.behind(stale), community, threads, suggested }))
}

/// `POST /communities/{id}/join`.
pub async fn join(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let note = sent.text("note").trim().to_owned();
    let accepted = communities::join(sent.visit.call()?, sent.command.clone(), &id, note).await?;
    let done = if accepted.state == Some(MembershipState::Pending) { "asked-to-join" } else { "joined" };
    sent.done(&accepted, &format!("/communities/{id}"), done)
}

/// `POST /communities/{id}/leave`.
pub async fn leave(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let accepted = communities::leave(sent.visit.call()?, sent.command.clone(), &id).await?;
    sent.done(&accepted, &format!("/communities/{id}"), "left")
}

#[derive(Template)]
#[template(path = "members.html")]
struct MembersPage {
    frame: Frame,
    community: Community,
    members: Page<RosterEntry>,
}

/// `GET /communities/{id}/members`.
pub async fn members(visit: Visit, Path(id): Path<String>) -> Answer<Response> {
    let call = visit.call()?;
    let part = visit.part(48);
    let (community, members, frame) = tokio::join!(
        communities::get(call, &id),
        communities::members(call, &id, &part, false),
        visit.frame("communities")
    );
    Ok(html(&MembersPage { community: community?, members: members?, frame }))
}

/// Why a composer is shown again.
pub(super) enum Trouble {
    /// Only to look at it.
    None,
    /// It holds something personal.
    Personal(String),
    /// It was refused.
    Refused(String),
}

impl Trouble {
    /// The error and the warning of a composer.
    pub(super) fn split(self) -> (Option<String>, Option<String>) {
        match self {
            Self::None => (None, None),
            Self::Personal(words) => (None, Some(words)),
            Self::Refused(text) => (Some(text), None),
        }
    }
}
