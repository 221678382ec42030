//! The service as it is deployed: settings, bus, database, calls to membership, callers.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use kindred_eventsourcing::EventStore as _;
use kindred_ids::CommunityId;
use kindred_jetstream::{Credentials as BusCredentials, JetStreamStore};
use kindred_posting::service::{Config, DEFAULTS, start};
use kindred_proto::posting as wire;
use kindred_proto::posting::conversations_client::ConversationsClient;
use kindred_proto::posting::threads_client::ThreadsClient;
use kindred_service_host::Running;
use kindred_service_kit::caller::{Issuer, Role, SigningKey, Token};
use kindred_service_kit::clock::SystemClock;
use kindred_service_kit::config::{Peer, load_from};
use kindred_service_kit::grpc::{Credentials, ServiceChannel, channel};
use kindred_service_kit::lifecycle::{Outcome, Tasks, drain};
use kindred_service_kit::position::PositionKey;
use kindred_testkit::{TestDatabase, TestStreams, eventually};
use sqlx::ConnectOptions as _;
use tonic::{Code, Request};

use crate::support::members::MembersServer;
use crate::support::{Person, Town};

/// A posting service of its own, and what it stands on.
struct Deployed {
    running: Running,
    tasks: Tasks,
    gateway: Arc<Issuer>,
    log: JetStreamStore,
    /// Where the log ended when the service was ready: the self-tests of its readers.
    head: u64,
}

