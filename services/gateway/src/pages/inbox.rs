//! What the reader is told.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::errors::html;
use super::frame::Frame;
use super::request::{Sent, Visit, is_id};
use crate::failure::Answer;
use crate::model::{Inbox, InboxItem};
use crate::operations::{Part, communities, inbox};
use crate::wire::NotificationKind;

#[derive(Template)]
#[template(path = "inbox.html")]
struct InboxPage {
    frame: Frame,
    inbox: Inbox,
    communities: HashMap<String, String>,
}

impl InboxPage {
    /// What they did, up to the name of the community where that is known.
    fn what(&self, item: &InboxItem) -> &'static str {
        match (item.kind, self.place(item).is_some(), item.declined) {
            (NotificationKind::Reply, true, _) => "replied to you in",
            (NotificationKind::Reply, false, _) => "replied to you",
            (NotificationKind::Mention, true, _) => "mentioned you in",
            (NotificationKind::Mention, false, _) => "mentioned you",
            (NotificationKind::IntroductionRequested, ..) => "would like to meet you",
            (NotificationKind::IntroductionAccepted, ..) => "would like to meet you too",
            (NotificationKind::PairingRequested, ..) => "would like you to mentor them",
            (NotificationKind::PairingAccepted, ..) => "will mentor you",
            (NotificationKind::JoinDecided, true, false) => "let you into",
            (NotificationKind::JoinDecided, true, true) => "could not let you into",
            (NotificationKind::JoinDecided, false, false) => "let you in",
            (NotificationKind::JoinDecided, false, true) => "could not let you in",
            (NotificationKind::Message, ..) => "wrote to you",
            (NotificationKind::Unknown, ..) => "has news for you",
        }
    }

    /// The community, where that says more.
    fn place(&self, item: &InboxItem) -> Option<&str> {
        use NotificationKind as Kind;
        let told = matches!(item.kind, Kind::Reply | Kind::Mention | Kind::JoinDecided);
        self.communities.get(item.community_id.as_ref().filter(|_| told)?).map(String::as_str)
    }
}

/// Where an item leads; every id is checked to be one, so that nothing but our own pages
/// can be reached.
fn target(kind: NotificationKind, thread: &str, community: &str, subject: &str) -> String {
    match kind {
        NotificationKind::Reply | NotificationKind::Mention if is_id(thread) && is_id(subject) => {
            format!("/threads/{thread}#p{subject}")
        }
        NotificationKind::Reply | NotificationKind::Mention if is_id(thread) => format!("/threads/{thread}"),
        NotificationKind::IntroductionRequested | NotificationKind::IntroductionAccepted => "/introductions".to_owned(),
        NotificationKind::PairingRequested | NotificationKind::PairingAccepted => "/mentoring".to_owned(),
        NotificationKind::Message if is_id(subject) => format!("/conversations/{subject}"),
        NotificationKind::JoinDecided if is_id(community) => format!("/communities/{community}"),
        _ => "/inbox".to_owned(),
    }
}

/// `GET /inbox`.
pub async fn show(visit: Visit) -> Answer<Response> {
    let call = visit.call()?;
    let (part, all) = (visit.part(30), Part::first(100));
    let (inbox, communities, frame) =
        tokio::join!(inbox::list(call, &part, false), communities::list(call, &all), visit.frame("inbox"));
    let inbox = inbox?;
    // Without the names of communities the inbox is still worth reading.
    let communities = communities.map(|page| page.items).unwrap_or_default();
    let communities = communities.into_iter().map(|one| (one.community_id, one.name)).collect();
    let frame = Frame { unread: Some(inbox.unread), ..frame.behind(inbox.page.stale) };
    Ok(html(&InboxPage { frame, inbox, communities }))
}

/// `POST /inbox/{id}/open`: marks an item as seen and goes where it leads.
pub async fn open(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let accepted = inbox::mark_read(sent.visit.call()?, sent.command.clone(), id).await?;
    let kind = sent.line("kind").parse().unwrap_or(NotificationKind::Unknown);
    let path = target(kind, &sent.line("thread"), &sent.line("community"), &sent.line("subject"));
    sent.done(&accepted, &path, "")
}

/// `POST /inbox/{id}/read`: marks an item as seen.
pub async fn read(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let accepted = inbox::mark_read(sent.visit.call()?, sent.command.clone(), id).await?;
    sent.done(&accepted, "/inbox", "")
}
