//! Puts a service together and runs it.

mod wiring;

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use futures::future::BoxFuture;
use kindred_eventsourcing::Executor;
use kindred_jetstream::JetStreamStore;
use kindred_projections::{Database, Projector, Settings, Waiter};
use kindred_proto::admin::admin_server::AdminServer;
use kindred_service_kit::authorization::Authorizer;
use kindred_service_kit::caller::{Issuer, Revocations, Role, Verifier};
use kindred_service_kit::clock::{SharedClock, SystemClock};
use kindred_service_kit::config::Peer;
use kindred_service_kit::grpc::{
    CallGuard, Credentials, GrpcServer, Health, HealthServer, PlacedChannel, ServiceChannel, channel, placed_channel,
};
use kindred_service_kit::lifecycle::{Stage, Tasks};
use kindred_service_kit::position::PositionKey;
use kindred_vault::{CacheSettings, CachedKeys, KeyRing, KeySource};
use sqlx::postgres::PgConnectOptions;
use tonic::service::Routes;

use crate::admin::AdminService;
use crate::config::{Part, ServiceConfig};
use crate::heads::Recorder;
use crate::query::Queries;
use crate::revocations;
use crate::streams::Streams;
pub use wiring::Wiring;

/// The context whose log tells of people, sessions and tenants.
const MEMBERSHIP: &str = "membership";
/// How long the views of a first start may take.
const READY: Duration = Duration::from_secs(3600);

/// What a service is made of, connected.
pub struct Host {
    context: &'static str,
    config: ServiceConfig<()>,
    clock: SharedClock,
    issuer: Arc<Issuer>,
    streams: Streams,
    store: JetStreamStore,
    database: Database,
    positions: Arc<PositionKey>,
    health: Health,
    tasks: Tasks,
}

/// Makes a service's routes once its queries are there.
type MakeRoutes = Box<dyn FnOnce(Queries) -> anyhow::Result<Routes> + Send>;

