//! What people write.

use kindred_proto::posting::threads_server::{Threads, ThreadsServer};
use kindred_proto::posting::*;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input;
use tonic::{Request, Response, Status};

use super::{Answer, Fake, Talk, Who, World, Written, id, part};

pub fn threads(fake: Fake) -> ThreadsServer<Fake> {
    ThreadsServer::new(fake)
}

fn unknown() -> Status {
    ApiError::not_found("POST_UNKNOWN", "no such post").into()
}

fn post(world: &World, key: &str, talk: &Talk, one: &Written, who: &Who) -> Post {
    let erased = world.people[&one.author].state == kindred_proto::membership::MemberState::Erased;
    let text = if one.deleted || erased { String::new() } else { one.versions.last().expect("a version").0.clone() };
    let mentioned_ids = kindred_gateway::text::mention::ids(&text).map(str::to_owned).collect();
    let counts = [1, 2, 3].map(|kind| (kind, one.reactions.values().filter(|other| **other == kind).count() as u32));
    Post {
        post_id: one.id.clone(),
        author_id: one.author.clone(),
        mentioned_ids,
        text,
        written_at: one.versions[0].1,
        edited_at: if one.versions.len() > 1 { one.versions.last().expect("a version").1 } else { 0 },
        deleted: one.deleted,
        author_erased: erased,
        parent_id: one.parent.clone(),
        reactions: counts
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(reaction, count)| ReactionCount { reaction, count })
            .collect(),
        your_reaction: one.reactions.get(&who.member).copied().unwrap_or(0),
        thread_id: key.to_owned(),
        community_id: talk.community.clone(),
        removal_reason: if one.deleted { one.removal.clone() } else { String::new() },
        thread_title: talk.title.clone(),
    }
}

impl Fake {
    fn change<T>(
        &self,
        world: &mut World,
        post_id: &str,
        change: impl FnOnce(&mut Talk, usize) -> T,
    ) -> Result<T, Status> {
        let found = world
            .talks
            .values_mut()
            .find_map(|talk| talk.posts.iter().position(|one| one.id == post_id).map(|index| (talk, index)));
        found.map(|(talk, index)| change(talk, index)).ok_or_else(unknown)
    }
}

#[tonic::async_trait]
impl Threads for Fake {
    async fn start_thread(&self, request: Request<StartThreadRequest>) -> Answer<StartThreadResponse> {
        let (who, ask) = self.enter("StartThread", request)?;
        input::bounded_line("title", &ask.title, 160)?;
        input::bounded_text("text", &ask.text, 20_000)?;
        let mut world = self.world();
        world.inside(&ask.community_id, &who)?;
        let made = id(0x70, 100 + world.talks.len() as u32);
        let again = world.known(&ask.command_id);
        let (receipt, thread_id) = world.accept(&ask.command_id, &made)?;
        if !again {
            let first = written(&thread_id, &who.member, &kept(&world, &ask.text), world.now());
            world
                .talks
                .insert(thread_id.clone(), Talk { community: ask.community_id, title: ask.title, posts: vec![first] });
        }
        Ok(Response::new(StartThreadResponse { receipt: Some(receipt), thread_id }))
    }

    async fn reply(&self, request: Request<ReplyRequest>) -> Answer<ReplyResponse> {
        let (who, ask) = self.enter("Reply", request)?;
        input::bounded_text("text", &ask.text, 20_000)?;
        let mut world = self.world();
        let community = world.talks.get(&ask.thread_id).ok_or_else(unknown)?.community.clone();
        world.inside(&community, &who)?;
        let made = id(0x71, 5_000 + world.commands.len() as u32);
        let again = world.known(&ask.command_id);
        let (receipt, comment_id) = world.accept(&ask.command_id, &made)?;
        if !again {
            let mut reply = written(&comment_id, &who.member, &kept(&world, &ask.text), world.now());
            reply.parent = ask.parent_id;
            world.talks.get_mut(&ask.thread_id).expect("looked at above").posts.push(reply);
        }
        Ok(Response::new(ReplyResponse { receipt: Some(receipt), comment_id }))
    }

    async fn edit_post(&self, request: Request<EditPostRequest>) -> Answer<EditPostResponse> {
        let (who, ask) = self.enter("EditPost", request)?;
        input::bounded_text("text", &ask.text, 20_000)?;
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        let (now, text) = (world.now(), kept(&world, &ask.text));
        self.change(&mut world, &ask.post_id, |talk, index| {
            if talk.posts[index].author != who.member {
                return Err(ApiError::denied("NOT_YOURS", "only its author may change a post"));
            }
            talk.posts[index].versions.push((text, now));
            if index == 0 && !ask.title.is_empty() {
                talk.title = ask.title;
            }
            Ok(())
        })??;
        Ok(Response::new(EditPostResponse { receipt: Some(receipt) }))
    }

    async fn delete_post(&self, request: Request<DeletePostRequest>) -> Answer<DeletePostResponse> {
        let (_, ask) = self.enter("DeletePost", request)?;
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        self.change(&mut world, &ask.post_id, |talk, index| {
            talk.posts[index].deleted = true;
            talk.posts[index].removal = ask.reason;
        })?;
        Ok(Response::new(DeletePostResponse { receipt: Some(receipt) }))
    }

