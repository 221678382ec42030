//! People like the caller: matches with names, shared communities and sample posts.

use std::collections::HashMap;

use futures::stream::{self, StreamExt as _};
use kindred_proto::matching as wire;
use kindred_service_kit::error::ApiError;

use super::{Part, communities, members, threads};
use crate::backends::{Call, ask};
use crate::model::{Community, Match, Member, People, Post};

/// How many of the matches are shown with posts.
const SAMPLED: usize = 10;
/// Posts each.
const SAMPLES: u32 = 2;
/// Calls for posts at once.
const AT_ONCE: usize = 5;

/// Ranked people with reasons. Names, communities and posts are fetched at once; posts
/// are left out where they cannot be had.
pub async fn find(call: &Call, limit: u32) -> Result<People, ApiError> {
    let all_communities = Part::first(100);
    let (found, consents, communities) = tokio::try_join!(
        async { ask!(call, matching.find_people(wire::FindPeopleRequest { limit })) },
        members::consents(call),
        communities::list(call, &all_communities),
    )?;
    let members = members::many(call, found.matches.iter().map(|one| one.member_id.as_str())).await?;
    let members: HashMap<&str, &Member> = members.iter().map(|one| (one.member_id.as_str(), one)).collect();
    let known: Vec<(wire::Match, Member)> = found
        .matches
        .into_iter()
        .filter_map(|one| members.get(one.member_id.as_str()).map(|member| (one, (*member).clone())))
        .collect();
    let posts = samples(call, known.iter().take(SAMPLED).map(|(_, member)| member)).await;
    let matches = known.into_iter().map(|(one, member)| compose(one, member, &communities.items, &posts)).collect();
    Ok(People {
        matches,
        advice: found.advice,
        language: found.language,
        matching: consents.matching,
        stale: found.stale,
    })
}

fn compose(found: wire::Match, member: Member, communities: &[Community], posts: &HashMap<String, Vec<Post>>) -> Match {
    let shared = communities.iter().filter(|one| found.community_ids.contains(&one.community_id));
    Match {
        score: found.score,
        reasons: Match::reasons_of_wire(found.reasons),
        communities: shared.cloned().collect(),
        sample_posts: posts.get(&member.member_id).cloned().unwrap_or_default(),
        member,
    }
}

async fn samples<'a>(call: &Call, members: impl Iterator<Item = &'a Member>) -> HashMap<String, Vec<Post>> {
    let authors: Vec<_> = members.map(Member::author).collect();
    stream::iter(authors)
        .map(|author| async move {
            let posts = threads::by_member(call, &author, SAMPLES).await.unwrap_or_default();
            (author.member_id, posts.into_iter().filter(Post::readable).collect())
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await
}
