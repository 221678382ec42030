//! A tenant with people, and matching for them.

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;
use kindred_eventsourcing::{EventStore, Executor, MemoryStore, Receipt, Timestamp};
use kindred_ids::{CommandId, CommunityId, IntroductionId, MemberId, SessionId, TenantSlug, derive_root_id};
use kindred_matching::application::{Acquaintances, Application, Limits, Membership, Question};
use kindred_matching::index::feed::Feed;
use kindred_matching::index::listen::Listener;
use kindred_matching::index::weighing::Weighing;
use kindred_matching::index::{Found, Index, LogName};
use kindred_proto::membership::{ProfileFieldKind as Kind, Visibility};
use kindred_service_kit::caller::{Caller, Issuer, MemberClaims, Role, SigningKey, TenantRole, Trust, Verifier};
use kindred_service_kit::clock::{Clock as _, FixedClock};
use kindred_service_kit::error::ApiError;
use kindred_vault::{CacheSettings, CachedKeys, KeyRing, MemoryVault};
use tokio_util::sync::CancellationToken;

pub mod database;
pub mod log;
pub mod mentoring;
pub mod mortal;

use log::{Fact, Facts, Filled};

pub const START: Timestamp = Timestamp::from_millis(1_790_000_000_000);
/// Low, as these tenants are small.
pub const FLOOR: u32 = 2;

/// Somebody with a session.
#[derive(Clone)]
pub struct Person {
    pub id: MemberId,
    pub tenant: TenantSlug,
    pub caller: Caller,
}

/// Membership's answers to questions about blocks and standing: as a test says, beside its log.
#[derive(Default)]
pub struct FakeMembership {
    blocks: Mutex<HashSet<(MemberId, MemberId)>>,
    managers: Mutex<HashSet<(MemberId, CommunityId)>>,
    away: AtomicBool,
}

impl FakeMembership {
    /// From now on the leader knows of a block that the log here does not show.
    pub fn block(&self, one: MemberId, other: MemberId) {
        self.blocks.lock().unwrap().insert((one, other));
    }

    /// From now on somebody manages a community.
    pub fn appoint(&self, manager: MemberId, community: CommunityId) {
        self.managers.lock().unwrap().insert((manager, community));
    }

    pub fn go_away(&self) {
        self.away.store(true, Ordering::SeqCst);
    }

    fn is_there(&self) -> Result<(), ApiError> {
        if self.away.load(Ordering::SeqCst) {
            return Err(ApiError::unavailable("SERVICE_UNREACHABLE", "membership does not answer"));
        }
        Ok(())
    }
}

impl Membership for FakeMembership {
    fn are_apart<'a>(
        &'a self,
        _caller: &'a Caller,
        one: MemberId,
        other: MemberId,
    ) -> BoxFuture<'a, Result<bool, ApiError>> {
        Box::pin(async move {
            self.is_there()?;
            let blocks = self.blocks.lock().unwrap();
            Ok(blocks.contains(&(one, other)) || blocks.contains(&(other, one)))
        })
    }

    fn manages<'a>(&'a self, caller: &'a Caller, community: CommunityId) -> BoxFuture<'a, Result<bool, ApiError>> {
        Box::pin(async move {
            self.is_there()?;
            Ok(self.managers.lock().unwrap().contains(&(caller.member()?.member, community)))
        })
    }
}

/// One running matching.
pub struct Town {
    pub facts: Facts<MemoryStore>,
    /// Posting's log.
    pub talk: Facts<MemoryStore>,
    pub store: MemoryStore,
    pub keys: Arc<dyn KeyRing>,
    pub index: Index,
    pub blocks: Arc<FakeMembership>,
    pub acquaintances: Acquaintances,
    pub clock: Arc<FixedClock>,
    pub application: Application<MemoryStore>,
    tenant: TenantSlug,
    issuer: Issuer,
    own: Issuer,
    verifier: Verifier,
    commands: AtomicU64,
    stop: CancellationToken,
}

impl Town {
    pub fn new() -> Self {
        let vault = MemoryVault::new();
        let keys: Arc<dyn KeyRing> = Arc::new(CachedKeys::try_new(vault.clone(), CacheSettings::default()).unwrap());
        Self::with_keys(vault, keys)
    }