    async fn react(&self, request: Request<ReactRequest>) -> Answer<ReactResponse> {
        let (who, ask) = self.enter("React", request)?;
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        self.change(&mut world, &ask.post_id, |talk, index| match ask.reaction {
            0 => talk.posts[index].reactions.remove(&who.member),
            kind => talk.posts[index].reactions.insert(who.member.clone(), kind),
        })?;
        Ok(Response::new(ReactResponse { receipt: Some(receipt) }))
    }

    async fn list_threads(&self, request: Request<ListThreadsRequest>) -> Answer<ListThreadsResponse> {
        let (who, ask) = self.enter("ListThreads", request)?;
        let world = self.world();
        world.inside(&ask.community_id, &who)?;
        let own = world.talks.iter().filter(|(_, talk)| talk.community == ask.community_id);
        let mut all: Vec<ThreadSummary> = own.map(|(key, talk)| summary(key, talk)).collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.last_activity_at));
        let (threads, next_cursor) = part(all, ask.page)?;
        Ok(Response::new(ListThreadsResponse { threads, next_cursor, stale: world.stale }))
    }

    async fn get_thread(&self, request: Request<GetThreadRequest>) -> Answer<GetThreadResponse> {
        let (who, ask) = self.enter("GetThread", request)?;
        let world = self.world();
        let unknown = || Status::from(ApiError::not_found("THREAD_UNKNOWN", "no such thread"));
        let talk = world.talks.get(&ask.thread_id).ok_or_else(unknown)?;
        world.inside(&talk.community, &who)?;
        let all: Vec<Post> = talk.posts[1..].iter().map(|one| post(&world, &ask.thread_id, talk, one, &who)).collect();
        let (replies, next_cursor) = part(all, ask.page)?;
        Ok(Response::new(GetThreadResponse {
            thread: Some(post(&world, &ask.thread_id, talk, &talk.posts[0], &who)),
            title: talk.title.clone(),
            community_id: talk.community.clone(),
            replies,
            next_cursor,
            stale: world.stale,
            reply_count: talk.posts.len() as u32 - 1,
        }))
    }

    async fn get_post_history(&self, request: Request<GetPostHistoryRequest>) -> Answer<GetPostHistoryResponse> {
        let (_, ask) = self.enter("GetPostHistory", request)?;
        let mut world = self.world();
        let versions = self.change(&mut world, &ask.post_id, |talk, index| {
            let one = &talk.posts[index];
            if one.deleted { vec![] } else { one.versions.clone() }
        })?;
        let versions = versions.into_iter().map(|(text, at)| PostVersion { text, at, title: String::new() }).collect();
        Ok(Response::new(GetPostHistoryResponse { versions }))
    }

    async fn list_posts_by_member(
        &self,
        request: Request<ListPostsByMemberRequest>,
    ) -> Answer<ListPostsByMemberResponse> {
        let (who, ask) = self.enter("ListPostsByMember", request)?;
        let world = self.world();
        let readable = world.talks.iter().filter(|(_, talk)| world.role(&talk.community, &who.member).is_some());
        let posts = readable.flat_map(|(key, talk)| talk.posts.iter().map(move |one| (key, talk, one)));
        let own = posts.filter(|(_, _, one)| one.author == ask.member_id && !one.deleted);
        let posts = own.take(ask.limit as usize).map(|(key, talk, one)| post(&world, key, talk, one, &who)).collect();
        Ok(Response::new(ListPostsByMemberResponse { posts }))
    }

    /// Whatever shares a word of the title.
    async fn find_similar(&self, request: Request<FindSimilarRequest>) -> Answer<FindSimilarResponse> {
        let (who, ask) = self.enter("FindSimilar", request)?;
        input::optional_text("text", &ask.text, 20_000)?;
        let world = self.world();
        world.inside(&ask.community_id, &who)?;
        let asked = ask.title.to_lowercase();
        let shares = |title: &str| title.to_lowercase().split(' ').any(|word| asked.split(' ').any(|one| one == word));
        let own = world.talks.iter().filter(|(_, talk)| talk.community == ask.community_id && shares(&talk.title));
        let threads = own.map(|(key, talk)| summary(key, talk)).take(ask.limit as usize).collect();
        Ok(Response::new(FindSimilarResponse { threads, stale: world.stale }))
    }

    async fn compare_writing(&self, _: Request<CompareWritingRequest>) -> Answer<CompareWritingResponse> {
        Err(Status::unimplemented("only matching asks for this"))
    }
}

/// How a thread is listed.
fn summary(key: &str, talk: &Talk) -> ThreadSummary {
    ThreadSummary {
        thread_id: key.to_owned(),
        community_id: talk.community.clone(),
        title: talk.title.clone(),
        author_id: talk.posts[0].author.clone(),
        started_at: talk.posts[0].versions[0].1,
        last_activity_at: talk.posts.iter().map(|one| one.versions[0].1).max().unwrap_or(0),
        replies: talk.posts.len() as u32 - 1,
    }
}

/// `@handle` becomes `@{member id}`, as the service keeps it.
fn kept(world: &World, text: &str) -> String {
    let people = world.people.iter().filter(|(_, person)| !person.handle.is_empty());
    people.fold(text.to_owned(), |text, (key, person)| {
        text.replace(&format!("@{}", person.handle), &format!("@{{{key}}}"))
    })
}

pub fn written(id: &str, author: &str, text: &str, at: i64) -> Written {
    Written {
        id: id.to_owned(),
        author: author.to_owned(),
        versions: vec![(text.to_owned(), at)],
        deleted: false,
        parent: String::new(),
        removal: String::new(),
        reactions: std::collections::BTreeMap::new(),
    }
}
