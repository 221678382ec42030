//! A notification service over logs in memory, a database and a mail sink of a test's own.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;
use kindred_embedded::SmtpSink;
use kindred_eventsourcing::{EventStore, Executor, MemoryStore, Receipt};
use kindred_ids::{CommandId, CommunityId, EntityId, EntityKey, MemberId, SessionId, TenantSlug, ThreadId};
use kindred_ids::{derive_owned_id, derive_root_id};
use kindred_notification::application::{Addresses, Application, Courier, Post, SendPolicy, Worker, WorkerSettings};
use kindred_notification::domain::delivery::RetrySchedule;
use kindred_notification::grpc::NotificationsService;
use kindred_notification::mail::{
    Composer, Language, Links, Recipient, SmtpPost, SmtpSettings, SmtpTls, UnsubscribeKeys,
};
use kindred_notification::projections::{Deliveries, Inbox, NoticeBlocks};
use kindred_notification::reactions::{TellOfIntroductions, TellOfJoins, TellOfMessages, TellOfPosts};
use kindred_notification::read_model::{BlockList, DatabaseLease, DeliveryLedger, Watchers};
use kindred_projections::{Database, Projector, ProjectorBuilder, Settings, Waiter};
use kindred_proto::notification as wire;
use kindred_proto::notification::notifications_server::Notifications as _;
use kindred_service_host::Queries;
use kindred_service_kit::caller::{Caller, Issuer, MemberClaims, Role, SigningKey, Trust, Verifier};
use kindred_service_kit::clock::{Clock as _, SystemClock};
use kindred_service_kit::error::ApiError;
use kindred_service_kit::position::PositionKey;
use kindred_testkit::{TestDatabase, eventually};
use sqlx::AssertSqlSafe;
use tokio_util::sync::CancellationToken;
use tonic::Request;
use uuid::Uuid;

pub mod events;
pub mod membership;

/// Longest time for anything here.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// The tenant of most tests.
pub const RIVERSIDE: &str = "riverside";

/// The addresses of everybody; what stands here is what the membership service would say.
#[derive(Default)]
pub struct AddressBook(Mutex<HashMap<MemberId, (Language, bool)>>);

impl AddressBook {
    pub fn speaks(&self, member: MemberId, language: Language) {
        self.0.lock().unwrap().insert(member, (language, true));
    }

    pub fn suspend(&self, member: MemberId) {
        self.0.lock().unwrap().insert(member, (Language::English, false));
    }
}

impl Addresses for AddressBook {
    fn find<'a>(
        &'a self,
        tenant: &'a TenantSlug,
        member: MemberId,
    ) -> BoxFuture<'a, Result<Option<Recipient>, ApiError>> {
        Box::pin(async move {
            let (language, active) = self.0.lock().unwrap().get(&member).copied().unwrap_or((Language::English, true));
            let name = format!("The {tenant} practice");
            Ok(active.then(|| Recipient::try_new(&address(member), language, name).unwrap()))
        })
    }
}

pub fn address(member: MemberId) -> String {
    format!("{member}@mail.example")
}

/// See the module.
pub struct Town {
    pub store: MemoryStore,
    pub membership: MemoryStore,
    pub posting: MemoryStore,
    pub matching: MemoryStore,
    pub database: TestDatabase,
    pub pools: Database,
    pub projector: Projector,
    pub addresses: Arc<AddressBook>,
    pub sink: SmtpSink,
    pub service: NotificationsService<MemoryStore>,
    pub positions: Arc<PositionKey>,
    issuer: Issuer,
    verifier: Verifier,
    commands: AtomicU64,
    stop: CancellationToken,
    folder: PathBuf,
}

/// How a test's town differs from the usual one.
pub struct Plan {
    pub watchers: usize,
    pub wire: fn(ProjectorBuilder) -> ProjectorBuilder,
}

impl Default for Plan {
    fn default() -> Self {
        Self { watchers: 100, wire: |builder| builder }
    }
}

impl Town {
    pub async fn open() -> Self {
        Self::open_with(Plan::default()).await
    }