/// Where a test's secrets lie; gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::SeqCst);
        let path = std::env::temp_dir().join(format!("kindred-posting-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    path
}

async fn deploy(membership: &MembersServer) -> Deployed {
    let folder = Folder::new();
    let streams = TestStreams::create(&["posting", "membership"]).await.unwrap();
    let database = TestDatabase::create(&[]).await.unwrap();
    let (gateway, _) = SigningKey::generate().unwrap();
    let (_, own) = SigningKey::generate().unwrap();
    let BusCredentials::Password { user, password } = streams.settings().credentials.clone() else {
        panic!("an account has a password")
    };
    let settings = format!(
        "[nats]\nurls = {servers:?}\nuser = {user:?}\npassword_file = {password:?}\n\
         [database]\nurl_file = {database:?}\n\
         [identity]\nrole = \"posting\"\nsigning_key_file = {own:?}\n\
         [identity.trusted]\ngateway = \"{gateway}\"\n\
         [position]\nposition_key_file = {position:?}\n\
         [log]\ndurability = \"process-crash\"\n\
         [peers.membership]\nurl = \"{membership}\"\n\
         [peers.matching]\nurl = \"{membership}\"\n",
        servers = streams.settings().servers,
        password = write(&folder.0, "bus", &password),
        database = write(&folder.0, "database", database.administrator().to_url_lossy().as_str()),
        own = write(&folder.0, "key", &own),
        gateway = gateway.public(),
        position = write(&folder.0, "position", &PositionKey::generate().unwrap()),
        membership = membership.url(),
    );
    let file = write(&folder.0, "posting.toml", &settings);
    let config: Config = load_from(DEFAULTS, Some(&file), []).unwrap();
    let tasks = Tasks::new();
    let running = start(config, tasks.clone()).await.unwrap();
    let health = running.health.clone();
    eventually("readiness", Duration::from_secs(60), async || health.is_ready().then_some(())).await;
    let gateway = Arc::new(Issuer::new(Role::Gateway, gateway, SystemClock::shared()));
    let log = streams.store("posting").await.unwrap();
    let head = log.head().await.unwrap();
    Deployed { running, tasks, gateway, log, head }
}

impl Deployed {
    fn channel(&self) -> ServiceChannel {
        let url = format!("http://{}", self.running.listen);
        let peer: Peer = toml(&format!("url = \"{url}\""));
        channel(&peer, Credentials::new(self.gateway.clone())).unwrap()
    }

    fn client(&self) -> ThreadsClient<ServiceChannel> {
        ThreadsClient::new(self.channel())
    }

    fn token(&self, person: &Person) -> Token {
        self.gateway.member(&person.claims, &Default::default(), Duration::from_secs(60))
    }

    async fn stop(self) {
        let outcome = drain(self.tasks, Duration::from_secs(20), || {}, std::future::pending()).await;
        assert_eq!(outcome, Outcome::Drained);
    }
}

fn toml<T: serde::de::DeserializeOwned>(text: &str) -> T {
    load_from(text, None, []).unwrap()
}

fn new_thread(town: &Town, community: CommunityId) -> wire::StartThreadRequest {
    wire::StartThreadRequest {
        command_id: town.command().to_string(),
        community_id: community.to_string(),
        title: "Hello there".to_owned(),
        text: "Ask me, @ben".to_owned(),
    }
}

#[tokio::test]
async fn a_member_writes_and_reads_through_the_whole_service() {
    let town = Town::new();
    let diabetes = town.community("riverside", "diabetes");
    let (ann, ben) = (town.member(diabetes, "ann").await, town.member(diabetes, "ben").await);
    let membership = MembersServer::start(&town).await;
    let posting = deploy(&membership).await;
    let mut client = posting.client();
    let request = Credentials::request_as(posting.token(&ann), new_thread(&town, diabetes));
    let started = client.start_thread(request).await.unwrap().into_inner();
    let reply = wire::ReplyRequest {
        command_id: town.command().to_string(),
        thread_id: started.thread_id.clone(),
        parent_id: String::new(),
        text: "I will".to_owned(),
    };
    let request = Credentials::request_as(posting.token(&ben), reply);
    let replied = client.reply(request).await.unwrap().into_inner();
    let message = wire::GetThreadRequest { thread_id: started.thread_id.clone(), page: None };
    let mut request = Credentials::request_as(posting.token(&ann), message);
    let position = replied.receipt.unwrap().position;
    request.metadata_mut().insert("kindred-position", position.parse().unwrap());
    let read = client.get_thread(request).await.unwrap().into_inner();
    assert!(!read.stale);
    assert_eq!(read.thread.unwrap().text, format!("Ask me, @{{{}}}", ben.id));
    assert_eq!(read.replies[0].text, "I will");
    assert_eq!(membership.calls_without_both_tokens(), 0);
    posting.stop().await;
}

#[tokio::test]
async fn two_who_met_talk_through_the_whole_service() {
    let town = Town::new();
    let (ann, ben) = (town.person("riverside", "ann").await, town.person("riverside", "ben").await);
    let membership = MembersServer::start(&town).await;
    let posting = deploy(&membership).await;
    let mut client = ConversationsClient::new(posting.channel());
    let open = |with: &Person| wire::OpenConversationRequest {
        command_id: town.command().to_string(),
        member_id: with.id.to_string(),
    };
    let request = Credentials::request_as(posting.token(&ann), open(&ben));
    let status = client.open_conversation(request).await.expect_err("they have not met");
    assert_eq!(status.code(), Code::FailedPrecondition, "{status:?}");
    town.introduce(&ben, &ann);
    let request = Credentials::request_as(posting.token(&ann), open(&ben));
    let conversation_id = client.open_conversation(request).await.unwrap().into_inner().conversation_id;
    let say = |text: &str| wire::WriteMessageRequest {
        command_id: town.command().to_string(),
        conversation_id: conversation_id.clone(),
        text: text.to_owned(),
    };
    let request = Credentials::request_as(posting.token(&ben), say("Good to meet you"));
    let written = client.write_message(request).await.unwrap().into_inner();
    let message = wire::GetConversationRequest { conversation_id: conversation_id.clone(), page: None };
    let mut request = Credentials::request_as(posting.token(&ann), message);
    request.metadata_mut().insert("kindred-position", written.receipt.unwrap().position.parse().unwrap());
    let read = client.get_conversation(request).await.unwrap().into_inner();
    assert!(!read.stale);
    assert_eq!(
        (read.messages[0].text.as_str(), read.messages[0].author_id.clone()),
        ("Good to meet you", ben.id.to_string())
    );
    town.membership.block(ann.id, ben.id);
    let request = Credentials::request_as(posting.token(&ben), say("Hello?"));
    let status = client.write_message(request).await.expect_err("blocked");
    assert_eq!(status.code(), Code::FailedPrecondition, "{status:?}");
    assert_eq!(membership.calls_without_both_tokens(), 0);
    posting.stop().await;
}

#[tokio::test]
async fn nobody_passes_without_a_token_that_the_gateway_signed() {
    let town = Town::new();
    let diabetes = town.community("riverside", "diabetes");
    let ann = town.member(diabetes, "ann").await;
    let membership = MembersServer::start(&town).await;
    let posting = deploy(&membership).await;
    let (stranger, _) = SigningKey::generate().unwrap();
    let stranger = Issuer::new(Role::Gateway, stranger, SystemClock::shared());
    let forged = stranger.member(&ann.claims, &Default::default(), Duration::from_secs(60));
    let mut client = posting.client();
    for request in
        [Credentials::request_as(forged, new_thread(&town, diabetes)), Request::new(new_thread(&town, diabetes))]
    {
        let status = client.start_thread(request).await.expect_err("nobody");
        assert!(matches!(status.code(), Code::Unauthenticated | Code::PermissionDenied), "{status:?}");
    }
    assert_eq!(posting.log.head().await.unwrap(), posting.head);
    posting.stop().await;
}

#[tokio::test]
async fn while_membership_is_away_nothing_is_written_and_the_error_says_so() {
    let town = Town::new();
    let diabetes = town.community("riverside", "diabetes");
    let ann = town.member(diabetes, "ann").await;
    let membership = MembersServer::start(&town).await;
    let posting = deploy(&membership).await;
    membership.stop().await;
    let request = Credentials::request_as(posting.token(&ann), new_thread(&town, diabetes));
    let status = posting.client().start_thread(request).await.expect_err("membership is away");
    assert_eq!(status.code(), Code::Unavailable, "{status:?}");
    assert_eq!(posting.log.head().await.unwrap(), posting.head);
    posting.stop().await;
}