    pub fn with_keys(vault: MemoryVault, keys: Arc<dyn KeyRing>) -> Self {
        let clock = Arc::new(FixedClock::new(START));
        let ((key, _), (own, _)) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
        let trust = Trust::new().with(Role::Gateway, key.public()).with(Role::Matching, own.public());
        let (store, log, talk) =
            (MemoryStore::new("matching"), MemoryStore::new("membership"), MemoryStore::new("posting"));
        let (index, blocks, stop) = (Index::new(FLOOR), Arc::new(FakeMembership::default()), CancellationToken::new());
        let feed = Feed::new(index.clone(), log.clone(), keys.clone());
        tokio::spawn(feed.run(|_| {}, stop.clone()));
        tokio::spawn(Listener::to_own(index.clone(), store.clone()).run(|_| {}, stop.clone()));
        tokio::spawn(Listener::to_posting(index.clone(), talk.clone()).run(|_| {}, stop.clone()));
        let patience = Duration::from_secs(5);
        let acquaintances = Acquaintances::new(index.clone(), Arc::new(log.clone()), blocks.clone(), patience);
        let executor = Executor::new(store.clone(), 1_000);
        let application = Application::new(executor, keys.clone(), acquaintances.clone(), LIMITS, clock.clone());
        Self {
            facts: Facts::new(log, vault.clone()),
            talk: Facts::new(talk, vault),
            store,
            keys,
            index,
            blocks,
            acquaintances,
            clock: clock.clone(),
            application,
            tenant: "riverside".parse().unwrap(),
            issuer: Issuer::new(Role::Gateway, key, clock.clone()),
            own: Issuer::new(Role::Matching, own, clock),
            verifier: Verifier::new(trust),
            commands: AtomicU64::new(0),
            stop,
        }
    }

    /// Matching itself, as another replica of it calls.
    pub fn matching(&self) -> Caller {
        Caller::verify(&self.verifier, self.own.service().as_str(), None, self.clock.now()).unwrap()
    }

    /// An id that no command had before.
    pub fn command(&self) -> CommandId {
        self.clock.advance_millis(1_000);
        CommandId::derived(&[b"test", &self.commands.fetch_add(1, Ordering::SeqCst).to_be_bytes()])
    }

    /// A member with a session, who has said nothing yet.
    pub async fn stranger(&self, tenant: &str) -> Person {
        self.somebody(tenant, BTreeSet::new()).await
    }

    /// A member who runs the tenant.
    pub async fn administrator(&self) -> Person {
        self.somebody(self.tenant.as_str(), BTreeSet::from([TenantRole::Administrator])).await
    }

    async fn somebody(&self, tenant: &str, roles: BTreeSet<TenantRole>) -> Person {
        let tenant: TenantSlug = tenant.parse().unwrap();
        let id = self.facts.member(&tenant).await;
        let session = SessionId(derive_root_id(tenant.as_str(), "anonymous", self.command(), "session", 0));
        let authenticated_at = self.clock.now();
        let claims = MemberClaims { tenant: tenant.clone(), member: id, session, roles, authenticated_at };
        let token = self.issuer.member(&claims, &BTreeSet::new(), Duration::from_secs(300));
        let caller = Caller::verify(&self.verifier, token.as_str(), None, self.clock.now()).unwrap();
        Person { id, tenant, caller }
    }

    /// A member who consents and fills in these fields for everybody.
    pub async fn member(&self, fields: &[(Kind, &str, &str)]) -> Person {
        let person = self.stranger(self.tenant.as_str()).await;
        self.consent(&person, true).await;
        self.fill(&person, fields, Visibility::Tenant).await;
        person
    }

    pub async fn fill(&self, person: &Person, fields: &[(Kind, &str, &str)], visibility: Visibility) -> u64 {
        let filled =
            fields.iter().map(|(kind, value, label)| (*kind, (*value).to_owned(), (*label).to_owned(), visibility));
        let filled: Vec<Filled> = filled.collect();
        self.write(self.facts.profile(&person.tenant, person.id, &filled).await).await
    }

