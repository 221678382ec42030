//! `join`: a member comes into an open community.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use bytes::Bytes;
use kindred_ids::{CommunityId, EntityKey};
use kindred_proto::membership as proto;
use kindred_proto::membership::memberships_client::MembershipsClient;
use kindred_service_kit::caller::Role;
use prost::Message as _;

use super::{CALLERS, Contest, bare_call, member_subject, membership_subject, tenant_subject};
use crate::bench::Report;
use crate::bench::bare::{Bare, Like};
use crate::bench::floor::{self, Running};
use crate::bench::load::{Call, call};
use crate::bench::stage::{Service, Stage, channel};
use crate::bench::world::{Tokens, World, id};

/// Communities to join: with the members, as many pairs as a run can use.
const COMMUNITIES: usize = 1_024;

pub async fn run(report: &mut Report, stage: &Stage, world: &World, membership: &Service) -> anyhow::Result<()> {
    let communities: Arc<[CommunityId]> = world.communities(stage, COMMUNITIES).await?.into();
    let next = Arc::new(AtomicU64::new(0));
    let first = service(stage, world, membership, &communities, &next).await?;
    first().await.context("join once")?;
    let bare = Bare::enter(stage).await?;
    let like = Like::newest(&bare, "membership", "membership").await?;
    let floor = floor(stage, world, &communities, &like).await?;
    report.remark(&format!("join: commits of {} bytes and their headers", like.size()))?;
    for callers in CALLERS {
        let contest = Contest {
            stage,
            command: "join",
            roles: &[Role::Membership],
            service: service(stage, world, membership, &communities, &next).await?,
            floor: floor_call(stage, world, &floor, request(&communities, 0).encoded_len()).await?,
            bare: bare_call(&bare, &like),
        };
        contest.run(report, callers).await?;
    }
    Ok(())
}

/// Pairs are counted so that none comes twice: first everybody joins one community.
fn request(communities: &[CommunityId], community: usize) -> proto::JoinRequest {
    let community_id = communities[community].to_string();
    proto::JoinRequest { command_id: id(), community_id, ..Default::default() }
}

async fn service(
    stage: &Stage,
    world: &World,
    membership: &Service,
    communities: &Arc<[CommunityId]>,
    next: &Arc<AtomicU64>,
) -> anyhow::Result<Call> {
    let client = MembershipsClient::new(membership.channel().await?);
    let (tokens, communities, next) = (world.tokens(stage)?, communities.clone(), next.clone());
    let members = world.members.len() as u64;
    Ok(call(move || {
        let (mut client, tokens, communities) = (client.clone(), tokens.clone(), communities.clone());
        let pair = next.fetch_add(1, Ordering::Relaxed);
        async move {
            let community = (pair / members) as usize;
            anyhow::ensure!(community < communities.len(), "every member has joined every community");
            let answer = client.join(tokens.request(pair, request(&communities, community))).await?.into_inner();
            anyhow::ensure!(answer.state() == proto::MembershipState::Active, "a join gave no membership");
            Ok(())
        }
    }))
}

/// Tails of tenant, member, community and the membership to be; then the append.
async fn floor(stage: &Stage, world: &World, communities: &Arc<[CommunityId]>, like: &Like) -> anyhow::Result<Running> {
    let (bare, like, tenant) = (Bare::enter(stage).await?, like.clone(), world.tenant.clone());
    let (members, communities) = (Arc::<[_]>::from(world.members.clone()), communities.clone());
    let next = AtomicU64::new(0);
    let answer = proto::JoinResponse {
        receipt: Some(kindred_proto::common::Receipt {
            version: 1,
            position: "p".repeat(96),
            replayed: false,
            changed: true,
        }),
        state: proto::MembershipState::Active.into(),
    };
    floor::serve(answer.encoded_len(), move |_| {
        let number = next.fetch_add(1, Ordering::Relaxed) as usize;
        let (member, community) = (members[number % members.len()], communities[number % communities.len()]);
        let subjects = [
            tenant_subject(&tenant),
            member_subject(&tenant, member),
            EntityKey::new(tenant.clone(), "community", community).subject("membership"),
            membership_subject(&tenant, community, member),
        ];
        let (bare, like) = (bare.clone(), like.clone());
        async move {
            floor::all(&subjects, |subject| {
                let (bare, subject) = (bare.clone(), subject.clone());
                async move { bare.tail("EVT_MEMBERSHIP", &subject).await.map(drop) }
            })
            .await?;
            bare.append(&like).await
        }
    })
    .await
}

async fn floor_call(stage: &Stage, world: &World, floor: &Running, bytes: usize) -> anyhow::Result<Call> {
    caller(world.tokens(stage)?, floor, bytes).await
}

/// Calls an echo server with so many bytes, as members in turn.
pub async fn caller(tokens: Tokens, floor: &Running, bytes: usize) -> anyhow::Result<Call> {
    let (channel, bytes, next) = (channel(floor.address).await?, Bytes::from(vec![b'r'; bytes]), AtomicU64::new(0));
    Ok(call(move || {
        let call = floor::Call::by(tokens.of(next.fetch_add(1, Ordering::Relaxed)));
        call.send(channel.clone(), bytes.clone())
    }))
}