    pub async fn open_with(plan: Plan) -> Self {
        let [store, membership, posting, matching] =
            ["notification", "membership", "posting", "matching"].map(MemoryStore::new);
        let database = TestDatabase::create(&[]).await.unwrap();
        let (pools, stop) = (database.connect(), CancellationToken::new());
        let folder = std::env::temp_dir().join(format!("kindred-mails-{}", random().simple()));
        let sink = SmtpSink::start(&folder).await.unwrap();
        let blocks = BlockList::new(pools.clone(), Waiter::new(pools.clone()), membership.clone());
        let executor = Executor::new(store.clone(), 1_000);
        let keys = composer().keys().clone();
        let application = Application::new(executor, SystemClock::shared(), Arc::new(blocks), keys);
        let builder = Projector::builder(pools.clone(), settings())
            .own_stream(store.clone())
            .stream(membership.clone())
            .stream(posting.clone())
            .stream(matching.clone())
            .projection(Inbox)
            .projection(Deliveries)
            .projection(NoticeBlocks)
            .reaction(TellOfPosts::new(application.clone()))
            .reaction(TellOfMessages::new(application.clone()))
            .reaction(TellOfIntroductions::new(application.clone()))
            .reaction(TellOfJoins::new(application.clone()));
        let projector = (plan.wire)(builder).start(stop.clone()).await.unwrap();
        projector.ready(PATIENCE).await.unwrap();
        let (key, _) = SigningKey::generate().unwrap();
        let verifier = Verifier::new(Trust::new().with(Role::Gateway, key.public()));
        let issuer = Issuer::new(Role::Gateway, key, SystemClock::shared());
        let positions = Arc::new(PositionKey::from_base64(&PositionKey::generate().unwrap()).unwrap());
        let queries = Queries::new("notification", pools.clone(), projector.waiter(), positions.clone());
        let (watchers, addresses) = (Watchers::new(plan.watchers), Arc::new(AddressBook::default()));
        let courier = Arc::new(courier(&application, &addresses, smtp(&sink)));
        let service =
            NotificationsService::new(application.clone(), courier, queries, watchers.clone(), Duration::from_secs(5));
        listen(&watchers, &pools, &stop);
        Self {
            store,
            membership,
            posting,
            matching,
            database,
            pools,
            projector,
            addresses,
            sink,
            service,
            positions,
            issuer,
            verifier,
            commands: AtomicU64::new(0),
            stop,
            folder,
        }
    }

    /// An id that no command had before.
    pub fn command(&self) -> CommandId {
        CommandId::derived(&[b"test", &self.commands.fetch_add(1, Ordering::SeqCst).to_be_bytes()])
    }

    /// What a member is to the service.
    pub fn caller(&self, tenant: &str, member: MemberId) -> Caller {
        let claims = MemberClaims {
            tenant: tenant.parse().unwrap(),
            member,
            session: SessionId(member.0),
            roles: BTreeSet::new(),
            authenticated_at: SystemClock.now(),
        };
        let token = self.issuer.member(&claims, &BTreeSet::new(), Duration::from_secs(300));
        Caller::verify(&self.verifier, token.as_str(), None, SystemClock.now()).unwrap()
    }

    /// A request of a member of Riverside who wants to see what `after` wrote.
    pub fn request<M>(&self, member: MemberId, after: Option<&Receipt>, message: M) -> Request<M> {
        self.request_in(RIVERSIDE, member, after, message)
    }

    pub fn request_in<M>(&self, tenant: &str, member: MemberId, after: Option<&Receipt>, message: M) -> Request<M> {
        let mut request = Request::new(message);
        request.extensions_mut().insert(self.caller(tenant, member));
        if let Some(receipt) = after {
            let token = self.positions.of_receipt(receipt).parse().unwrap();
            request.metadata_mut().insert("kindred-position", token);
        }
        request
    }

    /// The inbox as its member reads it.
    pub async fn inbox(&self, member: MemberId) -> wire::ListInboxResponse {
        let answer = self.service.list_inbox(self.request(member, None, wire::ListInboxRequest::default())).await;
        answer.unwrap().into_inner()
    }

    /// Waits until so many items lie in an inbox.
    pub async fn inbox_of(&self, member: MemberId, items: usize) -> wire::ListInboxResponse {
        eventually("the inbox", PATIENCE, async || {
            let inbox = self.inbox(member).await;
            (inbox.items.len() == items).then_some(inbox)
        })
        .await
    }

    /// Waits until every reaction and projection has come to where the logs end. Reactions
    /// first: what they write is projected after.
    pub async fn settled(&self) {
        let logs = [&self.membership, &self.posting, &self.matching, &self.store];
        for log in logs {
            let head = log.head().await.unwrap() as i64;
            eventually("the checkpoints", PATIENCE, async || {
                let (context, mut connection) = (log.context(), self.database.superuser().await.unwrap());
                let behind: i64 = sqlx::query_scalar(AssertSqlSafe(
                    "SELECT count(*) FROM kindred.checkpoints WHERE context = $1 AND sequence < $2 \
                     AND consumer NOT LIKE '%redactor%'",
                ))
                .bind(context)
                .bind(head)
                .fetch_one(&mut connection)
                .await
                .unwrap();
                (behind == 0).then_some(())
            })
            .await;
        }
    }

    /// A worker as a process of its own would run it, with everything real.
    pub fn worker(&self, retry_seconds: u32) -> Worker<MemoryStore> {
        self.worker_over(self.store.clone(), Arc::new(smtp(&self.sink)), retry_seconds)
    }

