//! The four services behind the gateway, in memory, over real gRPC: enough of their rules
//! to render every page and to see what the gateway sent. Tokens are verified for real.

mod admin;
mod conversations;
mod matching;
mod membership;
mod mentoring;
mod notification;
mod posting;
mod seed;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use kindred_proto::common::Receipt;
use kindred_proto::membership::{
    CommunityRole, GetConsentResponse, JoinPolicy, MemberState, MembershipState, ProfileField, TenantRole,
};
use kindred_proto::notification::InboxItem;
use kindred_service_kit::caller::{Caller, Role, SigningKey, Subject, Trust, Verifier, metadata};
use kindred_service_kit::clock::{Clock as _, SystemClock};
use kindred_service_kit::error::ApiError;
use tokio::sync::broadcast;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

pub use seed::{id, persona, seed};

/// A call's answer.
pub type Answer<T> = Result<Response<T>, Status>;

/// Somebody.
#[derive(Debug, Clone)]
pub struct Person {
    pub tenant: String,
    pub handle: String,
    pub email: String,
    pub state: MemberState,
    pub fields: Vec<ProfileField>,
    pub roles: Vec<TenantRole>,
    pub operator: bool,
    pub consents: GetConsentResponse,
}

/// A community.
#[derive(Debug, Clone)]
pub struct Circle {
    pub tenant: String,
    pub name: String,
    pub purpose: String,
    pub guidelines: String,
    pub policy: JoinPolicy,
    pub others: u32,
}

/// A thread's first post or a reply.
#[derive(Debug, Clone)]
pub struct Written {
    pub id: String,
    pub author: String,
    pub versions: Vec<(String, i64)>,
    pub deleted: bool,
    pub parent: String,
    pub removal: String,
    pub reactions: BTreeMap<String, i32>,
}

/// A thread.
#[derive(Debug, Clone)]
pub struct Talk {
    pub community: String,
    pub title: String,
    pub posts: Vec<Written>,
}

/// What two people said to each other: id, author, words (none if taken out), when.
#[derive(Debug, Clone, Default)]
pub struct Chat {
    pub pair: [String; 2],
    pub left: BTreeSet<String>,
    pub messages: Vec<(String, String, Option<String>, i64)>,
}

/// Who asked whom to meet.
#[derive(Debug, Clone)]
pub struct Wish {
    pub from: String,
    pub to: String,
    pub note: String,
    pub state: i32,
    pub at: i64,
}

/// What a mentor offers.
#[derive(Debug, Clone)]
pub struct Offer {
    pub about: String,
    pub capacity: u32,
    pub trained: bool,
    pub paused: bool,
}

/// Everything there is.
#[derive(Debug, Default)]
pub struct World {
    pub tenants: BTreeMap<String, kindred_proto::membership::Tenant>,
    pub people: BTreeMap<String, Person>,
    pub circles: BTreeMap<String, Circle>,
    pub roster: BTreeMap<(String, String), (MembershipState, CommunityRole, String)>,
    pub talks: BTreeMap<String, Talk>,
    pub wishes: BTreeMap<String, Wish>,
    pub offers: BTreeMap<String, Offer>,
    pub pairings: BTreeMap<String, kindred_proto::matching::Pairing>,
    /// Since when members wait for a mentor.
    pub waits: BTreeMap<String, i64>,
    /// The rounds, the last one last.
    pub rounds: Vec<kindred_proto::matching::MentorRound>,
    pub chats: BTreeMap<String, Chat>,
    pub inbox: Vec<(String, InboxItem)>,
    pub preferences: BTreeMap<(String, i32, i32), bool>,
    pub blocks: BTreeSet<(String, String)>,
    pub sessions: BTreeMap<String, String>,
    pub links: BTreeMap<String, String>,
    pub erasures: BTreeMap<String, i64>,
    pub certified: BTreeSet<String>,
    /// Accepted commands: the id that they made.
    pub commands: HashMap<String, String>,
    /// How often each RPC was called.
    pub calls: HashMap<&'static str, u32>,
    /// Positions that callers wanted to see.
    pub wanted: Vec<String>,
    /// RPCs that answer with this failure, and how often still.
    pub failing: HashMap<&'static str, (ApiError, u32)>,
    /// Whether reads say that they are behind.
    pub stale: bool,
    pub sequence: u64,
}

/// The services.
#[derive(Clone)]
pub struct Fake {
    world: Arc<Mutex<World>>,
    verifier: Arc<Verifier>,
    pub changes: broadcast::Sender<()>,
}

impl Fake {
    /// The seeded services, believing the gateway's key.
    pub fn new(gateway: &SigningKey) -> Self {
        let verifier = Verifier::new(Trust::new().with(Role::Gateway, gateway.public()));
        let world = Arc::new(Mutex::new(seed(SystemClock.now().millis())));
        Self { world, verifier: Arc::new(verifier), changes: broadcast::channel(16).0 }
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no test panicked while it held the world")
    }

