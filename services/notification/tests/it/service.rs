//! The service as it is deployed: settings, bus, database, membership, callers, mail server.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use kindred_embedded::SmtpSink;
use kindred_eventsourcing::EventStore as _;
use kindred_ids::{MemberId, SessionId};
use kindred_jetstream::Credentials as BusCredentials;
use kindred_notification::service::{Config, DEFAULTS, start};
use kindred_proto::notification as wire;
use kindred_proto::notification::notifications_client::NotificationsClient;
use kindred_service_host::Running;
use kindred_service_kit::caller::{Issuer, MemberClaims, Role, SigningKey};
use kindred_service_kit::clock::{Clock as _, SystemClock};
use kindred_service_kit::config::{Peer, load_from};
use kindred_service_kit::error::ApiError;
use kindred_service_kit::grpc::{Credentials, ServiceChannel, channel};
use kindred_service_kit::lifecycle::{Outcome, Tasks, drain};
use kindred_service_kit::position::PositionKey;
use kindred_testkit::{TestDatabase, TestStreams, eventually};
use sqlx::ConnectOptions as _;
use tonic::{Code, Request};

use crate::support::membership::MembersServer;
use crate::support::{PATIENCE, RIVERSIDE, address, events, member, random};

/// A notification service of its own, and what it stands on.
struct Deployed {
    running: Running,
    tasks: Tasks,
    streams: TestStreams,
    sink: SmtpSink,
    gateway: Arc<Issuer>,
    membership: Arc<Issuer>,
    folder: PathBuf,
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    path
}

async fn deploy(members: &MembersServer) -> Deployed {
    let folder = std::env::temp_dir().join(format!("kindred-notification-{}", random().simple()));
    std::fs::create_dir_all(&folder).unwrap();
    let streams = TestStreams::create(&["notification", "membership", "posting", "matching"]).await.unwrap();
    let database = TestDatabase::create(&[]).await.unwrap();
    let sink = SmtpSink::start(folder.join("mails")).await.unwrap();
    let keys = || SigningKey::generate().unwrap();
    let ((gateway, _), (membership, _), (_, own)) = (keys(), keys(), keys());
    let BusCredentials::Password { user, password } = streams.settings().credentials.clone() else {
        panic!("an account has a password")
    };
    let settings = format!(
        "[nats]\nurls = {servers:?}\nuser = {user:?}\npassword_file = {password:?}\n\
         [database]\nurl_file = {database:?}\n\
         [identity]\nrole = \"notification\"\nsigning_key_file = {own:?}\n\
         [identity.trusted]\ngateway = \"{gateway}\"\nmembership = \"{membership}\"\n\
         [position]\nposition_key_file = {position:?}\n\
         [log]\ndurability = \"process-crash\"\n\
         [projector]\nkey_cache_secs = 0\n\
         [peers.membership]\nurl = \"{members}\"\n\
         [service.mail]\nunsubscribe_key_file = {unsubscribe:?}\nsign_in_patience_millis = 1000\n\
         [service.smtp]\nhost = \"{smtp_host}\"\nport = {smtp_port}\n\
         [service.delivery]\npoll_millis = 20\nfirst_retry_secs = 1\n",
        servers = streams.settings().servers,
        password = write(&folder, "bus", &password),
        database = write(&folder, "database", database.administrator().to_url_lossy().as_str()),
        own = write(&folder, "key", &own),
        gateway = gateway.public(),
        membership = membership.public(),
        position = write(&folder, "position", &PositionKey::generate().unwrap()),
        members = members.url(),
        unsubscribe = write(&folder, "unsubscribe", &PositionKey::generate().unwrap()),
        smtp_host = sink.address().ip(),
        smtp_port = sink.address().port(),
    );
    let file = write(&folder, "notification.toml", &settings);
    let config: Config = load_from(DEFAULTS, Some(&file), []).unwrap();
    let tasks = Tasks::new();
    let running = start(config, tasks.clone()).await.unwrap();
    let health = running.health.clone();
    eventually("readiness", Duration::from_secs(60), async || health.is_ready().then_some(())).await;
    let issuer = |role, key| Arc::new(Issuer::new(role, key, SystemClock::shared()));
    let (gateway, membership) = (issuer(Role::Gateway, gateway), issuer(Role::Membership, membership));
    Deployed { running, tasks, streams, sink, gateway, membership, folder }
}

type Client = NotificationsClient<ServiceChannel>;

impl Deployed {
    fn client_of(&self, issuer: &Arc<Issuer>) -> Client {
        let peer: Peer = load_from(&format!("url = \"http://{}\"", self.running.listen), None, []).unwrap();
        NotificationsClient::new(channel(&peer, Credentials::new(issuer.clone())).unwrap())
    }

    fn client(&self) -> Client {
        self.client_of(&self.gateway)
    }

