//! Starts and stops what follows the log, as the generations in Postgres say.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kindred_vault::LONGEST_LIFETIME;
use tokio::sync::{Notify, watch};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::alarm::Alarm;
use crate::apply::{Generation, Poison};
use crate::build::{self, Site, host};
use crate::checkpoint::{self, ConsumerId};
use crate::consumer::Consumer;
use crate::error::Attempt;
use crate::feed::{self, Feed};
use crate::generation::{self, Purpose, Row, State};
use crate::lease::Leases;
use crate::log::Log;
use crate::marks::Marks;
use crate::pause::Pause;
use crate::projector::{Health, ProjectorBuilder};
use crate::react::Reacting;
use crate::redactor::{self, Redactor};
use crate::runner::{Runner, Surroundings, chain};
use crate::{Database, Error, Operations, Projector, Settings, drop_generation};

/// How often old generations are looked for, at least.
const RETIRE: Duration = Duration::from_secs(20);
/// The longest that one reaction to one commit may take.
const LONGEST_REACTION: Duration = Duration::from_secs(30);

struct Supervisor {
    parts: Arc<Parts>,
    feeds: HashMap<String, (Log, Feed)>,
    around: Surroundings,
    stop: CancellationToken,
    tasks: TaskTracker,
    running: HashMap<(String, i64), CancellationToken>,
    changed: Arc<Notify>,
    hosts: Vec<String>,
    retired: Option<Instant>,
}

/// What was wired.
pub(crate) struct Parts {
    pub builder: ProjectorBuilder,
}

impl Parts {
    pub(crate) fn log(&self, context: &str) -> Option<&Log> {
        self.builder.logs.iter().find(|log| log.context() == context)
    }
}

/// Checks the wiring and starts everything.
pub(crate) async fn start(builder: ProjectorBuilder, stop: CancellationToken) -> Result<Projector, Error> {
    check(&builder)?;
    check_settings(&builder.settings)?;
    let (database, settings) = (builder.database.clone(), builder.settings.clone());
    let inner = stop.child_token();
    let health = watch::Sender::new(Health::default());
    let listening = health.subscribe();
    let alarm = Alarm { health, stop: inner.clone() };
    let leases = Leases { database: database.clone(), worker: worker()?, lease: settings.lease };
    let around = Surroundings { settings, leases, marks: Marks::default(), alarm };
    let (tasks, changed) = (TaskTracker::new(), Arc::new(Notify::new()));
    let mut feeds = HashMap::new();
    for log in &builder.logs {
        let (feed, actor) = feed::start(log.clone(), &around.settings, around.alarm.clone(), inner.clone());
        tasks.spawn(actor.run());
        feeds.insert(log.context().to_owned(), (log.clone(), feed));
    }
    let hosts = hosts(&builder);
    let parts = Arc::new(Parts { builder });
    let operations = Operations::new(parts.clone(), changed.clone());
    let projector =
        Projector { database, marks: around.marks.clone(), operations, health: listening, tasks: tasks.clone() };
    let mut supervisor = Supervisor {
        parts,
        feeds,
        around,
        stop: inner,
        tasks: tasks.clone(),
        running: HashMap::new(),
        changed,
        hosts,
        retired: None,
    };
    supervisor.begin().await?;
    tasks.spawn(async move { supervisor.run().await });
    tasks.close();
    Ok(projector)
}

fn check(builder: &ProjectorBuilder) -> Result<(), Error> {
    let projections = builder.projections.iter().map(|projection| {
        let declaration = projection.declaration();
        (declaration.name, declaration.context)
    });
    let reactions = builder.reactions.iter().map(|reaction| (reaction.0.name(), reaction.0.context().into()));
    let erasure = builder.erasure.iter().map(|erasure| (redactor::NAME, erasure.context().into()));
    let mut names = std::collections::HashSet::new();
    for (name, context) in projections.chain(reactions).chain(erasure) {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if name.is_empty() || name.len() > 40 || !name.bytes().all(plain) {
            return Err(Error::Wiring(format!("`{name}` is not a name of lower-case letters, digits and underscores")));
        }
        if !names.insert(name) {
            return Err(Error::Wiring(format!("two consumers are called `{name}`")));
        }
        if !builder.logs.iter().any(|log| log.context() == context) {
            return Err(Error::Wiring(format!("`{name}` reads the stream of `{context}`, which was not given")));
        }
    }
    Ok(())
}

