//! Three tenants with people in them, and what has come to be while they used it.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::Context as _;
use kindred::operator::{Operator, said};
use kindred_ids::{CommandId, MemberId, SessionId, TenantSlug, derive_owned_id};
use kindred_proto::membership as proto;
use kindred_proto::membership::communities_client::CommunitiesClient;
use kindred_proto::membership::members_client::MembersClient;
use kindred_proto::membership::memberships_client::MembershipsClient;
use kindred_proto::membership::programmes_client::ProgrammesClient;
use kindred_proto::membership::sessions_client::SessionsClient;
use kindred_service_kit::caller::Role;
use kindred_testkit::Seed;

use super::platform::Platform;

const TENANTS: [&str; 3] = ["alder", "birch", "cedar"];
/// The one whose people are split among the replicas of matching.
pub const SPLIT: &str = TENANTS[1];
/// People of each tenant at the start; more register later.
const PEOPLE: usize = 8;
/// How many things of a kind are remembered, the newest.
const REMEMBERED: usize = 300;

/// Somebody who uses the platform.
#[derive(Debug)]
pub struct Person {
    /// Whose member.
    pub tenant: TenantSlug,
    /// Who.
    pub member: MemberId,
    /// The session that calls over gRPC belong to.
    pub session: SessionId,
    /// For calls over HTTP; empty for whoever registered later.
    pub token: String,
    /// Whether they are in the community where everybody talks.
    talks: std::sync::atomic::AtomicBool,
}

impl Person {
    /// Somebody new.
    pub fn new(tenant: TenantSlug, member: MemberId, token: String, talks: bool) -> Self {
        let id = derive_owned_id(
            tenant.as_str(),
            "faults",
            CommandId::derived(&[member.0.as_bytes()]),
            "session",
            0,
            member.0,
        );
        Self { tenant, member, session: SessionId(id), token, talks: talks.into() }
    }

    /// Whether they are where everybody talks.
    pub fn talks(&self) -> bool {
        self.talks.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// They have joined.
    pub fn joined(&self) {
        self.talks.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

/// A thread or a reply that stands somewhere.
#[derive(Debug, Clone)]
pub struct Post {
    /// Which.
    pub id: String,
    /// Whose.
    pub author: MemberId,
    /// Whether it began a thread.
    pub is_thread: bool,
}

/// A question to meet.
#[derive(Debug, Clone)]
pub struct Introduction {
    /// Which.
    pub id: String,
    /// Who asked.
    pub from: MemberId,
    /// Who was asked.
    pub to: MemberId,
}

/// The newest of a kind, for whoever wants to do something with one.
#[derive(Debug)]
pub struct Pool<T>(RwLock<VecDeque<T>>);

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<T: Clone> Pool<T> {
    /// Takes one in.
    pub fn add(&self, one: T) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.pop_front();
        }
        all.push_back(one);
    }

    /// One of them that fits.
    pub fn pick(&self, seed: &mut Seed, fits: impl Fn(&T) -> bool) -> Option<T> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let fitting: Vec<&T> = all.iter().filter(|one| fits(one)).collect();
        if fitting.is_empty() { None } else { Some(fitting[seed.below(fitting.len() as u64) as usize].clone()) }
    }

    /// All of them.
    pub fn all(&self) -> Vec<T> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// A tenant and what is in it.
#[derive(Debug)]
pub struct Tenant {
    /// Its name.
    pub slug: TenantSlug,
    /// Where everybody talks.
    pub talk: String,
    /// Where people come and go.
    pub side: String,
    /// Its people.
    pub people: Pool<Arc<Person>>,
    /// Threads.
    pub threads: Pool<Post>,
    /// Threads and replies.
    pub posts: Pool<Post>,
    /// Introductions.
    pub introductions: Pool<Introduction>,
}

/// All tenants.
#[derive(Debug)]
pub struct World {
    /// Three.
    pub tenants: Vec<Tenant>,
}

impl World {
    /// Makes tenants, communities and people.
    pub async fn make(platform: &Platform, seed: &mut Seed) -> anyhow::Result<Self> {
        let maker = Maker { operator: platform.operator()?, run: seed.next() };
        maker.programme().await?;
        let mut tenants = Vec::new();
        for name in TENANTS {
            tenants.push(maker.tenant(name).await.with_context(|| format!("make tenant `{name}`"))?);
        }
        Ok(Self { tenants })
    }

