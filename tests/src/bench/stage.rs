//! Servers as the demo has them, real services on them, and people who call.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use kindred::demo::environment::Environment;
use kindred::demo::settings::{self, Extent, Layout};
use kindred::operator::{Operator, said};
use kindred_embedded::{Settings, Sync};
use kindred_eventsourcing::Timestamp;
use kindred_ids::{MemberId, SessionId, TenantSlug};
use kindred_jetstream::{
    Client, ConnectSettings, Credentials, Durability, JetStreamStore, StoreOptions, StreamSettings,
};
use kindred_proto::admin as proto;
use kindred_proto::admin::admin_client::AdminClient;
use kindred_service_kit::caller::{Issuer, MemberClaims, Role, SigningKey};
use kindred_service_kit::clock::SystemClock;
use kindred_service_kit::config::load_from;
use kindred_service_kit::grpc::Health;
use kindred_service_kit::lifecycle::{self, Tasks};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};

/// How long a service may take to become ready.
const READY: Duration = Duration::from_secs(300);
/// How long a service may take to stop.
const GRACE: Duration = Duration::from_secs(30);
/// How often it is looked whether projections have caught up.
const LOOK: Duration = Duration::from_millis(20);
/// Bytes that a stream of a baseline may hold.
const STREAM_BYTES: u64 = 4 << 30;

/// Servers with everything in them but people.
pub struct Stage {
    /// The servers.
    pub environment: Environment,
    /// Where the settings are.
    pub layout: Layout,
    /// Who prepares things.
    pub operator: Operator,
    /// What an acknowledged commit outlives here.
    pub durability: Durability,
    gateway: Issuer,
    folder: Folder,
}

/// A service in this process.
pub struct Service {
    /// Where calls go.
    pub address: SocketAddr,
    /// Its own tasks.
    tasks: Tasks,
    health: Health,
}

impl Stage {
    /// Starts servers that keep what they acknowledge as `durability` says.
    pub async fn start(durability: Durability) -> anyhow::Result<Self> {
        let folder = Folder::new()?;
        let sync = match durability {
            Durability::PowerLoss => Sync::Always,
            Durability::ProcessCrash => Sync::Interval,
        };
        let embedded = Settings { data: folder.0.clone(), ..Settings::from_env() };
        let environment = Environment::start_synced(embedded, sync).await?;
        let layout =
            settings::write(&folder.0, SocketAddr::from(([127, 0, 0, 1], 0)), Extent::default(), &environment).await?;
        let operator = Operator::load(Some(&layout.operator))?;
        let key = SigningKey::load(&folder.0.join("keys/gateway.key"))?;
        let gateway = Issuer::new(Role::Gateway, key, SystemClock::shared());
        Ok(Self { environment, layout, operator, durability, gateway, folder })
    }