fn check_settings(settings: &Settings) -> Result<(), Error> {
    let wrong = |name: &str, rule: &str| Err(Error::Wiring(format!("`{name}` {rule}")));
    match settings {
        Settings { batch: 0, .. } => wrong("batch", "must be at least 1"),
        Settings { bulk_batch: 0, .. } => wrong("bulk_batch", "must be at least 1"),
        Settings { key_cache, .. } if *key_cache > LONGEST_LIFETIME => wrong("key_cache", "may be 60 seconds at most"),
        Settings { heartbeat, lease, .. } if heartbeat.is_zero() || *heartbeat * 2 > *lease => {
            wrong("heartbeat", "must be more than nothing and at most half of `lease`")
        }
        _ => Ok(()),
    }
}

/// What this process can run.
fn hosts(builder: &ProjectorBuilder) -> Vec<String> {
    let projections = builder.projections.iter().map(|projection| host(&projection.declaration()));
    let reactions = builder.reactions.iter().map(|reaction| reaction.0.name().to_owned());
    let erasure = builder.erasure.iter().map(|_| redactor::NAME.to_owned());
    projections.chain(reactions).chain(erasure).collect()
}

/// A random name of this process.
fn worker() -> Result<Uuid, Error> {
    let mut bytes = [0; 16];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes)
        .map_err(|_| Error::Refused("the system gives no random bytes".to_owned()))?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

impl Supervisor {
    fn database(&self) -> &Database {
        &self.around.leases.database
    }

    /// What must succeed before the service goes on.
    async fn begin(&mut self) -> Result<(), Error> {
        self.around.leases.heartbeat(&self.hosts).await?;
        for projection in &self.parts.builder.projections {
            generation::request(self.database(), &projection.declaration(), Purpose::First).await?;
        }
        let reactions: Vec<_> = self.parts.builder.reactions.iter().map(|reaction| reaction.0.clone()).collect();
        for reaction in reactions {
            self.start_reaction(reaction).await?;
        }
        if let Some(erasure) = self.parts.builder.erasure.clone() {
            let redactor = Redactor::new(erasure, self.parts.clone(), self.around.clone(), self.changed.clone());
            self.start_reaction(Arc::new(redactor.clone())).await?;
            self.tasks.spawn(redactor.run(self.stop.clone()));
        }
        Ok(())
    }

    async fn start_reaction(&mut self, reaction: Arc<dyn crate::reaction::Erased>) -> Result<(), Error> {
        let id = ConsumerId { name: reaction.name().to_owned(), generation: 0, context: reaction.context().to_owned() };
        let attempt = "prepare the checkpoints of a reaction";
        let mut connection = self.database().projector().acquire().await.attempt(attempt)?;
        checkpoint::ensure(&mut connection, &id).await.attempt(attempt)?;
        drop(connection);
        let stop = self.stop.child_token();
        let database = self.database().clone();
        let consumer = Reacting { id, reaction, database, stop: stop.clone(), longest: LONGEST_REACTION };
        self.spawn_runner(Arc::new(consumer), stop);
        Ok(())
    }

    fn spawn_runner(&self, consumer: Arc<dyn Consumer>, stop: CancellationToken) {
        let Some((log, feed)) = self.feeds.get(&consumer.id().context) else { return };
        let runner = Runner::new(consumer, log.clone(), feed.clone(), self.around.clone(), stop);
        self.tasks.spawn(runner.run());
    }