    /// A request of a member, as the gateway makes it.
    fn as_member<M>(&self, member: MemberId, message: M) -> Request<M> {
        let claims = MemberClaims {
            tenant: RIVERSIDE.parse().unwrap(),
            member,
            session: SessionId(member.0),
            roles: Default::default(),
            authenticated_at: SystemClock.now(),
        };
        let token = self.gateway.member(&claims, &Default::default(), Duration::from_secs(60));
        Credentials::request_as(token, message)
    }

    fn as_stranger<M>(&self, message: M) -> Request<M> {
        Credentials::request_as(self.gateway.anonymous(None), message)
    }

    async fn publish(&self, context: &str, key: kindred_ids::EntityKey, event: &str, message: &impl prost::Message) {
        let store = self.streams.store(context).await.unwrap();
        let command = kindred_ids::CommandId::derived(&[random().as_bytes()]);
        events::append(&store, command, key, event, message).await;
    }

    /// A reply to a member, in posting's log.
    async fn reply(&self, number: u32, began: MemberId, author: MemberId) {
        let (key, event) = events::comment(number, began, author, &[]);
        self.publish("posting", key, "CommentPosted", &event).await;
    }

    async fn stop(self) {
        let outcome = drain(self.tasks, Duration::from_secs(20), || {}, std::future::pending()).await;
        assert_eq!(outcome, Outcome::Drained);
        std::fs::remove_dir_all(&self.folder).unwrap();
    }
}

fn link(member: MemberId, expires_at: i64) -> wire::SendSignInLinkRequest {
    wire::SendSignInLinkRequest {
        command_id: random().simple().to_string(),
        tenant: RIVERSIDE.to_owned(),
        member_id: member.to_string(),
        token: "riverside.abc.secret".to_owned(),
        expires_at,
    }
}

fn in_an_hour() -> i64 {
    SystemClock.now().millis() + 3_600_000
}

#[tokio::test]
async fn an_event_elsewhere_reaches_inbox_live_stream_and_mailbox() {
    let members = MembersServer::start().await;
    let notification = deploy(&members).await;
    let mut client = notification.client();
    let request = notification.as_member(member(1), wire::WatchInboxRequest {});
    let mut live = client.watch_inbox(request).await.unwrap().into_inner();
    assert_eq!(live.next().await.unwrap().unwrap().unread, 0);
    notification.reply(1, member(1), member(2)).await;
    eventually("news", PATIENCE, async || (live.next().await.unwrap().unwrap().unread == 1).then_some(())).await;
    let request = notification.as_member(member(1), wire::ListInboxRequest::default());
    let inbox = client.list_inbox(request).await.unwrap().into_inner();
    assert_eq!((inbox.items.len(), inbox.unread), (1, 1));
    let mails = notification.sink.wait_for(1, PATIENCE, |_| true).await;
    assert_eq!(mails[0].to, [address(member(1))]);
    assert!(!String::from_utf8_lossy(&mails[0].raw).contains("ann-the-brave"));
    let mark =
        wire::MarkReadRequest { command_id: random().simple().to_string(), item_id: inbox.items[0].item_id.clone() };
    let receipt =
        client.mark_read(notification.as_member(member(1), mark)).await.unwrap().into_inner().receipt.unwrap();
    let mut request = notification.as_member(member(1), wire::ListInboxRequest::default());
    request.metadata_mut().insert("kindred-position", receipt.position.parse().unwrap());
    let inbox = client.list_inbox(request).await.unwrap().into_inner();
    assert_eq!((inbox.unread, inbox.stale), (0, false));
    drop(live);
    notification.stop().await;
}

#[tokio::test]
async fn a_sign_in_link_is_mailed_for_membership_alone_and_stands_in_no_log() {
    let members = MembersServer::start().await;
    let notification = deploy(&members).await;
    let log = notification.streams.store("notification").await.unwrap();
    let before = log.head().await.unwrap();
    let mut membership = notification.client_of(&notification.membership);
    membership.send_sign_in_link(link(member(1), in_an_hour())).await.unwrap();
    let mails = notification.sink.mails();
    assert_eq!(mails.len(), 1);
    let text = String::from_utf8_lossy(&mails[0].raw).into_owned();
    assert!(text.contains("http://127.0.0.1:8080/sign-in?token=riverside.abc.secret"), "{text}");
    let mut gateway = notification.client();
    for request in [
        notification.as_member(member(1), link(member(1), in_an_hour())),
        notification.as_stranger(link(member(1), in_an_hour())),
        Request::new(link(member(1), in_an_hour())),
    ] {
        let refused = gateway.send_sign_in_link(request).await.expect_err("not membership");
        assert_eq!(refused.code(), Code::PermissionDenied, "{refused:?}");
    }
    let expired = membership.send_sign_in_link(link(member(1), 1)).await.expect_err("too late");
    assert_eq!(ApiError::from(expired).reason(), "LINK_EXPIRED");
    assert_eq!(notification.sink.mails().len(), 1);
    assert_eq!((log.head().await.unwrap(), members.asked()), (before, 1));
    notification.stop().await;
}

