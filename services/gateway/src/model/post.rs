//! Threads and posts, with the names of those who wrote them.

use kindred_proto::posting as wire;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Author, Authors, Moment, Page, some_text};
use crate::text::mention;
use crate::wire::Reaction;

/// A thread in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ThreadSummary {
    /// Which.
    pub thread_id: String,
    /// Where.
    pub community_id: String,
    /// Its title.
    pub title: String,
    /// Who began it.
    pub author: Author,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Moment>,
    /// When somebody last wrote in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_activity_at: Option<Moment>,
    /// How many replies it has.
    pub replies: u32,
}

impl ThreadSummary {
    /// From the wire, with names.
    #[must_use]
    pub fn of_wire(thread: wire::ThreadSummary, authors: &Authors) -> Self {
        Self {
            author: authors.get(&thread.author_id),
            thread_id: thread.thread_id,
            community_id: thread.community_id,
            title: thread.title,
            started_at: Moment::of_wire(thread.started_at),
            last_activity_at: Moment::of_wire(thread.last_activity_at),
            replies: thread.replies,
        }
    }
}

/// A thread's first post or a reply.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Post {
    /// Which.
    pub post_id: String,
    /// The thread it stands in.
    pub thread_id: String,
    /// The community it stands in.
    pub community_id: String,
    /// Who wrote it.
    pub author: Author,
    /// The words; empty if it was taken out or its author erased.
    pub text: String,
    /// When it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written_at: Option<Moment>,
    /// When it was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Moment>,
    /// Whether it was taken out.
    pub deleted: bool,
    /// Whether the words were erased with their author.
    pub author_erased: bool,
    /// The reply that this one answers; absent for an answer to the thread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<String>,
    /// How many said what.
    pub reactions: Vec<ReactionCount>,
    /// What you said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub your_reaction: Option<Reaction>,
    /// Who is mentioned; in the text each stands as `@{member id}`.
    pub mentioned: Vec<Author>,
    /// Why it was taken out; for its author and those who look after the community.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removal_reason: Option<String>,
    /// Title of the thread; in lists of one member's posts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread_title: Option<String>,
}

impl Post {
    /// From the wire, with names.
    #[must_use]
    pub fn of_wire(post: wire::Post, authors: &Authors) -> Self {
        let your_reaction = Reaction::of_wire(post.your_reaction);
        Self {
            author: authors.get(&post.author_id),
            mentioned: post.mentioned_ids.iter().map(|id| authors.get(id)).collect(),
            post_id: post.post_id,
            thread_id: post.thread_id,
            community_id: post.community_id,
            text: post.text,
            written_at: Moment::of_wire(post.written_at),
            edited_at: Moment::of_wire(post.edited_at),
            deleted: post.deleted,
            author_erased: post.author_erased,
            parent_id: some_text(post.parent_id),
            reactions: post.reactions.iter().map(ReactionCount::of_wire).collect(),
            removal_reason: some_text(post.removal_reason),
            thread_title: some_text(post.thread_title),
            your_reaction: (your_reaction != Reaction::Unknown).then_some(your_reaction),
        }
    }

    /// Whether there are words to read.
    #[must_use]
    pub fn readable(&self) -> bool {
        !self.deleted && !self.author_erased
    }

    /// How many said `reaction`.
    #[must_use]
    pub fn count(&self, reaction: Reaction) -> u32 {
        self.reactions.iter().find(|one| one.reaction == reaction).map_or(0, |one| one.count)
    }
}

/// Whose names a post needs.
pub(crate) fn named(post: &wire::Post) -> impl Iterator<Item = &str> {
    std::iter::once(post.author_id.as_str()).chain(post.mentioned_ids.iter().map(String::as_str))
}

/// How many said one thing about a post.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct ReactionCount {
    /// What.
    pub reaction: Reaction,
    /// How many.
    pub count: u32,
}

impl ReactionCount {
    fn of_wire(count: &wire::ReactionCount) -> Self {
        Self { reaction: Reaction::of_wire(count.reaction), count: count.count }
    }
}

/// A thread with a part of its replies.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Thread {
    /// Which.
    pub thread_id: String,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub community_id: String,
    /// What it began with.
    pub first: Post,
    /// The replies, oldest first.
    pub replies: Page<Post>,
    /// How many replies there are in all.
    pub reply_count: u32,
    /// Whether it may not yet show what `kindred-position` asked for.
    pub stale: bool,
}

/// One state of a post's text.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PostVersion {
    /// The words.
    pub text: String,
    /// The title that it set; of a thread's first post only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who is mentioned; in the text each stands as `@{member id}`.
    pub mentioned: Vec<Author>,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
}

impl PostVersion {
    /// From the wire, with names.
    #[must_use]
    pub fn of_wire(version: wire::PostVersion, authors: &Authors) -> Self {
        let mentioned = mention::ids(&version.text).map(|id| authors.get(id)).collect();
        Self { text: version.text, title: some_text(version.title), mentioned, at: Moment::of_wire(version.at) }
    }
}