    async fn run(mut self) {
        let mut ticks = tokio::time::interval(self.around.settings.heartbeat);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = self.stop.cancelled() => break,
                _ = ticks.tick() => {}
                () = self.changed.notified() => {}
            }
            if let Err(error) = self.tick().await {
                tracing::warn!(error = chain(&error), "projector cannot look after its generations");
            }
        }
        if let Err(error) = self.around.leases.leave().await {
            tracing::warn!(error = chain(&error), "leases stay until they run out");
        }
    }

    async fn tick(&mut self) -> Result<(), Error> {
        self.around.leases.heartbeat(&self.hosts).await?;
        let rows = generation::all(self.database()).await?;
        self.follow(&rows);
        self.tell_readiness(&rows);
        for row in rows.iter().filter(|row| row.state == State::Dropping) {
            drop_generation::try_drop(self.database(), row).await?;
        }
        if self.retired.is_none_or(|retired| retired.elapsed() >= RETIRE.min(self.around.settings.keep)) {
            drop_generation::retire_old(self.database(), &self.parts, self.around.settings.keep).await?;
            self.retired = Some(Instant::now());
        }
        Ok(())
    }

    /// Runs what should run, and nothing else.
    fn follow(&mut self, rows: &[Row]) {
        self.running.retain(|(projection, generation), stop| {
            let is_it = |row: &&Row| row.projection == *projection && row.generation == *generation;
            let keeps = rows.iter().find(is_it).is_some_and(|row| row.state != State::Dropping);
            if !keeps {
                stop.cancel();
            }
            keeps
        });
        for row in rows.iter().filter(|row| row.state != State::Dropping) {
            let key = (row.projection.clone(), row.generation);
            let known = self.parts.builder.projections.iter().find(|known| row.is_of(&known.declaration()));
            let Some(projection) = known.filter(|_| !self.running.contains_key(&key)) else { continue };
            let anything_live =
                rows.iter().any(|other| other.projection == row.projection && other.state == State::Live);
            let Some((log, feed)) = self.feeds.get(&row.context) else { continue };
            let stop = self.stop.child_token();
            let site = Site {
                row: row.clone(),
                anything_live,
                projection: projection.0.clone(),
                keys: self.parts.builder.keys.clone(),
                log: log.clone(),
                around: self.around.clone(),
                stop: stop.clone(),
                changed: self.changed.clone(),
            };
            self.tasks.spawn(look_after(site, feed.clone()));
            self.running.insert(key, stop);
        }
    }

    fn tell_readiness(&self, rows: &[Row]) {
        let shown = |projection: &crate::DynProjection| {
            rows.iter().any(|row| row.state == State::Live && row.is_of(&projection.declaration()))
        };
        let ready = self.parts.builder.projections.iter().filter(|projection| projection.0.awaited()).all(shown);
        self.around.alarm.health.send_if_modified(|health| {
            let changes = health.damaged.is_none() && health.ready != ready;
            if changes {
                health.ready = ready;
            }
            changes
        });
    }
}

/// Builds a generation if it is being built, then feeds it.
async fn look_after(site: Site, feed: Feed) {
    let owned = if site.row.state == State::Building { build::run(site.clone()).await } else { Vec::new() };
    if site.row.state == State::Building && owned.is_empty() && !is_fed(&site).await {
        return;
    }
    let consumer = Arc::new(Generation {
        id: site.row.consumer(),
        host: host(&site.projection.declaration()),
        schema: site.row.schema,
        projection: site.projection,
        keys: site.keys,
        database: site.around.leases.database.clone(),
        poison: Poison::Parks,
        bare: false,
        records: Arc::default(),
        most_parked: site.around.settings.most_parked,
    });
    Runner::new(consumer, site.log, feed, site.around, site.stop).holding(owned).run().await;
}

/// Whether another process has built it meanwhile.
async fn is_fed(site: &Site) -> bool {
    let mut pause = Pause::default();
    while !site.stop.is_cancelled() {
        match generation::all(&site.around.leases.database).await {
            Ok(rows) => {
                let is_it = |row: &&Row| row.projection == site.row.projection && row.generation == site.row.generation;
                return rows.iter().find(is_it).is_some_and(|row| matches!(row.state, State::Live | State::Kept));
            }
            Err(error) => {
                tracing::warn!(error = chain(&error), "cannot look at a generation");
                pause.rest(&site.stop).await;
            }
        }
    }
    false
}
