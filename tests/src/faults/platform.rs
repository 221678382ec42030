//! A platform to strike: servers started by this process, every role a process of its own.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use kindred::demo::environment::{Environment, until_ready};
use kindred::demo::settings::{Extent, Layout, write};
use kindred::operator::Operator;
use kindred_embedded::Settings;
use rustix::process::Signal;
use tokio::process::{Child, Command};

use super::target::{Fault, Kind, Target};
use super::world::SPLIT;
use crate::platform::{binary, signal};

/// How long everything may take to start.
const START: Duration = Duration::from_secs(120);
/// How long a role may take to end when it is asked to.
const END: Duration = Duration::from_secs(25);
/// How long what was stopped may take to be gone.
const GONE: Duration = Duration::from_secs(10);

/// Servers and roles.
pub struct Platform {
    environment: Environment,
    layout: Layout,
    roles: BTreeMap<Target, Child>,
}

impl Platform {
    /// Starts all of it in a folder.
    pub async fn start(data: &Path) -> anyhow::Result<Self> {
        let settings = Settings { data: data.to_owned(), ..Settings::from_env() };
        let environment = Environment::start(settings).await.context("start the servers")?;
        let http = SocketAddr::from(([127, 0, 0, 1], 0));
        // One tenant is split, so that a replica that is gone takes a part of its people along.
        let split = [SPLIT.parse().context("a slug")?];
        let extent = Extent { matching_replicas: 2, split_tenants: &split, ..Extent::default() };
        let layout = write(data, http, extent, &environment).await?;
        std::fs::create_dir_all(data.join("logs")).context("make a folder for logs")?;
        let mut platform = Self { environment, layout, roles: BTreeMap::new() };
        for role in Target::ROLES {
            platform.start_role(role)?;
        }
        platform.until_ready(START).await?;
        Ok(platform)
    }

    fn start_role(&mut self, role: Target) -> anyhow::Result<()> {
        let path = self.log_of(role);
        let log = std::fs::File::options().create(true).append(true).open(&path);
        let log = log.with_context(|| format!("open `{}`", path.display()))?;
        let child = Command::new(binary()?)
            .args(["serve", role.role(), "--config"])
            .arg(self.layout.config.join(format!("{}.toml", role.name())))
            // One address sends what many would.
            .envs((role == Target::Gateway).then_some(("KINDRED__LIMITS__REQUESTS_PER_SECOND_PER_ADDRESS", "100000")))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("start role `{}`", role.name()))?;
        self.roles.insert(role, child);
        Ok(())
    }

    fn log_of(&self, role: Target) -> PathBuf {
        self.layout.data.join("logs").join(format!("{}.log", role.name()))
    }

    /// Where its pages are.
    pub fn url(&self) -> &str {
        &self.layout.public_url
    }

    /// Its folder.
    pub fn data(&self) -> &Path {
        &self.layout.data
    }

    /// Where the bus is.
    pub fn bus(&self) -> String {
        self.environment.nats.url()
    }

    /// The secret of the servers' owners.
    pub fn password(&self) -> &str {
        &self.environment.password
    }

    /// Calls services as the operator.
    pub fn operator(&self) -> anyhow::Result<Operator> {
        Operator::load(Some(&self.layout.operator))
    }

    /// Runs the command line as the operator.
    ///
    /// # Errors
    ///
    /// If it fails; its words are in the message.
    pub async fn operate(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let run = Command::new(binary()?).args(arguments).env("KINDRED_OPERATOR", &self.layout.operator).output();
        let output = run.await.context("run `kindred`")?;
        let words = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`kindred {}` ended with {}: {words}", arguments.join(" "), output.status);
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Does a fault.
    pub async fn strike(&mut self, fault: Fault) -> anyhow::Result<()> {
        match (fault.kind, fault.target) {
            (Kind::Kill, Target::Nats) => self.environment.nats.kill9().await,
            (Kind::Kill, Target::Postgres) => self.environment.postgres.kill9().await,
            (Kind::Kill, role) => self.role(role)?.kill().await.with_context(|| format!("kill {}", role.name()))?,
            (Kind::Pause, Target::Nats) => self.environment.nats.pause(),
            (Kind::Pause, Target::Postgres) => self.environment.postgres.pause(),
            (Kind::Pause, role) => signal(self.role(role)?, Signal::STOP)?,
        }
        Ok(())
    }

    /// Undoes a fault.
    pub async fn mend(&mut self, fault: Fault) -> anyhow::Result<()> {
        match (fault.kind, fault.target) {
            (Kind::Kill, Target::Nats) => self.environment.nats.restart().await.context("start nats again")?,
            (Kind::Kill, Target::Postgres) => {
                self.environment.postgres.restart().await.context("start Postgres again")?
            }
            (Kind::Kill, role) => self.start_role(role)?,
            (Kind::Pause, Target::Nats) => self.environment.nats.resume(),
            (Kind::Pause, Target::Postgres) => self.environment.postgres.resume(),
            (Kind::Pause, role) => signal(self.role(role)?, Signal::CONT)?,
        }
        Ok(())
    }

    fn role(&mut self, role: Target) -> anyhow::Result<&mut Child> {
        self.roles.get_mut(&role).with_context(|| format!("role `{}` does not run", role.name()))
    }

    /// Waits until every role says that it is ready.
    pub async fn until_ready(&mut self, longest: Duration) -> anyhow::Result<()> {
        let deadline = Instant::now() + longest;
        let outcome = until_ready(&self.layout, longest).await;
        self.nothing_ended_by_itself()?;
        outcome?;
        // The gateway has no more to say than that it answers.
        let alive = format!("{}/health/live", self.layout.public_url);
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(1)).build()?;
        while !client.get(&alive).send().await.is_ok_and(|answer| answer.status().is_success()) {
            self.nothing_ended_by_itself()?;
            ensure!(Instant::now() < deadline, "the gateway did not answer within {} s", longest.as_secs());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Nobody but this process ends a role.
    pub fn nothing_ended_by_itself(&mut self) -> anyhow::Result<()> {
        for role in Target::ROLES {
            let ended = self.role(role)?.try_wait().context("look after a role")?;
            if let Some(status) = ended {
                let log = std::fs::read_to_string(self.log_of(role)).unwrap_or_default();
                let last: Vec<&str> = log.lines().rev().take(8).collect();
                bail!("{} ended by itself with {status}: {}", role.name(), last.join(" / "));
            }
        }
        Ok(())
    }

    /// Stops everything; nothing may be left.
    pub async fn stop(self) -> anyhow::Result<()> {
        let Self { environment, layout, mut roles } = self;
        for child in roles.values() {
            signal(child, Signal::TERM)?;
        }
        for (role, child) in &mut roles {
            let ended = tokio::time::timeout(END, child.wait()).await;
            let status = ended.with_context(|| format!("{} did not end within {} s", role.name(), END.as_secs()))??;
            ensure!(status.success(), "{} ended with {status} when asked to stop", role.name());
        }
        environment.stop().await?;
        let deadline = Instant::now() + GONE;
        loop {
            let left = processes_of(&layout.data);
            if left.is_empty() {
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "still running: {}", left.join(" / "));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// Command lines of processes that name the folder; none where there is no `/proc`.
fn processes_of(folder: &Path) -> Vec<String> {
    let folder = folder.to_string_lossy();
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let own = std::process::id().to_string();
    let others = entries.filter(|entry| entry.file_name().to_string_lossy() != own);
    let lines = others.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    let lines = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    lines.filter(|line| line.contains(folder.as_ref())).collect()
}
