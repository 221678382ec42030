//! `kindred serve`: one role a process, or all of them in one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use kindred_service_kit::caller::Role;
use kindred_service_kit::config::{Telemetry, load, load_from};
use kindred_service_kit::lifecycle::{self, Outcome, Stage, Tasks};
use kindred_service_kit::telemetry::{Guard, MetricsServer, install};

/// `kindred serve`.
#[derive(Debug, clap::Args)]
pub struct Serve {
    /// membership, posting, matching, notification, gateway, or all.
    role: String,
    /// The role's settings; the environment (KINDRED__SECTION__KEY) overrides them.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// For `all`: the folder with `<role>.toml` of every role.
    #[arg(long, value_name = "DIR")]
    config_dir: Option<PathBuf>,
}

/// The roles that a process can run.
pub const ROLES: [Role; 5] = [Role::Membership, Role::Posting, Role::Matching, Role::Notification, Role::Gateway];

/// Where a role's settings come from.
#[derive(Clone, Copy)]
enum Source<'a> {
    /// File, then environment.
    Layers(Option<&'a Path>),
    /// A file alone: several roles share this process's environment.
    File(&'a Path),
}

impl Source<'_> {
    fn load<T: serde::de::DeserializeOwned>(self, defaults: &str) -> anyhow::Result<T> {
        match self {
            Self::Layers(file) => Ok(load(defaults, file)?),
            Self::File(file) => {
                load_from(defaults, Some(file), []).with_context(|| format!("read `{}`", file.display()))
            }
        }
    }
}

impl Serve {
    /// Runs until a signal comes; an error if it did not end as it should.
    ///
    /// # Errors
    ///
    /// If a setting does not hold, something needed does not answer, or the drain was cut short.
    pub async fn run(self) -> anyhow::Result<()> {
        let tasks = Tasks::new();
        let started = match self.role.as_str() {
            "all" => {
                let folder = self.config_dir.context("`--config-dir` is required with `all`")?;
                start_all(&folder, &tasks).await?
            }
            name => {
                let role: Role = name.parse().with_context(|| format!("`{name}` is no role"))?;
                Box::pin(start(role, Source::Layers(self.config.as_deref()), &tasks, true)).await?
            }
        };
        let outcome = lifecycle::run(tasks, started.grace, || {}).await?;
        drop(started.telemetry);
        match outcome {
            Outcome::Drained => Ok(()),
            Outcome::CutShort => bail!("the drain was cut short"),
            Outcome::Crashed => bail!("a task failed; the log says which"),
        }
    }
}

/// Starts all roles with the settings in a folder: `<role>.toml`, and for further replicas
/// `<role>-1.toml` and so on.
///
/// # Errors
///
/// If one cannot start.
pub async fn start_all(folder: &Path, tasks: &Tasks) -> anyhow::Result<Started> {
    let mut all = Started::default();
    for role in ROLES {
        let first = folder.join(format!("{role}.toml"));
        let further = (1..).map(|replica| folder.join(format!("{role}-{replica}.toml")));
        for file in std::iter::once(first).chain(further.take_while(|file| file.is_file())) {
            let observe = all.telemetry.is_none();
            let started = Box::pin(start(role, Source::File(&file), tasks, observe)).await;
            let started = started.with_context(|| format!("start role `{role}` with `{}`", file.display()))?;
            all.grace = all.grace.max(started.grace);
            all.telemetry = all.telemetry.or(started.telemetry);
        }
    }
    Ok(all)
}

/// What a process holds while its roles run.
#[derive(Default)]
pub struct Started {
    /// Flushes traces, metrics and logs when it goes.
    pub telemetry: Option<Guard>,
    /// How long a drain may take.
    pub grace: Duration,
}

async fn start(role: Role, source: Source<'_>, tasks: &Tasks, observe: bool) -> anyhow::Result<Started> {
    macro_rules! service {
        ($name:ident) => {{
            let config: $name::service::Config = source.load($name::service::DEFAULTS)?;
            let telemetry = telemetry(role, &config.telemetry, tasks, observe).await?;
            let grace = config.server.shutdown_grace_secs.duration();
            let running = $name::service::start(config, tasks.clone()).await?;
            tracing::info!(listen = %running.listen, health = %running.health_listen, "role `{role}` answers calls");
            Started { telemetry, grace }
        }};
    }
    Ok(match role {
        Role::Membership => service!(kindred_membership),
        Role::Posting => service!(kindred_posting),
        Role::Matching => service!(kindred_matching),
        Role::Notification => service!(kindred_notification),
        Role::Gateway => {
            let config: kindred_gateway::config::Config = source.load(kindred_gateway::config::DEFAULTS)?;
            let telemetry = telemetry(role, &config.telemetry, tasks, observe).await?;
            let grace = config.http.shutdown_grace_secs.duration();
            let started = kindred_gateway::service::start(&config, tasks).await?;
            tracing::info!(listen = %started.address, "role `{role}` answers calls");
            Started { telemetry, grace }
        }
        Role::Operator => bail!("`operator` is no role that serves"),
    })
}

/// A process has one telemetry, that of its first role.
async fn telemetry(role: Role, settings: &Telemetry, tasks: &Tasks, observe: bool) -> anyhow::Result<Option<Guard>> {
    if !observe {
        return Ok(None);
    }
    let guard = install(settings, &format!("kindred-{role}"), env!("CARGO_PKG_VERSION"))?;
    if let Some(listen) = settings.metrics_listen {
        let server = MetricsServer::bind(listen, guard.registry()).await?;
        tasks.spawn("metrics", Stage::Supporting, server.serve(tasks.token(Stage::Supporting)));
    }
    Ok(Some(guard))
}
