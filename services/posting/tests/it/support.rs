//! A tenant with people and communities, and posting for them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;
use kindred_eventsourcing::{EventStore, Executor, KeyId, MemoryStore, Timestamp};
use kindred_ids::{CommandId, CommunityId, ConversationId, EntityId, MemberId, MessageId, SessionId, TenantSlug};
use kindred_ids::{ThreadId, derive_root_id};
use kindred_posting::application::{
    Acquaintances, Application, Change, CommunityRole, Membership, NewMessage, NewReply, NewThread, Removal, Standing,
};
use kindred_posting::domain::ReactionKind;
use kindred_service_kit::caller::{Caller, Issuer, MemberClaims, Role, SigningKey, Trust, Verifier};
use kindred_service_kit::clock::{Clock as _, FixedClock};
use kindred_service_kit::error::ApiError;
use kindred_vault::{CacheSettings, CachedKeys, Keeper as _, KeyRing, MemoryVault};

pub mod database;
pub mod members;
pub mod model;

pub type Receipt = kindred_eventsourcing::Receipt;

/// Somebody with a session.
#[derive(Clone)]
pub struct Person {
    pub id: MemberId,
    pub tenant: TenantSlug,
    pub key: KeyId,
    pub claims: MemberClaims,
    pub caller: Caller,
}

/// Membership as a test wants it to answer.
#[derive(Default)]
pub struct FakeMembership {
    standings: Mutex<HashMap<(TenantSlug, MemberId, CommunityId), Standing>>,
    refusals: Mutex<HashMap<MemberId, ApiError>>,
    handles: Mutex<HashMap<String, MemberId>>,
    keys: Mutex<HashMap<MemberId, KeyId>>,
    blocks: Mutex<HashSet<(MemberId, MemberId)>>,
    pub asked_for_standing: AtomicUsize,
    pub asked_for_handles: AtomicUsize,
}

impl Membership for FakeMembership {
    fn standing<'a>(&'a self, caller: &'a Caller, community: CommunityId) -> BoxFuture<'a, Result<Standing, ApiError>> {
        Box::pin(async move {
            self.asked_for_standing.fetch_add(1, Ordering::SeqCst);
            let member = caller.member()?;
            if let Some(refusal) = self.refusals.lock().unwrap().get(&member.member) {
                return Err(refusal.clone());
            }
            let standing = self.standing_of(&member.tenant, member.member, community);
            standing.ok_or_else(|| ApiError::denied("NOT_A_MEMBER", "you do not belong to this community"))
        })
    }

    fn presence<'a>(&'a self, _caller: &'a Caller, member: MemberId) -> BoxFuture<'a, Result<KeyId, ApiError>> {
        Box::pin(async move {
            if let Some(refusal) = self.refusals.lock().unwrap().get(&member) {
                return Err(refusal.clone());
            }
            self.key_of(member).ok_or_else(|| ApiError::denied("MEMBER_UNKNOWN", "there is no such member"))
        })
    }

    fn are_apart<'a>(
        &'a self,
        _caller: &'a Caller,
        one: MemberId,
        other: MemberId,
    ) -> BoxFuture<'a, Result<bool, ApiError>> {
        Box::pin(async move { Ok(self.blocked(one, other)) })
    }

    fn resolve<'a>(
        &'a self,
        _caller: &'a Caller,
        handles: Vec<String>,
    ) -> BoxFuture<'a, Result<HashMap<String, MemberId>, ApiError>> {
        Box::pin(async move {
            self.asked_for_handles.fetch_add(1, Ordering::SeqCst);
            Ok(handles.into_iter().filter_map(|handle| Some((handle.clone(), self.member_of(&handle)?))).collect())
        })
    }
}

impl FakeMembership {
    pub fn standing_of(&self, tenant: &TenantSlug, member: MemberId, community: CommunityId) -> Option<Standing> {
        self.standings.lock().unwrap().get(&(tenant.clone(), member, community)).copied()
    }

    pub fn member_of(&self, handle: &str) -> Option<MemberId> {
        self.handles.lock().unwrap().get(handle).copied()
    }

    pub fn key_of(&self, member: MemberId) -> Option<KeyId> {
        self.keys.lock().unwrap().get(&member).copied()
    }

    pub fn blocked(&self, one: MemberId, other: MemberId) -> bool {
        let blocks = self.blocks.lock().unwrap();
        blocks.contains(&(one, other)) || blocks.contains(&(other, one))
    }