    pub fn worker_over<S: EventStore>(&self, store: S, post: Arc<dyn Post>, retry_seconds: u32) -> Worker<S> {
        let blocks = BlockList::new(self.pools.clone(), Waiter::new(self.pools.clone()), self.membership.clone());
        let keys = composer().keys().clone();
        let application = Application::new(Executor::new(store, 100), SystemClock::shared(), Arc::new(blocks), keys);
        let courier = Courier::new(application, self.addresses.clone(), post, composer(), policy(retry_seconds));
        let lease = DatabaseLease::new(self.pools.clone(), random(), Duration::from_secs(2));
        let millis = Duration::from_millis;
        let settings = WorkerSettings {
            concurrency: 4,
            poll: millis(10),
            settle: millis(200),
            again: millis(20),
            pause: millis(50),
        };
        let ledger = DeliveryLedger::new(self.pools.clone());
        Worker::new(Arc::new(courier), Arc::new(ledger), Arc::new(lease), settings)
    }

    /// Rows of a view, as text, in order.
    pub async fn dump(&self, view: &str) -> String {
        let mut connection = self.database.superuser().await.unwrap();
        let query = format!("SELECT COALESCE(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM views.{view} t");
        sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(&mut connection).await.unwrap()
    }

    pub async fn count(&self, view_and_condition: &str) -> i64 {
        let mut connection = self.database.superuser().await.unwrap();
        let query = format!("SELECT count(*) FROM views.{view_and_condition}");
        sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(&mut connection).await.unwrap()
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        self.stop.cancel();
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

fn settings() -> Settings {
    Settings { wait: Duration::from_millis(5), key_cache: Duration::ZERO, ..Settings::default() }
}

fn listen(watchers: &Watchers, pools: &Database, stop: &CancellationToken) {
    let (watchers, pools, stop) = (watchers.clone(), pools.clone(), stop.clone());
    tokio::spawn(async move { watchers.listen(&pools, &stop).await });
}

pub fn policy(retry_seconds: u32) -> SendPolicy {
    let schedule = RetrySchedule { attempts: 4, first_seconds: retry_seconds, longest_seconds: retry_seconds };
    SendPolicy { schedule, expire_after: Duration::from_secs(3_600) }
}

pub fn courier(
    application: &Application<MemoryStore>,
    addresses: &Arc<AddressBook>,
    post: SmtpPost,
) -> Courier<MemoryStore> {
    Courier::new(application.clone(), addresses.clone(), Arc::new(post), composer(), policy(1))
}

/// The way to the sink.
pub fn smtp(sink: &SmtpSink) -> SmtpPost {
    SmtpPost::try_new(smtp_settings(sink, SmtpTls::None)).unwrap()
}

pub fn smtp_settings(sink: &SmtpSink, tls: SmtpTls) -> SmtpSettings {
    SmtpSettings {
        host: sink.address().ip().to_string(),
        port: sink.address().port(),
        tls,
        authority: None,
        credentials: None,
        hello_name: "kindred.example".to_owned(),
        timeout: Duration::from_secs(5),
        max_connections: 4,
    }
}

pub fn composer() -> Composer {
    let keys = UnsubscribeKeys::from_base64(["BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="]).unwrap();
    let links =
        Links::try_new("https://kindred.example", "/inbox", "/sign-in?token={token}", "/unsubscribe?token={token}");
    Composer::new("Kindred <no-reply@kindred.example>".parse().unwrap(), links.unwrap(), keys)
}

pub fn random() -> Uuid {
    Uuid::from_bytes(ring::rand::generate(&ring::rand::SystemRandom::new()).unwrap().expose())
}

fn root(tenant: &str, category: &str, number: u32) -> EntityId {
    let command = CommandId::derived(&[category.as_bytes(), &number.to_be_bytes()]);
    derive_root_id(tenant, "anonymous", command, category, 0)
}

/// A member of Riverside.
pub fn member(number: u32) -> MemberId {
    member_in(RIVERSIDE, number)
}

pub fn member_in(tenant: &str, number: u32) -> MemberId {
    MemberId(root(tenant, "member", number))
}

pub fn community() -> CommunityId {
    CommunityId(root(RIVERSIDE, "community", 1))
}

/// A thread of that community.
pub fn thread(number: u32) -> ThreadId {
    ThreadId(owned("thread", number, community().0))
}

pub fn owned(category: &str, number: u32, by: EntityId) -> EntityId {
    let command = CommandId::derived(&[category.as_bytes(), &number.to_be_bytes()]);
    derive_owned_id(RIVERSIDE, "somebody", command, category, 0, by)
}

pub fn key(tenant: &str, category: &str, id: impl Into<EntityId>) -> EntityKey {
    EntityKey::new(tenant.parse::<TenantSlug>().unwrap(), category, id)
}