    /// Serves all of them on one free port.
    pub async fn serve(self) -> SocketAddr {
        let incoming = TcpIncoming::bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
        let address = incoming.local_addr().expect("bound");
        let services = tonic::transport::Server::builder()
            .add_service(membership::programmes(self.clone()))
            .add_service(membership::communities(self.clone()))
            .add_service(membership::members(self.clone()))
            .add_service(membership::memberships(self.clone()))
            .add_service(membership::blocks(self.clone()))
            .add_service(membership::sessions(self.clone()))
            .add_service(posting::threads(self.clone()))
            .add_service(conversations::conversations(self.clone()))
            .add_service(matching::matching(self.clone()))
            .add_service(mentoring::mentoring(self.clone()))
            .add_service(notification::notifications(self.clone()))
            .add_service(admin::admin(self));
        tokio::spawn(services.serve_with_incoming(incoming));
        address
    }

    /// Who calls, verified; counts the call and fails it if that was asked for.
    pub fn enter<T>(&self, rpc: &'static str, request: Request<T>) -> Result<(Who, T), Status> {
        let now = SystemClock.now();
        let text = |name| request.metadata().get(name).and_then(|value| value.to_str().ok());
        let token = text(metadata::CALLER).ok_or_else(|| Status::unauthenticated("no caller"))?;
        let caller = Caller::verify(&self.verifier, token, text(metadata::SERVICE), now)
            .map_err(|error| Status::unauthenticated(error.to_string()))?;
        let wanted = request.metadata().get_all("kindred-position").iter();
        let wanted: Vec<String> = wanted.filter_map(|value| value.to_str().ok()).map(str::to_owned).collect();
        let mut world = self.world();
        *world.calls.entry(rpc).or_default() += 1;
        world.wanted.extend(wanted);
        if let Some((error, left)) = world.failing.get_mut(rpc).filter(|(_, left)| *left > 0) {
            *left -= 1;
            return Err(error.clone().into());
        }
        drop(world);
        let who = match caller.subject() {
            Subject::Member(member) => Who { member: member.member.to_string(), tenant: member.tenant.to_string() },
            Subject::Anonymous { tenant } => {
                Who { member: String::new(), tenant: tenant.as_ref().map(ToString::to_string).unwrap_or_default() }
            }
            Subject::Service(_) | Subject::Operator { .. } => Who { member: String::new(), tenant: String::new() },
        };
        Ok((who, request.into_inner()))
    }
}

/// Who calls.
#[derive(Debug, Clone)]
pub struct Who {
    pub member: String,
    pub tenant: String,
}

impl World {
    pub fn now(&self) -> i64 {
        SystemClock.now().millis()
    }

    /// Accepts a command once; the same id again gives what it gave.
    pub fn accept(&mut self, command: &str, made: &str) -> Result<(Receipt, String), Status> {
        kindred_service_kit::input::command_id(command)?;
        let first = self.commands.get(command).cloned();
        let replayed = first.is_some();
        let made = first.unwrap_or_else(|| made.to_owned());
        self.commands.insert(command.to_owned(), made.clone());
        self.sequence += 1;
        let position = format!("kpt1.fake{}.signed", self.sequence);
        Ok((Receipt { version: self.sequence, position, replayed, changed: !replayed }, made))
    }

    /// Whether a command was accepted before.
    pub fn known(&self, command: &str) -> bool {
        self.commands.contains_key(command)
    }

    pub fn role(&self, community: &str, member: &str) -> Option<CommunityRole> {
        let (state, role, _) = self.roster.get(&(community.to_owned(), member.to_owned()))?;
        (*state == MembershipState::Active).then_some(*role)
    }

    /// Needs membership of a community.
    pub fn inside(&self, community: &str, who: &Who) -> Result<CommunityRole, Status> {
        let circle = self.circles.get(community).filter(|circle| circle.tenant == who.tenant);
        circle.ok_or_else(|| Status::from(ApiError::not_found("COMMUNITY_UNKNOWN", "no such community")))?;
        self.role(community, &who.member)
            .ok_or_else(|| ApiError::denied("NOT_A_MEMBER", "only members of this community may do this").into())
    }

    pub fn person(&self, member: &str, who: &Who) -> Result<&Person, Status> {
        let person = self.people.get(member).filter(|person| person.tenant == who.tenant);
        person.ok_or_else(|| ApiError::not_found("MEMBER_UNKNOWN", "no such member").into())
    }
}

/// A part of a list by a cursor that counts.
pub fn part<T>(all: Vec<T>, page: Option<kindred_proto::common::Page>) -> Result<(Vec<T>, String), Status> {
    let page = page.unwrap_or_default();
    let size = if page.size == 0 { 20 } else { page.size as usize };
    let start = match page.cursor.as_str() {
        "" => 0,
        text => text
            .parse::<usize>()
            .map_err(|_| Status::from(ApiError::invalid("cursor", "CURSOR_MALFORMED", "`cursor` is malformed")))?,
    };
    let next = if all.len() > start + size { (start + size).to_string() } else { String::new() };
    Ok((all.into_iter().skip(start).take(size).collect(), next))
}