    pub fn block(&self, member: MemberId, blocked: MemberId) {
        self.blocks.lock().unwrap().insert((member, blocked));
    }

    pub fn unblock(&self, member: MemberId, blocked: MemberId) {
        self.blocks.lock().unwrap().remove(&(member, blocked));
    }

    /// From now on this member is told `reason` wherever they go.
    pub fn refuse(&self, member: MemberId, reason: &'static str) {
        self.refusals.lock().unwrap().insert(member, ApiError::denied(reason, "no"));
    }
}

/// Matching as a test wants it to answer.
#[derive(Default)]
pub struct FakeMatching(Mutex<HashSet<(MemberId, MemberId)>>);

impl FakeMatching {
    pub fn are_introduced(&self, one: MemberId, other: MemberId) -> bool {
        let pairs = self.0.lock().unwrap();
        pairs.contains(&(one, other)) || pairs.contains(&(other, one))
    }
}

impl Acquaintances for FakeMatching {
    fn are_acquainted<'a>(
        &'a self,
        _caller: &'a Caller,
        one: MemberId,
        other: MemberId,
    ) -> BoxFuture<'a, Result<bool, ApiError>> {
        Box::pin(async move { Ok(self.are_introduced(one, other)) })
    }
}

/// One running posting, without its read side.
pub struct Town {
    pub store: MemoryStore,
    pub vault: MemoryVault,
    pub keys: Arc<dyn KeyRing>,
    pub membership: Arc<FakeMembership>,
    pub matching: Arc<FakeMatching>,
    pub clock: Arc<FixedClock>,
    pub application: Application<MemoryStore>,
    issuer: Issuer,
    verifier: Verifier,
    commands: AtomicUsize,
}

pub const START: Timestamp = Timestamp::from_millis(1_790_000_000_000);

impl Town {
    pub fn new() -> Self {
        let clock = Arc::new(FixedClock::new(START));
        let (key, _) = SigningKey::generate().unwrap();
        let trust = Trust::new().with(Role::Gateway, key.public());
        let store = MemoryStore::new("posting");
        let vault = MemoryVault::new();
        let keys: Arc<dyn KeyRing> = Arc::new(CachedKeys::try_new(vault.clone(), CacheSettings::default()).unwrap());
        let (membership, matching) = (Arc::new(FakeMembership::default()), Arc::new(FakeMatching::default()));
        let issuer = Issuer::new(Role::Gateway, key, clock.clone());
        let verifier = Verifier::new(trust);
        let executor = Executor::new(store.clone(), 1_000);
        let (members, acquaintances) = (membership.clone(), matching.clone());
        let application = Application::new(executor, keys.clone(), members, acquaintances, clock.clone(), 1_000);
        let commands = AtomicUsize::new(0);
        Self { store, vault, keys, membership, matching, clock, application, issuer, verifier, commands }
    }

    /// The same posting after a restart: nothing is remembered but the log.
    pub fn restarted(&self) -> Application<MemoryStore> {
        self.over(self.store.clone())
    }

    /// The same posting over another way to the log.
    pub fn over<S: EventStore>(&self, store: S) -> Application<S> {
        let (membership, matching) = (self.membership.clone(), self.matching.clone());
        let executor = Executor::new(store, 1_000);
        Application::new(executor, self.keys.clone(), membership, matching, self.clock.clone(), 1_000)
    }

    /// An id that no command had before.
    pub fn command(&self) -> CommandId {
        let number = self.commands.fetch_add(1, Ordering::SeqCst) as u64;
        self.clock.advance_millis(1_000);
        CommandId::derived(&[&number.to_be_bytes()])
    }

    pub fn community(&self, tenant: &str, name: &str) -> CommunityId {
        let command = CommandId::derived(&[name.as_bytes()]);
        CommunityId(derive_root_id(tenant, "anonymous", command, "community", 0))
    }

    /// A member of a tenant with a session and a data key, in no community yet.
    pub async fn person(&self, tenant: &str, handle: &str) -> Person {
        let tenant: TenantSlug = tenant.parse().unwrap();
        let root = |category| derive_root_id(tenant.as_str(), handle, self.command(), category, 0);
        let (id, session) = (MemberId(root("member")), SessionId(root("session")));
        let key = self.vault.create_data_key(&tenant, id, START).await.unwrap();
        let claims = MemberClaims {
            tenant: tenant.clone(),
            member: id,
            session,
            roles: BTreeSet::new(),
            authenticated_at: self.clock.now(),
        };
        let token = self.issuer.member(&claims, &BTreeSet::new(), Duration::from_secs(300));
        let caller = Caller::verify(&self.verifier, token.as_str(), None, self.clock.now()).unwrap();
        self.membership.handles.lock().unwrap().insert(handle.to_owned(), id);
        self.membership.keys.lock().unwrap().insert(id, key);
        Person { id, tenant, key, claims, caller }
    }