impl Host {
    /// Connects the service of `context` to everything it stands on.
    ///
    /// # Errors
    ///
    /// If a setting does not hold, a server cannot be reached, or the stream is another one
    /// than before; names which.
    pub fn connect(
        context: &'static str,
        config: ServiceConfig<()>,
        tasks: Tasks,
    ) -> BoxFuture<'static, anyhow::Result<Self>> {
        // Boxed, so that it is compiled here and not again in every service.
        Box::pin(Self::enter(context, config, tasks))
    }

    async fn enter(context: &'static str, config: ServiceConfig<()>, tasks: Tasks) -> anyhow::Result<Self> {
        let clock = SystemClock::shared();
        let issuer = Arc::new(Issuer::new(config.identity.role, config.identity.signing_key()?, clock.clone()));
        let positions = Arc::new(config.position.key()?);
        let connections = config.database.max_connections.as_u32();
        let database = Database::connect(&database_options(&config)?, connections / 2 + 1, connections.div_ceil(2));
        let streams = Streams::connect(context, &config, database.clone()).await?;
        let store = streams.own(context).await?;
        Ok(Self { context, config, clock, issuer, streams, store, database, positions, health: Health::new(), tasks })
    }

    /// The service's own log.
    #[must_use]
    pub const fn store(&self) -> &JetStreamStore {
        &self.store
    }

    /// Another context's log.
    ///
    /// # Errors
    ///
    /// If the stream cannot be served, or is another one than before.
    pub async fn stream(&self, context: &str) -> anyhow::Result<JetStreamStore> {
        if context == self.context {
            return Ok(self.store.clone());
        }
        self.streams.followed(context).await
    }

    /// Runs commands on the service's own log.
    #[must_use]
    pub fn executor(&self) -> Executor<JetStreamStore> {
        Executor::new(self.store.clone(), self.config.log.cached_entities.get())
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> SharedClock {
        self.clock.clone()
    }

    /// Signs in this service's name.
    #[must_use]
    pub fn issuer(&self) -> Arc<Issuer> {
        self.issuer.clone()
    }

    /// The tasks of this process.
    #[must_use]
    pub const fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    /// The service's own database.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// Where the service's own database is, for a pool of another kind.
    ///
    /// # Errors
    ///
    /// If the setting is no database URL.
    pub fn database_options(&self) -> anyhow::Result<PgConnectOptions> {
        database_options(&self.config)
    }

    /// Conditions of readiness.
    #[must_use]
    pub const fn health(&self) -> &Health {
        &self.health
    }

    /// A channel to another service.
    ///
    /// # Errors
    ///
    /// If `peers.<role>` is missing or wrong.
    pub fn channel(&self, role: Role) -> anyhow::Result<ServiceChannel> {
        let peer = self.config.peers.get(&role);
        let peer = peer.with_context(|| format!("setting `peers.{role}` is required and set nowhere"))?;
        Ok(channel(peer, Credentials::new(self.issuer.clone()))?)
    }

    /// How another service is reached, or this one by its replicas.
    #[must_use]
    pub fn peer(&self, role: Role) -> Option<&Peer> {
        self.config.peers.get(&role)
    }

    /// A channel to the replicas of a service, as far as the settings name any.
    ///
    /// # Errors
    ///
    /// If `peers.<role>` is wrong.
    pub fn replicas(&self, role: Role) -> anyhow::Result<Option<PlacedChannel>> {
        let Some(peer) = self.peer(role) else { return Ok(None) };
        let replicas = placed_channel(peer, &Credentials::new(self.issuer.clone()));
        Ok(Some(replicas.with_context(|| format!("reach `peers.{role}`"))?))
    }

    /// Data keys of `source`, kept as long as the settings say.
    ///
    /// # Errors
    ///
    /// If the settings are out of range.
    pub fn keys(&self, source: impl KeySource) -> anyhow::Result<Arc<dyn KeyRing>> {
        let projector = &self.config.projector;
        let lifetime = projector.key_cache_secs.duration();
        let capacity = projector.key_cache_capacity.as_usize();
        Ok(Arc::new(CachedKeys::try_new(source, CacheSettings { lifetime, capacity })?))
    }

    /// Starts to wire the projector of this service.
    pub fn wiring(&self, keys: Arc<dyn KeyRing>) -> Wiring {
        let projector = &self.config.projector;
        let settings = Settings {
            batch: projector.batch.as_usize(),
            wait: projector.wait_millis.duration(),
            keep: Duration::from_secs(projector.keep_hours.get() * 3600),
            key_cache: projector.key_cache_secs.duration(),
            ..Settings::default()
        };
        let builder = Projector::builder(self.database.clone(), settings).keys(keys).own_stream(self.store.clone());
        Wiring { builder, parts: self.config.host.parts.clone(), wired: vec![self.context.to_owned()] }
    }

    /// Starts projector, revocations and health, then serves the routes that `routes`
    /// makes, until the process stops.
    ///
    /// # Errors
    ///
    /// If something cannot start; what fails later stops the process.
    pub fn start(
        self,
        wiring: Wiring,
        routes: impl FnOnce(Queries) -> anyhow::Result<Routes> + Send + 'static,
    ) -> BoxFuture<'static, anyhow::Result<Running>> {
        // As `connect`.
        Box::pin(self.serve(wiring, Box::new(routes)))
    }

    async fn serve(self, wiring: Wiring, routes: MakeRoutes) -> anyhow::Result<Running> {
        let membership = self.stream(MEMBERSHIP).await?;
        let mut builder = wiring.builder;
        if !wiring.wired.iter().any(|context| context == MEMBERSHIP) {
            builder = builder.stream(membership.clone());
        }
        let projector = builder.start(self.tasks.token(Stage::Supporting)).await?;
        self.watch_projector(projector.clone());
        self.sign_heads(&projector);
        let revocations = Arc::new(Revocations::new());
        self.tasks.spawn(
            "revocations",
            Stage::Supporting,
            revocations::follow(
                membership,
                revocations.clone(),
                self.health.condition("revocations"),
                self.tasks.token(Stage::Supporting),
            ),
        );
        let verifier = Verifier::new(self.config.identity.trust()?);
        let guard = CallGuard::new(verifier, revocations, Arc::new(Authorizer::load()?), self.clock.clone());
        let queries =
            Queries::new(self.context, self.database.clone(), self.waiter(&projector), self.positions.clone());
        let (operations, store, clock) = (projector.operations().clone(), self.store.clone(), self.clock.clone());
        let routes = routes(queries)?.add_service(AdminServer::new(AdminService { operations, store, clock }));
        let server = GrpcServer::new(self.config.server.clone(), guard, routes)
            .with_reflection(kindred_proto::DESCRIPTORS)
            .bind()
            .await?;
        let health = HealthServer::bind(self.config.server.health_listen, self.health.clone()).await?;
        let running =
            Running { listen: server.local_addr()?, health_listen: health.local_addr()?, health: self.health };
        self.tasks.spawn("server", Stage::Serving, server.serve(self.tasks.token(Stage::Serving)));
        self.tasks.spawn("health", Stage::Supporting, health.serve(self.tasks.token(Stage::Supporting)));
        Ok(running)
    }

    fn waiter(&self, projector: &Projector) -> Waiter {
        if self.config.host.parts.contains(&Part::Projector) {
            projector.waiter()
        } else {
            Waiter::new(self.database.clone())
        }
    }

    /// A process that feeds read models also says where the stream ends; two that say it do
    /// no harm.
    fn sign_heads(&self, projector: &Projector) {
        let every = self.config.projector.heads_secs.duration();
        if every.is_zero() || !self.config.host.parts.contains(&Part::Projector) {
            return;
        }
        let recorder = Recorder {
            operations: projector.operations().clone(),
            issuer: self.issuer.clone(),
            clock: self.clock.clone(),
            context: self.context.to_owned(),
            identity: self.store.identity().to_string(),
            every,
        };
        self.tasks.spawn("heads", Stage::Supporting, recorder.run(self.tasks.token(Stage::Supporting)));
    }

    /// Readiness follows the views; damage to the log stops the process, loudly.
    fn watch_projector(&self, projector: Projector) {
        let (ready, stop) = (self.health.condition("views"), self.tasks.token(Stage::Supporting));
        self.tasks.spawn("projector", Stage::Supporting, async move {
            let mut health = projector.health();
            // To stop comes first: a projector that has stopped by then was never ready, and that
            // is no failure.
            tokio::select! {
                biased;
                () = stop.cancelled() => { projector.stopped().await; return Ok(()) }
                outcome = projector.ready(READY) => outcome?,
            }
            ready.set(true);
            loop {
                let damaged = health.borrow_and_update().damaged.clone();
                if let Some(damage) = damaged {
                    return Err(anyhow::anyhow!("{damage}"));
                }
                tokio::select! {
                    biased;
                    () = stop.cancelled() => { projector.stopped().await; return Ok(()) }
                    changed = health.changed() => if changed.is_err() { return Ok(()) },
                }
            }
        });
    }
}

/// A service that answers calls.
pub struct Running {
    /// Where calls go.
    pub listen: std::net::SocketAddr,
    /// Where health answers.
    pub health_listen: std::net::SocketAddr,
    /// Whether it is ready.
    pub health: Health,
}

fn database_options(config: &ServiceConfig<()>) -> anyhow::Result<PgConnectOptions> {
    let url = config.database.url()?;
    // The URL holds a password: an error must not repeat it.
    PgConnectOptions::from_str(url.expose())
        .map_err(|_| anyhow::anyhow!("setting `database.url_file` holds no database URL"))
}