#[tokio::test]
async fn a_sign_in_link_says_that_the_mail_server_is_away_within_the_deadline() {
    let members = MembersServer::start().await;
    let mut notification = deploy(&members).await;
    let nowhere = SmtpSink::start(notification.folder.join("elsewhere")).await.unwrap();
    drop(std::mem::replace(&mut notification.sink, nowhere));
    let mut membership = notification.client_of(&notification.membership);
    let began = std::time::Instant::now();
    let refused = membership.send_sign_in_link(link(member(1), in_an_hour())).await.expect_err("nobody listens");
    assert_eq!((refused.code(), ApiError::from(refused).reason()), (Code::Unavailable, "MAIL_UNAVAILABLE"));
    assert!(began.elapsed() < Duration::from_secs(5));
    notification.stop().await;
}

#[tokio::test]
async fn a_mail_reader_without_a_session_unsubscribes_and_can_do_nothing_else() {
    let members = MembersServer::start().await;
    let notification = deploy(&members).await;
    notification.reply(1, member(1), member(2)).await;
    let mail = notification.sink.wait_for(1, PATIENCE, |_| true).await.remove(0);
    let text = String::from_utf8_lossy(&mail.raw).into_owned();
    let (_, token) = text.split_once("List-Unsubscribe: <http://127.0.0.1:8080/unsubscribe?token=").expect("a link");
    let token = token.split('>').next().unwrap().to_owned();
    let mut client = notification.client();
    let request = notification.as_stranger(wire::UnsubscribeRequest { token });
    assert_eq!(client.unsubscribe(request).await.unwrap().into_inner().kind(), wire::NotificationKind::Reply);
    let request = notification.as_member(member(1), wire::GetPreferencesRequest {});
    let preferences = client.get_preferences(request).await.unwrap().into_inner().preferences;
    assert!(preferences.contains(&wire::Preference { kind: 1, channel: 2, on: false }), "{preferences:?}");
    let refused = client.list_inbox(notification.as_stranger(wire::ListInboxRequest::default())).await;
    assert_eq!(refused.expect_err("nobody").code(), Code::PermissionDenied);
    notification.stop().await;
}

#[tokio::test]
async fn while_membership_is_away_mails_wait_and_then_go_out_once() {
    let members = MembersServer::start().await;
    let notification = deploy(&members).await;
    let address = members.stop().await;
    notification.reply(1, member(1), member(2)).await;
    let mut client = notification.client();
    eventually("the inbox", PATIENCE, async || {
        let request = notification.as_member(member(1), wire::ListInboxRequest::default());
        (client.list_inbox(request).await.unwrap().into_inner().unread == 1).then_some(())
    })
    .await;
    assert_eq!(notification.sink.mails().len(), 0);
    let _back = MembersServer::start_at(address).await;
    let mails = notification.sink.wait_for(1, PATIENCE, |_| true).await;
    assert_eq!(mails.len(), 1);
    notification.stop().await;
}

#[tokio::test]
async fn an_erasure_is_confirmed_to_membership() {
    let members = MembersServer::start().await;
    let notification = deploy(&members).await;
    let (key, erased) = events::erased(member(1));
    notification.publish("membership", key, "MemberErased", &erased).await;
    eventually("the confirmation", PATIENCE, async || (members.confirmed() > 0).then_some(())).await;
    notification.stop().await;
}

#[test]
fn a_setting_that_does_not_hold_is_named() {
    let load = |text: &str| {
        let file = std::env::temp_dir().join(format!("kindred-notification-{}.toml", random().simple()));
        std::fs::write(&file, text).unwrap();
        let loaded: Result<Config, _> = load_from(DEFAULTS, Some(&file), []);
        std::fs::remove_file(&file).unwrap();
        loaded.map(drop).expect_err("does not hold").to_string()
    };
    let whole = "[identity]\nrole = \"notification\"\nsigning_key_file = \"k\"\n[position]\nposition_key_file = \"p\"\n\
                 [service.mail]\nunsubscribe_key_file = \"u\"\n";
    for (more, key) in [
        ("[service.smtp]\ntls = \"maybe\"\n", "service.smtp.tls"),
        ("[service.smtp]\nretries = 3\n", "retries"),
        ("[service.delivery]\nattempts = 0\n", "service.delivery.attempts"),
        ("[service.inbox]\nmax_streams = 0\n", "service.inbox.max_streams"),
    ] {
        let error = load(&format!("{whole}{more}"));
        assert!(error.contains(key), "{error}");
    }
    assert!(load("").contains("unsubscribe_key_file") || load("").contains("identity"), "{}", load(""));
}
