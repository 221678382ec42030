//! A thread: reading, replying, reacting.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::communities::about_input;
use super::community::Trouble;
use super::errors::{html, sentence};
use super::frame::Frame;
use super::request::{Sent, Visit};
use crate::backends::Call;
use crate::failure::Answer;
use crate::model::{Community, Post, Thread};
use crate::operations::{Part, communities, threads};
use crate::text::personal;
use crate::wire::Reaction;

/// Replies on one page.
const REPLIES: u32 = 50;

#[derive(Template)]
#[template(path = "thread.html")]
pub(super) struct ThreadPage {
    pub(super) frame: Frame,
    pub(super) community: Community,
    pub(super) thread: Thread,
    pub(super) reply: String,
    pub(super) parent: Option<Post>,
    pub(super) error: Option<String>,
    pub(super) warning: Option<String>,
    pub(super) taken_out: Option<TakenOut>,
}

/// What was just taken out, so that it can be put back.
pub(super) struct TakenOut {
    /// The words.
    pub(super) text: String,
    /// Which reply it answered.
    pub(super) parent_id: String,
    /// Whether it began the thread.
    pub(super) first: bool,
    /// Whose it was.
    pub(super) yours: bool,
}

impl ThreadPage {
    fn reactions(&self, post: &Post) -> Vec<(&'static str, &'static str, u32, bool)> {
        let words = [(Reaction::MeToo, "Me too"), (Reaction::Helpful, "Helpful"), (Reaction::Hug, "A hug")];
        words
            .iter()
            .map(|(kind, name)| (kind.as_str(), *name, post.count(*kind), post.your_reaction == Some(*kind)))
            .collect()
    }

    fn may_edit(&self, post: &Post) -> bool {
        post.readable() && self.frame.is_you(&post.author)
    }

    fn may_take_out(&self, post: &Post) -> bool {
        post.readable() && (self.frame.is_you(&post.author) || self.community.staff())
    }

    fn answered(&self, post: &Post) -> Option<&Post> {
        let parent = post.parent_id.as_ref()?;
        self.thread.replies.items.iter().find(|reply| reply.post_id == *parent)
    }
}

async fn load(visit: &Visit, call: &Call, id: &str, part: &Part) -> Answer<(Thread, Community, Frame)> {
    let (thread, frame) = tokio::join!(threads::get(call, id, part), visit.frame("communities"));
    let thread = thread?;
    let community = communities::get(call, &thread.community_id).await?;
    let frame = frame.behind(thread.stale);
    Ok((thread, community, frame))
}

pub(super) async fn page(visit: &Visit, call: &Call, id: &str, part: &Part) -> Answer<ThreadPage> {
    let (thread, community, frame) = load(visit, call, id, part).await?;
    Ok(ThreadPage {
        frame,
        community,
        thread,
        reply: String::new(),
        parent: None,
        error: None,
        warning: None,
        taken_out: None,
    })
}

/// `GET /threads/{id}`; `?to=` answers one reply.
pub async fn show(visit: Visit, Path(id): Path<String>) -> Answer<Response> {
    let mut page = page(&visit, visit.call()?, &id, &visit.part(REPLIES)).await?;
    let to = visit.query().line("to");
    page.parent = page.thread.replies.items.iter().find(|reply| reply.post_id == to && reply.readable()).cloned();
    Ok(html(&page))
}

/// `POST /threads/{id}/replies`: warns before personal data is posted, loses nothing.
pub async fn reply(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let (text, parent) = (sent.text("text"), sent.line("parent"));
    if sent.line("step") == "clean" {
        return again(&sent, &id, personal::take_out(&text), Trouble::None).await;
    }
    let found = personal::find(&text);
    if sent.line("step") != "anyway" && !found.is_empty() {
        return again(&sent, &id, text, Trouble::Personal(personal::words(&found))).await;
    }
    match threads::reply(sent.visit.call()?, sent.command.clone(), &id, parent, text.clone()).await {
        Ok(accepted) => {
            let anchor = accepted.id.as_deref().unwrap_or("reply");
            sent.done(&accepted, &format!("/threads/{id}#p{anchor}"), "replied")
        }
        Err(error) if about_input(error.code()) => {
            let mut response = again(&sent, &id, text, Trouble::Refused(sentence(error.message()))).await?;
            *response.status_mut() = error.code().http();
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

async fn again(sent: &Sent, id: &str, reply: String, trouble: Trouble) -> Answer<Response> {
    let parent = sent.line("parent");
    let (error, warning) = trouble.split();
    let page = page(&sent.visit, sent.visit.call()?, id, &Part::first(REPLIES)).await?;
    let parent = page.thread.replies.items.iter().find(|one| one.post_id == parent).cloned();
    Ok(html(&ThreadPage { reply, parent, error, warning, ..page }).into_response())
}