    /// Stops the servers and removes what they stored.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.environment.stop().await?;
        drop(self.folder);
        Ok(())
    }

    /// Where its files are.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder.0
    }

    /// Starts a service in this process, over its settings file with these keys changed,
    /// and waits until it is ready.
    pub async fn serve(&self, role: Role, changes: &[(&str, &str)]) -> anyhow::Result<Service> {
        let tasks = Tasks::new();
        let file = self.layout.config.join(format!("{role}.toml"));
        let durability = match self.durability {
            Durability::PowerLoss => "power-loss",
            Durability::ProcessCrash => "process-crash",
        };
        let shipped = [("KINDRED__LOG__DURABILITY", durability), ("KINDRED__PROJECTOR__KEY_CACHE_SECS", "60")];
        let variables =
            shipped.iter().chain(changes).map(|(name, value)| (OsString::from(name), OsString::from(value)));
        macro_rules! start {
            ($name:ident) => {
                $name::service::start(load_from($name::service::DEFAULTS, Some(&file), variables)?, tasks.clone())
                    .await?
            };
        }
        let running = match role {
            Role::Membership => start!(kindred_membership),
            Role::Posting => start!(kindred_posting),
            Role::Matching => start!(kindred_matching),
            other => bail!("role `{other}` is not measured in this process"),
        };
        let service = Service { address: running.listen, tasks, health: running.health };
        service.ready().await.with_context(|| format!("wait for role `{role}`"))?;
        Ok(service)
    }

    /// Waits until every projection of a service has come to the end of its log.
    pub async fn settled(&self, roles: &[Role]) -> anyhow::Result<()> {
        for role in roles {
            let mut client = AdminClient::new(self.operator.channel(*role)?);
            loop {
                let request = self.operator.request(proto::ListProjectionsRequest {});
                let listed = client.list_projections(request).await.map_err(said)?.into_inner().projections;
                ensure!(listed.iter().all(|one| one.parked == 0), "role `{role}` has parked events");
                if listed.iter().all(|one| one.state != "building" && (one.state != "live" || one.behind_events == 0)) {
                    break;
                }
                tokio::time::sleep(LOOK).await;
            }
        }
        Ok(())
    }

    /// What a member's calls carry; good for five minutes.
    pub fn token(&self, tenant: &TenantSlug, member: MemberId) -> anyhow::Result<MetadataValue<Ascii>> {
        let claims = MemberClaims {
            tenant: tenant.clone(),
            member,
            session: SessionId(member.0),
            roles: BTreeSet::new(),
            authenticated_at: now(),
        };
        let token = self.gateway.member(&claims, &BTreeSet::new(), Duration::from_secs(300));
        Ok(token.as_str().parse()?)
    }

    /// Enters the bus as its owner.
    pub async fn bus(&self) -> anyhow::Result<Client> {
        let mut settings = ConnectSettings::new([self.environment.nats.url()], "bench");
        settings.credentials =
            Credentials::Password { user: "admin".to_owned(), password: self.environment.password.clone() };
        Ok(kindred_jetstream::connect(&settings).await?)
    }

    /// Makes a stream that no service reads, or makes that of a service as large.
    pub async fn make_stream(&self, context: &str) -> anyhow::Result<()> {
        let stream = StreamSettings::new(context).max_bytes(STREAM_BYTES);
        kindred_jetstream::apply_streams(&self.bus().await?, &stream).await?;
        Ok(())
    }

    /// The log of a context, written and read as a service would.
    pub async fn store(&self, context: &str) -> anyhow::Result<JetStreamStore> {
        let options = StoreOptions::default().durability(self.durability);
        Ok(JetStreamStore::open(&self.bus().await?, context, None, options).await?)
    }
}

impl Service {
    async fn ready(&self) -> anyhow::Result<()> {
        let stopping = self.tasks.stopping();
        tokio::select! {
            () = self.health.wait_until_ready() => Ok(()),
            () = stopping.cancelled() => bail!("it stopped: task `{}`", self.tasks.failed().unwrap_or("none")),
            () = tokio::time::sleep(READY) => bail!("it is not ready after {} s: {:?}", READY.as_secs(), self.health.unmet()),
        }
    }

    /// A connection for callers.
    pub async fn channel(&self) -> anyhow::Result<Channel> {
        channel(self.address).await
    }

    /// Stops it as a signal would.
    pub async fn stop(self) -> anyhow::Result<()> {
        let health = self.health;
        let outcome = lifecycle::drain(self.tasks, GRACE, || health.drain(), std::future::pending()).await;
        ensure!(outcome == lifecycle::Outcome::Drained, "a service did not stop as it should");
        Ok(())
    }
}

/// A plain connection for callers, the same for services and baselines.
pub async fn channel(address: SocketAddr) -> anyhow::Result<Channel> {
    Ok(Endpoint::from_shared(format!("http://{address}"))?.tcp_nodelay(true).connect().await?)
}

/// The time.
pub fn now() -> Timestamp {
    SystemClock::shared().now()
}

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> anyhow::Result<Self> {
        let name = format!("kindred-bench-{}", crate::client::fresh_id()?);
        // Outside of root's home: Postgres runs as nobody there.
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).with_context(|| format!("make folder `{}`", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _removed = std::fs::remove_dir_all(&self.0);
    }
}