    /// Somebody who belongs to a community of their tenant.
    pub async fn member(&self, community: CommunityId, handle: &str) -> Person {
        let person = self.person("riverside", handle).await;
        self.join(&person, community, CommunityRole::Member);
        person
    }

    pub fn join(&self, person: &Person, community: CommunityId, role: CommunityRole) {
        let key = (person.tenant.clone(), person.id, community);
        self.membership.standings.lock().unwrap().insert(key, Standing { role, key: person.key });
    }

    pub fn leave(&self, person: &Person, community: CommunityId) {
        self.membership.standings.lock().unwrap().remove(&(person.tenant.clone(), person.id, community));
    }

    pub async fn start(&self, by: &Person, community: CommunityId, title: &str, text: &str) -> (Receipt, ThreadId) {
        let new = NewThread::read(self.command(), community, title, text).unwrap();
        self.application.start_thread(&by.caller, &new).await.unwrap()
    }

    pub async fn reply(&self, by: &Person, thread: ThreadId, text: &str) -> (Receipt, EntityId) {
        let (receipt, comment) = self.try_reply(by, thread, text).await.unwrap();
        (receipt, comment)
    }

    pub async fn try_reply(&self, by: &Person, thread: ThreadId, text: &str) -> Result<(Receipt, EntityId), ApiError> {
        let new = NewReply::read(self.command(), thread, None, text)?;
        let (receipt, comment) = self.application.reply(&by.caller, &new).await?;
        Ok((receipt, comment.0))
    }

    pub async fn edit(&self, by: &Person, post: EntityId, text: &str) -> Result<Receipt, ApiError> {
        self.application.edit_post(&by.caller, &Change::read(self.command(), post, text, "")?).await
    }

    pub async fn delete(&self, by: &Person, post: EntityId, reason: &str) -> Result<Receipt, ApiError> {
        self.application.delete_post(&by.caller, &Removal::read(self.command(), post, reason)?).await
    }

    pub async fn react(
        &self,
        by: &Person,
        post: EntityId,
        reaction: Option<ReactionKind>,
    ) -> Result<Receipt, ApiError> {
        self.application.react(&by.caller, self.command(), post, reaction).await
    }

    /// One asked to meet the other, and they said yes.
    pub fn introduce(&self, one: &Person, other: &Person) {
        self.matching.0.lock().unwrap().insert((one.id, other.id));
    }

    pub async fn open(&self, by: &Person, with: &Person) -> Result<(Receipt, ConversationId), ApiError> {
        self.application.open_conversation(&by.caller, self.command(), with.id).await
    }

    /// Two people of a tenant who talk to each other.
    pub async fn pair(&self) -> (Person, Person, ConversationId) {
        let (ann, ben) = (self.person("riverside", "ann").await, self.person("riverside", "ben").await);
        self.introduce(&ann, &ben);
        let (_, conversation) = self.open(&ann, &ben).await.unwrap();
        (ann, ben, conversation)
    }

    pub async fn say(
        &self,
        by: &Person,
        conversation: ConversationId,
        text: &str,
    ) -> Result<(Receipt, MessageId), ApiError> {
        let new = NewMessage::read(self.command(), conversation, text)?;
        self.application.write_message(&by.caller, &new).await
    }

    pub async fn take_out(&self, by: &Person, message: MessageId) -> Result<Receipt, ApiError> {
        self.application.delete_message(&by.caller, self.command(), message).await
    }

    pub async fn leave_conversation(&self, by: &Person, conversation: ConversationId) -> Result<Receipt, ApiError> {
        self.application.leave_conversation(&by.caller, self.command(), conversation).await
    }
}

/// What an error is: its code and its reason.
#[track_caller]
pub fn refused<T>(result: Result<T, ApiError>) -> (String, String) {
    let error = result.err().expect("refused");
    (error.code().to_string(), error.reason().to_owned())
}

/// As [`refused`] gives it.
pub fn refusal(code: &str, reason: &str) -> (String, String) {
    (code.to_owned(), reason.to_owned())
}
