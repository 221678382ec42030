//! `reply`: a member of a community answers in a thread of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use bytes::Bytes;
use kindred_ids::{CommunityId, EntityKey, ThreadId};
use kindred_proto::membership as standing;
use kindred_proto::posting as proto;
use kindred_proto::posting::threads_client::ThreadsClient;
use kindred_service_kit::caller::Role;
use prost::Message as _;

use super::join::caller;
use super::{CALLERS, Contest, bare_call, member_subject, membership_subject, tenant_subject};
use crate::bench::Report;
use crate::bench::bare::{Bare, Like};
use crate::bench::floor::{self, Running};
use crate::bench::load::{Call, call};
use crate::bench::stage::{Service, Stage, channel};
use crate::bench::world::{World, id, text};
use crate::bench::written::fresh;

/// Threads that are answered in turn.
const THREADS: usize = 64;

pub async fn run(report: &mut Report, stage: &Stage, world: &World, posting: &Service) -> anyhow::Result<()> {
    let community = *world.communities(stage, 1).await?.first().context("one community")?;
    world.all_join(stage, community).await?;
    let tokens = world.tokens(stage)?;
    let threads: Arc<[ThreadId]> = world.threads(&posting.channel().await?, &tokens, community, THREADS).await?.into();
    let first = service(stage, world, posting, &threads).await?;
    first().await.context("reply once")?;
    let bare = Bare::enter(stage).await?;
    let like = Like::newest(&bare, "posting", "comment").await?;
    let asked = standing_floor(stage, world, community).await?;
    let floor = floor(stage, world, &threads, &like, &asked).await?;
    report.remark(&format!("reply: commits of {} bytes and their headers", like.size()))?;
    for callers in CALLERS {
        let contest = Contest {
            stage,
            command: "reply",
            roles: &[Role::Membership, Role::Posting],
            service: service(stage, world, posting, &threads).await?,
            floor: caller(world.tokens(stage)?, &floor, request(threads[0], 0).encoded_len()).await?,
            bare: bare_call(&bare, &like),
        };
        contest.run(report, callers).await?;
    }
    Ok(())
}

fn request(thread: ThreadId, number: u64) -> proto::ReplyRequest {
    let (command_id, thread_id) = (id(), thread.to_string());
    proto::ReplyRequest { command_id, thread_id, parent_id: String::new(), text: text(number) }
}

/// Replies as members in turn.
pub async fn service(
    stage: &Stage,
    world: &World,
    posting: &Service,
    threads: &Arc<[ThreadId]>,
) -> anyhow::Result<Call> {
    let client = ThreadsClient::new(posting.channel().await?);
    let (tokens, threads, next) = (world.tokens(stage)?, threads.clone(), AtomicU64::new(0));
    Ok(call(move || {
        let (mut client, number) = (client.clone(), next.fetch_add(1, Ordering::Relaxed));
        let request = request(threads[number as usize % threads.len()], number);
        let request = tokens.request(number, request);
        async move {
            client.reply(request).await?;
            Ok(())
        }
    }))
}

/// What membership's part is: tails of tenant, member and membership.
async fn standing_floor(stage: &Stage, world: &World, community: CommunityId) -> anyhow::Result<Running> {
    let (bare, tenant) = (Bare::enter(stage).await?, world.tenant.clone());
    let (members, next) = (world.members.clone(), AtomicU64::new(0));
    let answer = standing::GetStandingResponse {
        tenant_active: true,
        member_state: standing::MemberState::Active.into(),
        membership_state: standing::MembershipState::Active.into(),
        role: standing::CommunityRole::Member.into(),
        data_key_id: vec![7; 16].into(),
    };
    floor::serve(answer.encoded_len(), move |_| {
        let member = members[next.fetch_add(1, Ordering::Relaxed) as usize % members.len()];
        let subjects =
            [tenant_subject(&tenant), member_subject(&tenant, member), membership_subject(&tenant, community, member)];
        let bare = bare.clone();
        async move {
            floor::all(&subjects, |subject| {
                let (bare, subject) = (bare.clone(), subject.clone());
                async move { bare.tail("EVT_MEMBERSHIP", &subject).await.map(drop) }
            })
            .await
        }
    })
    .await
}

/// What posting's part is: the call to membership, the tails of thread and new comment
/// beside it, and the append.
async fn floor(
    stage: &Stage,
    world: &World,
    threads: &Arc<[ThreadId]>,
    like: &Like,
    asked: &Running,
) -> anyhow::Result<Running> {
    let (bare, like, tenant) = (Bare::enter(stage).await?, like.clone(), world.tenant.clone());
    let (threads, next, membership) = (threads.clone(), AtomicU64::new(0), channel(asked.address).await?);
    let question = standing::GetStandingRequest {
        tenant: tenant.to_string(),
        member_id: fresh().simple().to_string(),
        community_id: fresh().simple().to_string(),
    };
    let question = Bytes::from(vec![b'q'; question.encoded_len()]);
    let answer = proto::ReplyResponse {
        receipt: Some(kindred_proto::common::Receipt {
            version: 1,
            position: "p".repeat(96),
            replayed: false,
            changed: true,
        }),
        comment_id: fresh().simple().to_string(),
    };
    floor::serve(answer.encoded_len(), move |call| {
        let thread = threads[next.fetch_add(1, Ordering::Relaxed) as usize % threads.len()];
        let partition = thread.0.partition();
        let subjects = [
            EntityKey::new(tenant.clone(), "thread", thread).subject("posting"),
            format!("es.posting.{partition}.{tenant}.comment.{}", fresh().simple()),
        ];
        let (bare, like, membership, question) = (bare.clone(), like.clone(), membership.clone(), question.clone());
        async move {
            let tails = floor::all(&subjects, |subject| {
                let (bare, subject) = (bare.clone(), subject.clone());
                async move { bare.tail("EVT_POSTING", &subject).await.map(drop) }
            });
            futures::try_join!(call.send(membership, question), tails)?;
            bare.append(&like).await
        }
    })
    .await
}
