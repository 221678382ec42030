//! Threads and posts.

use kindred_proto::posting as wire;
use kindred_service_kit::error::ApiError;

use super::{Part, members};
use crate::backends::{Call, ask};
use crate::model::{Accepted, Page, Post, PostVersion, Thread, ThreadSummary, post_names as named};
use crate::text::mention;
use crate::wire::Reaction;

/// Threads of a community, the liveliest first.
pub async fn list(call: &Call, community_id: &str, part: &Part) -> Result<Page<ThreadSummary>, ApiError> {
    let request = wire::ListThreadsRequest { community_id: community_id.to_owned(), page: part.wire() };
    let answer = ask!(call, threads.list_threads(request))?;
    let authors = members::authors(call, answer.threads.iter().map(|thread| thread.author_id.as_str())).await?;
    let items = answer.threads.into_iter().map(|thread| ThreadSummary::of_wire(thread, &authors)).collect();
    Ok(Page::of_wire(items, answer.next_cursor, answer.stale))
}

/// Threads of a community that may answer what somebody is about to ask.
pub async fn similar(
    call: &Call,
    community_id: &str,
    title: String,
    text: String,
    limit: u32,
) -> Result<Page<ThreadSummary>, ApiError> {
    let request = wire::FindSimilarRequest { community_id: community_id.to_owned(), title, text, limit };
    let answer = ask!(call, threads.find_similar(request))?;
    let authors = members::authors(call, answer.threads.iter().map(|thread| thread.author_id.as_str())).await?;
    let items = answer.threads.into_iter().map(|thread| ThreadSummary::of_wire(thread, &authors)).collect();
    Ok(Page::of_wire(items, String::new(), answer.stale))
}

/// A thread with a part of its replies.
pub async fn get(call: &Call, thread_id: &str, part: &Part) -> Result<Thread, ApiError> {
    let request = wire::GetThreadRequest { thread_id: thread_id.to_owned(), page: part.wire() };
    let answer = ask!(call, threads.get_thread(request))?;
    let first = answer.thread.ok_or_else(|| ApiError::not_found("THREAD_UNKNOWN", "no such thread"))?;
    let authors = members::authors(call, named(&first).chain(answer.replies.iter().flat_map(named))).await?;
    let replies = answer.replies.into_iter().map(|post| Post::of_wire(post, &authors)).collect();
    Ok(Thread {
        thread_id: thread_id.to_owned(),
        title: answer.title,
        community_id: answer.community_id,
        first: Post::of_wire(first, &authors),
        replies: Page::of_wire(replies, answer.next_cursor, answer.stale),
        reply_count: answer.reply_count,
        stale: answer.stale,
    })
}

/// Begins a thread.
pub async fn start(
    call: &Call,
    command_id: String,
    community_id: &str,
    title: String,
    text: String,
) -> Result<Accepted, ApiError> {
    let request = wire::StartThreadRequest { command_id, community_id: community_id.to_owned(), title, text };
    let answer = ask!(call, threads.start_thread(request))?;
    Ok(Accepted::of_wire(answer.receipt).with_id(answer.thread_id))
}

/// Answers a thread, or a reply in it.
pub async fn reply(
    call: &Call,
    command_id: String,
    thread_id: &str,
    parent_id: String,
    text: String,
) -> Result<Accepted, ApiError> {
    let request = wire::ReplyRequest { command_id, thread_id: thread_id.to_owned(), parent_id, text };
    let answer = ask!(call, threads.reply(request))?;
    Ok(Accepted::of_wire(answer.receipt).with_id(answer.comment_id))
}

/// Changes an own post.
pub async fn edit(
    call: &Call,
    command_id: String,
    post_id: &str,
    title: String,
    text: String,
) -> Result<Accepted, ApiError> {
    let request = wire::EditPostRequest { command_id, post_id: post_id.to_owned(), text, title };
    Ok(Accepted::of_wire(ask!(call, threads.edit_post(request))?.receipt))
}

/// Takes a post out.
pub async fn delete(call: &Call, command_id: String, post_id: &str, reason: String) -> Result<Accepted, ApiError> {
    let request = wire::DeletePostRequest { command_id, post_id: post_id.to_owned(), reason };
    Ok(Accepted::of_wire(ask!(call, threads.delete_post(request))?.receipt))
}

/// Says something about a post with one press, or takes it back.
pub async fn react(
    call: &Call,
    command_id: String,
    post_id: &str,
    reaction: Option<Reaction>,
) -> Result<Accepted, ApiError> {
    let reaction = reaction.map_or(0, Reaction::wire);
    let request = wire::ReactRequest { command_id, post_id: post_id.to_owned(), reaction };
    Ok(Accepted::of_wire(ask!(call, threads.react(request))?.receipt))
}

/// What a post said before, oldest first.
pub async fn history(call: &Call, post_id: &str) -> Result<Vec<PostVersion>, ApiError> {
    let request = wire::GetPostHistoryRequest { post_id: post_id.to_owned() };
    let answer = ask!(call, threads.get_post_history(request))?;
    let authors = members::authors(call, answer.versions.iter().flat_map(|one| mention::ids(&one.text))).await?;
    Ok(answer.versions.into_iter().map(|one| PostVersion::of_wire(one, &authors)).collect())
}

/// The newest posts of a member that the caller may read, by a known author.
pub async fn by_member(call: &Call, author: &crate::model::Author, limit: u32) -> Result<Vec<Post>, ApiError> {
    let request = wire::ListPostsByMemberRequest { member_id: author.member_id.clone(), limit };
    let answer = ask!(call, threads.list_posts_by_member(request))?;
    let others =
        members::authors(call, answer.posts.iter().flat_map(|post| post.mentioned_ids.iter().map(String::as_str)));
    let authors = others.await?.with(author.clone());
    Ok(answer.posts.into_iter().map(|post| Post::of_wire(post, &authors)).collect())
}
