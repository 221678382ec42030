//! `kindred demo`: the whole platform on this machine, with people in it.

pub mod environment;
mod personas;
pub mod settings;
mod words;
mod world;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use kindred_embedded::Settings;
use kindred_ids::TenantSlug;
use kindred_service_kit::lifecycle::{self, Outcome, Tasks};

use crate::operator::Operator;
use crate::serve;
use environment::Environment;

/// `kindred demo`.
#[derive(Debug, clap::Args)]
pub struct Demo {
    /// Forgets what the demo has stored, and starts nothing.
    #[arg(long)]
    clean: bool,
    /// Starts servers and tenants, but leaves it to others to run the roles: their
    /// settings are in `<data>/config`.
    #[arg(long)]
    servers_only: bool,
    /// Address of the web pages.
    #[arg(long, env = "KINDRED_HTTP", default_value = "127.0.0.1:8080")]
    http: SocketAddr,
    /// Folder of a sentence model, which `make model` prints: questions are found by their
    /// meaning, too.
    #[arg(long, value_name = "FOLDER")]
    model: Option<PathBuf>,
    /// How many replicas of matching share the tenants among them (more than one on Linux
    /// only: each has an address of its own).
    #[arg(long, value_name = "COUNT", default_value = "1", value_parser = clap::value_parser!(u8).range(1..=9))]
    matching_replicas: u8,
    /// A tenant whose people are split among all of these replicas; may be given again.
    #[arg(long, value_name = "TENANT")]
    split_tenant: Vec<TenantSlug>,
}

/// How long everything may take to become ready.
const READY: Duration = Duration::from_secs(120);

impl Demo {
    /// Runs until a signal comes.
    ///
    /// # Errors
    ///
    /// If a server or role cannot start.
    pub async fn run(self) -> anyhow::Result<()> {
        let embedded = Settings::from_env();
        let data = embedded.data.clone();
        if self.clean {
            return clean(&data);
        }
        std::fs::create_dir_all(&data).with_context(|| format!("make folder `{}`", data.display()))?;
        let begun = Instant::now();
        say("starting nats-server and Postgres")?;
        let environment = Environment::start(embedded).await?;
        let layout = settings::write(&data, self.http, self.extent(), &environment).await?;
        say(&format!("servers are ready after {:.1} s", begun.elapsed().as_secs_f64()))?;
        let outcome = if self.servers_only {
            say("servers: ready")?;
            tokio::signal::ctrl_c().await?;
            Outcome::Drained
        } else {
            self.platform(&layout).await?
        };
        environment.stop().await?;
        if outcome == Outcome::Crashed { bail!("a task failed; the log says which") } else { Ok(()) }
    }

    fn extent(&self) -> settings::Extent<'_> {
        settings::Extent {
            model: self.model.as_deref(),
            matching_replicas: self.matching_replicas,
            split_tenants: &self.split_tenant,
        }
    }

    async fn platform(&self, layout: &settings::Layout) -> anyhow::Result<Outcome> {
        let (tasks, begun) = (Tasks::new(), Instant::now());
        let started = serve::start_all(&layout.config, &tasks).await?;
        let operator = Operator::load(Some(&layout.operator))?;
        let stopping = tasks.stopping();
        let prepared = async {
            environment::until_ready(layout, READY).await?;
            say(&format!("the platform is ready after {:.1} s", begun.elapsed().as_secs_f64()))?;
            let world = world::make(&operator, layout, say).await?;
            personas::write(&operator, layout, &world).await
        };
        let personas = tokio::select! {
            personas = prepared => Some(personas?),
            () = stopping.cancelled() => None,
            _ = tokio::signal::ctrl_c() => None,
        };
        if let Some(personas) = personas {
            for persona in &personas {
                say(&format!("{:<22} {:<16} {}", persona.role, persona.name, persona.sign_in_url))?;
            }
            say(&format!("operator's settings: {}", layout.operator.display()))?;
            say(&format!("ready: {}", layout.public_url))?;
        } else {
            tasks.stop();
        }
        let outcome = lifecycle::run(tasks, started.grace, || {}).await?;
        drop(started.telemetry);
        Ok(outcome)
    }
}

/// Removes the folder, if it is one of the demo's.
fn clean(data: &Path) -> anyhow::Result<()> {
    if !data.exists() {
        return Ok(());
    }
    let known: [PathBuf; 2] = [data.join("config"), data.join("keys")];
    if !known.iter().all(|path| path.is_dir()) {
        bail!("`{}` does not hold a demo; it is left as it is", data.display());
    }
    for entry in ["config", "keys", "nats", "postgres", "mails", "personas.json", "world.json"] {
        let path = data.join(entry);
        let removed = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("remove `{}`", path.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Says a line at once, also into a pipe.
fn say(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
