//! A tenant with members and communities, made by the services' own commands.

use std::sync::Arc;

use anyhow::Context as _;
use futures::{StreamExt as _, TryStreamExt as _};
use kindred::operator::said;
use kindred_ids::{CommunityId, MemberId, TenantSlug, ThreadId};
use kindred_proto::membership as proto;
use kindred_proto::membership::communities_client::CommunitiesClient;
use kindred_proto::membership::members_client::MembersClient;
use kindred_proto::membership::memberships_client::MembershipsClient;
use kindred_proto::membership::programmes_client::ProgrammesClient;
use kindred_proto::posting::StartThreadRequest;
use kindred_proto::posting::threads_client::ThreadsClient;
use kindred_service_kit::caller::Role;
use tonic::Request;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel;

use super::stage::Stage;
use super::written::fresh;

/// Commands under way at once while the world is made.
const AT_ONCE: usize = 32;
/// The one tenant.
const TENANT: &str = "riverside";

/// People and where they meet.
pub struct World {
    /// Their tenant.
    pub tenant: TenantSlug,
    /// Everybody.
    pub members: Vec<MemberId>,
}

impl World {
    /// Makes a tenant of so many members.
    pub async fn make(stage: &Stage, members: usize) -> anyhow::Result<Self> {
        let operator = &stage.operator;
        let mut programmes = ProgrammesClient::new(operator.channel(Role::Membership)?);
        let programme =
            proto::CreateProgrammeRequest { command_id: id(), programme: "bench".to_owned(), name: "Bench".to_owned() };
        programmes.create_programme(operator.request(programme)).await.map_err(said)?;
        let tenant = proto::CreateTenantRequest {
            command_id: id(),
            programme: "bench".to_owned(),
            tenant: TENANT.to_owned(),
            name: "Riverside Hospital".to_owned(),
            hue: 168,
            open_registration: true,
        };
        programmes.create_tenant(operator.request(tenant)).await.map_err(said)?;
        let client = MembersClient::new(operator.channel(Role::Membership)?);
        let register = |number| {
            let mut client = client.clone();
            async move {
                let request = proto::RegisterRequest {
                    command_id: id(),
                    email: format!("member{number}@riverside.example"),
                    handle: format!("member-{number}"),
                    tenant: TENANT.to_owned(),
                    ..Default::default()
                };
                let answer = client.register(operator.request(request)).await.map_err(said)?;
                answer.into_inner().member_id.parse::<MemberId>().context("read a member's id")
            }
        };
        let members = futures::stream::iter(0..members).map(register).buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(Self { tenant: TENANT.parse()?, members })
    }

    /// Makes so many open communities.
    pub async fn communities(&self, stage: &Stage, count: usize) -> anyhow::Result<Vec<CommunityId>> {
        let operator = &stage.operator;
        let client = CommunitiesClient::new(operator.channel(Role::Membership)?);
        let create = |number| {
            let mut client = client.clone();
            async move {
                let request = proto::CreateCommunityRequest {
                    command_id: id(),
                    name: format!("Circle {number}"),
                    purpose: "To talk about everyday life.".to_owned(),
                    join_policy: proto::JoinPolicy::Open.into(),
                    guidelines: String::new(),
                    tenant: TENANT.to_owned(),
                };
                let answer = client.create_community(operator.request(request)).await.map_err(said)?;
                answer.into_inner().community_id.parse::<CommunityId>().context("read a community's id")
            }
        };
        futures::stream::iter(0..count).map(create).buffer_unordered(AT_ONCE).try_collect().await
    }

    /// Makes everybody a member of a community.
    pub async fn all_join(&self, stage: &Stage, community: CommunityId) -> anyhow::Result<()> {
        let operator = &stage.operator;
        let client = MembershipsClient::new(operator.channel(Role::Membership)?);
        let join = |member: &MemberId| {
            let (mut client, member_id) = (client.clone(), member.to_string());
            async move {
                let request = proto::JoinRequest {
                    command_id: id(),
                    community_id: community.to_string(),
                    note: String::new(),
                    member_id,
                    tenant: TENANT.to_owned(),
                };
                client.join(operator.request(request)).await.map_err(said).map(drop)
            }
        };
        futures::stream::iter(&self.members).map(join).buffer_unordered(AT_ONCE).try_collect().await
    }

    /// Starts so many threads in a community that everybody has joined.
    pub async fn threads(
        &self,
        channel: &Channel,
        tokens: &Tokens,
        community: CommunityId,
        count: usize,
    ) -> anyhow::Result<Vec<ThreadId>> {
        let start = |number: usize| {
            let mut client = ThreadsClient::new(channel.clone());
            async move {
                let request = StartThreadRequest {
                    command_id: id(),
                    community_id: community.to_string(),
                    title: format!("Question {number}"),
                    text: text(number as u64),
                };
                let answer = client.start_thread(tokens.request(number as u64, request)).await?;
                answer.into_inner().thread_id.parse::<ThreadId>().context("read a thread's id")
            }
        };
        futures::stream::iter(0..count).map(start).buffer_unordered(AT_ONCE).try_collect().await
    }

    /// The tokens of everybody, new.
    pub fn tokens(&self, stage: &Stage) -> anyhow::Result<Tokens> {
        let tokens: anyhow::Result<Vec<_>> =
            self.members.iter().map(|member| stage.token(&self.tenant, *member)).collect();
        Ok(Tokens(tokens?.into()))
    }
}

/// What members' calls carry.
#[derive(Clone)]
pub struct Tokens(Arc<[MetadataValue<Ascii>]>);

impl Tokens {
    /// That of the member with this number, counted round and round.
    pub fn of(&self, number: u64) -> MetadataValue<Ascii> {
        self.0[number as usize % self.0.len()].clone()
    }

    /// A request of that member.
    pub fn request<M>(&self, number: u64, message: M) -> Request<M> {
        let mut request = Request::new(message);
        request.metadata_mut().insert(kindred_service_kit::caller::metadata::CALLER, self.of(number));
        request
    }
}

/// A new command id, as clients send it.
pub fn id() -> String {
    fresh().to_string()
}

/// What people write: about 240 characters.
pub fn text(number: u64) -> String {
    format!(
        "In week {number} my doctor changed the dose, and since then I sleep better but still wake up tired. I take \
         the tablet half an hour before breakfast, as somebody here advised. Did it take you long, too, until your \
         mornings got easier?"
    )
}