    /// How many people there are.
    pub fn people(&self) -> usize {
        self.tenants.iter().map(|tenant| tenant.people.all().len()).sum()
    }
}

struct Maker {
    operator: Operator,
    run: u64,
}

impl Maker {
    /// The id of the command that makes something.
    fn command(&self, what: &[&str]) -> String {
        let run = self.run.to_be_bytes();
        let parts: Vec<&[u8]> =
            std::iter::once(run.as_slice()).chain(what.iter().map(|part| part.as_bytes())).collect();
        CommandId::derived(&parts).to_string()
    }

    async fn programme(&self) -> anyhow::Result<()> {
        let mut programmes = ProgrammesClient::new(self.operator.channel(Role::Membership)?);
        let (command_id, programme) = (self.command(&["programme"]), "grove".to_owned());
        let request = proto::CreateProgrammeRequest { command_id, programme, name: "Grove".to_owned() };
        programmes.create_programme(self.operator.request(request)).await.map_err(said)?;
        Ok(())
    }

    async fn tenant(&self, name: &str) -> anyhow::Result<Tenant> {
        let mut programmes = ProgrammesClient::new(self.operator.channel(Role::Membership)?);
        let request = proto::CreateTenantRequest {
            command_id: self.command(&["tenant", name]),
            programme: "grove".to_owned(),
            tenant: name.to_owned(),
            name: name.to_owned(),
            hue: 100,
            open_registration: true,
        };
        programmes.create_tenant(self.operator.request(request)).await.map_err(said)?;
        let (talk, side) = (self.community(name, "Talk").await?, self.community(name, "Side").await?);
        let people = Pool::default();
        for number in 0..PEOPLE {
            people.add(Arc::new(self.person(name, &talk, number).await?));
        }
        let (threads, posts, introductions) = (Pool::default(), Pool::default(), Pool::default());
        Ok(Tenant { slug: name.parse()?, talk, side, people, threads, posts, introductions })
    }

    async fn community(&self, tenant: &str, name: &str) -> anyhow::Result<String> {
        let mut communities = CommunitiesClient::new(self.operator.channel(Role::Membership)?);
        let request = proto::CreateCommunityRequest {
            command_id: self.command(&["community", tenant, name]),
            name: name.to_owned(),
            purpose: "To be used".to_owned(),
            join_policy: proto::JoinPolicy::Open.into(),
            guidelines: String::new(),
            tenant: tenant.to_owned(),
        };
        let made = communities.create_community(self.operator.request(request)).await.map_err(said)?;
        Ok(made.into_inner().community_id)
    }

    async fn person(&self, tenant: &str, talk: &str, number: usize) -> anyhow::Result<Person> {
        let channel = self.operator.channel(Role::Membership)?;
        let (number, none) = (number.to_string(), String::new);
        let mut members = MembersClient::new(channel.clone());
        let register = proto::RegisterRequest {
            command_id: self.command(&["person", tenant, &number]),
            email: format!("first.{number}@{tenant}.example"),
            handle: format!("first-{number}"),
            name: none(),
            tenant: tenant.to_owned(),
            roles: Vec::new(),
        };
        let member_id = members.register(self.operator.request(register)).await.map_err(said)?.into_inner().member_id;
        let consent = proto::SetConsentRequest {
            command_id: self.command(&["consent", tenant, &number]),
            agrees: true,
            purpose: proto::ConsentPurpose::Matching.into(),
            member_id: member_id.clone(),
            tenant: tenant.to_owned(),
        };
        members.set_consent(self.operator.request(consent)).await.map_err(said)?;
        let join = proto::JoinRequest {
            command_id: self.command(&["join", tenant, &number]),
            community_id: talk.to_owned(),
            note: none(),
            member_id: member_id.clone(),
            tenant: tenant.to_owned(),
        };
        MembershipsClient::new(channel.clone()).join(self.operator.request(join)).await.map_err(said)?;
        let open = proto::OpenSessionRequest {
            command_id: self.command(&["session", tenant, &number]),
            tenant: tenant.to_owned(),
            member_id: member_id.clone(),
            as_link: false,
        };
        let session = SessionsClient::new(channel).open_session(self.operator.request(open)).await.map_err(said)?;
        Ok(Person::new(tenant.parse()?, member_id.parse()?, session.into_inner().token, true))
    }
}

/// Contexts in which something can be done, in the order in which they are asked.
pub const CONTEXTS: [&str; 4] = ["membership", "posting", "matching", "notification"];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use kindred_service_kit::placement::Placement;

    use super::*;

    #[test]
    fn each_replica_of_matching_holds_a_tenant() {
        let whole = TENANTS.into_iter().filter(|name| *name != SPLIT);
        let holders = whole.map(|name| Placement::new(2, 1).holders(&name.parse().expect("a slug")));
        assert_eq!(holders.flatten().collect::<BTreeSet<_>>().len(), 2);
    }
}