    pub async fn consent(&self, person: &Person, given: bool) -> u64 {
        self.write(self.facts.consent(&person.tenant, person.id, given)).await
    }

    pub async fn erase(&self, person: &Person) -> u64 {
        let fact = self.facts.erased(&person.tenant, person.id).await;
        self.write(fact).await
    }

    /// Fixes the weights that are due, as a replica of its own would; whether there were any.
    pub async fn weigh(&self) -> bool {
        self.caught_up().await;
        let executor = Executor::new(self.store.clone(), 1_000);
        let fixed = Weighing::new(self.index.clone(), executor, self.clock.clone()).fix_due().await;
        if let Some(sequence) = fixed {
            assert!(
                self.index.reached_in(LogName::Matching, sequence, Duration::from_secs(60)).await,
                "weights do not arrive"
            );
        }
        fixed.is_some()
    }

    /// An index that begins anew and reads all there is.
    pub async fn restarted(&self) -> Index {
        self.follow(Index::new(FLOOR)).await
    }

    /// An index of this town's floor that nobody feeds yet.
    pub fn unfed(&self) -> Index {
        Index::new(FLOOR)
    }

    /// Feeds an index from where it stands to the end of all logs.
    pub async fn follow(&self, index: Index) -> Index {
        let stop = self.stop.clone();
        let feed = Feed::new(index.clone(), self.facts.store.clone(), self.keys.clone());
        tokio::spawn(feed.run(|_| {}, stop.clone()));
        tokio::spawn(Listener::to_own(index.clone(), self.store.clone()).run(|_| {}, stop.clone()));
        tokio::spawn(Listener::to_posting(index.clone(), self.talk.store.clone()).run(|_| {}, stop));
        self.comes_to_the_end(&index).await;
        index
    }

    pub async fn caught_up(&self) {
        self.comes_to_the_end(&self.index).await;
    }

    pub async fn comes_to_the_end(&self, index: &Index) {
        let logs = [
            (LogName::Membership, &self.facts.store),
            (LogName::Posting, &self.talk.store),
            (LogName::Matching, &self.store),
        ];
        for (log, store) in logs {
            let head = EventStore::head(store).await.unwrap();
            assert!(index.reached_in(log, head, Duration::from_secs(60)).await, "the index does not catch up");
        }
    }

    pub async fn write(&self, fact: Fact) -> u64 {
        self.facts.write(fact).await
    }

    /// Whom somebody finds once the index has come to the log's end.
    pub async fn find(&self, person: &Person) -> Found {
        self.caught_up().await;
        self.index.find(&person.tenant, person.id, 20)
    }

    pub async fn finds(&self, person: &Person) -> Vec<MemberId> {
        self.find(person).await.matches.into_iter().map(|found| found.member).collect()
    }

    pub async fn ask(&self, from: &Person, to: MemberId, note: &str) -> Result<(Receipt, IntroductionId), ApiError> {
        self.ask_as(self.command(), from, to, note).await
    }

    pub async fn ask_as(
        &self,
        command: CommandId,
        from: &Person,
        to: MemberId,
        note: &str,
    ) -> Result<(Receipt, IntroductionId), ApiError> {
        let new = Question::read(command, to, note)?;
        self.application.request_introduction(&from.caller, &new).await
    }

    pub async fn answer(&self, by: &Person, id: IntroductionId, accept: bool) -> Result<Receipt, ApiError> {
        self.application.answer_introduction(&by.caller, self.command(), id, accept).await
    }

    pub async fn withdraw(&self, by: &Person, id: IntroductionId) -> Result<Receipt, ApiError> {
        self.application.withdraw_introduction(&by.caller, self.command(), id).await
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        self.stop.cancel();
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

/// How often one may ask here.
pub const LIMITS: Limits = Limits { introductions_a_day: 8 };
pub const HASHIMOTO: (Kind, &str, &str) = (Kind::Condition, "icd10cm|E06.3", "Hashimoto's thyroiditis");
pub const WALKING: (Kind, &str, &str) = (Kind::Interest, "walking", "");
pub const SPANISH: (Kind, &str, &str) = (Kind::Language, "es", "");
