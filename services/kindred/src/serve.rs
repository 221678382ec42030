//! `kindred serve`: one role a process, or all of them in one.

use std::path::{Path, PathBuf};

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
        let (telemetry, grace) = match self.role.as_str() {
            "all" => {
                let folder = self.config_dir.context("`--config-dir` is required with `all`")?;
                let telemetry = start_all(&folder, &tasks).await?;
                (telemetry, 20)
            }
            name => {
                let role: Role = name.parse().with_context(|| format!("`{name}` is no role"))?;
                (start(role, Source::Layers(self.config.as_deref()), &tasks, true).await?, 20)
            }
        };
        let outcome = lifecycle::run(tasks, std::time::Duration::from_secs(grace), || {}).await?;
        drop(telemetry);
        match outcome {
            Outcome::Drained => Ok(()),
            Outcome::CutShort => bail!("the drain was cut short"),
            Outcome::Crashed => bail!("a task failed; the log says which"),
        }
    }
}

/// Starts all roles with the settings in a folder.
///
/// # Errors
///
/// If one cannot start.
pub async fn start_all(folder: &Path, tasks: &Tasks) -> anyhow::Result<Option<Guard>> {
    let mut telemetry = None;
    for role in ROLES {
        let file = folder.join(format!("{role}.toml"));
        let first = telemetry.is_none();
        let started = start(role, Source::File(&file), tasks, first).await;
        let guard = started.with_context(|| format!("start role `{role}`"))?;
        telemetry = telemetry.or(guard);
    }
    Ok(telemetry)
}

async fn start(role: Role, source: Source<'_>, tasks: &Tasks, observe: bool) -> anyhow::Result<Option<Guard>> {
    macro_rules! service {
        ($name:ident) => {{
            let config: $name::service::Config = source.load($name::service::DEFAULTS)?;
            let guard = telemetry(role, &config.telemetry, tasks, observe).await?;
            let running = $name::service::start(config, tasks.clone()).await?;
            tracing::info!(listen = %running.listen, health = %running.health_listen, "role `{role}` answers calls");
            guard
        }};
    }
    Ok(match role {
        Role::Membership => service!(kindred_membership),
        Role::Posting => service!(kindred_posting),
        Role::Matching => service!(kindred_matching),
        Role::Notification => service!(kindred_notification),
        Role::Gateway => {
            let config: kindred_gateway::config::Config = source.load(kindred_gateway::config::DEFAULTS)?;
            let guard = telemetry(role, &config.telemetry, tasks, observe).await?;
            let started = kindred_gateway::service::start(&config, tasks).await?;
            tracing::info!(listen = %started.address, "role `{role}` answers calls");
            guard
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
