//! What is asked for when a NATS server is started.

use std::path::{Path, PathBuf};

use super::cluster::NatsCluster;
use super::config::NodeConfig;
use super::node::Node;
use super::{Nats, config};
use crate::error::Error;
use crate::folder::Folder;
use crate::settings::Settings;
use crate::{locate, ports, random};

/// When a server writes what it acknowledges through to the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sync {
    /// At its own interval: acknowledged messages outlive a crash of the process.
    #[default]
    Interval,
    /// Before it acknowledges: they outlive a power loss, too.
    Always,
}

/// Describes a NATS server; see [`Nats::builder`].
#[derive(Debug, Clone)]
pub struct NatsBuilder {
    settings: Settings,
    folder: Option<PathBuf>,
    parent: Option<PathBuf>,
    sync: Sync,
    max_payload: u32,
    extra: String,
}

impl NatsBuilder {
    pub(super) fn new() -> Self {
        Self {
            settings: Settings::from_env(),
            folder: None,
            parent: None,
            sync: Sync::default(),
            max_payload: config::MAX_PAYLOAD,
            extra: String::new(),
        }
    }

    /// Says where the program comes from, instead of the environment.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Keeps streams in this folder, also for the next start; else they go with the
    /// server.
    #[must_use]
    pub fn folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.folder = Some(folder.as_ref().to_owned());
        self
    }

    /// When acknowledged messages are on the disk.
    #[must_use]
    pub fn sync(mut self, sync: Sync) -> Self {
        self.sync = sync;
        self
    }

    /// The largest message, in bytes; 1 MiB unless said otherwise.
    #[must_use]
    pub fn max_payload(mut self, bytes: u32) -> Self {
        self.max_payload = bytes;
        self
    }

    /// Configuration text to add as it stands: users and permissions, accounts.
    #[must_use]
    pub fn config(mut self, text: impl Into<String>) -> Self {
        self.extra = text.into();
        self
    }

    /// Makes an ephemeral folder in a given parent.
    pub(crate) fn parent(mut self, parent: &Path) -> Self {
        self.parent = Some(parent.to_owned());
        self
    }

    /// Starts one server; returns when JetStream answers.
    ///
    /// # Errors
    ///
    /// No program, no port, or [`Error::Start`] with the last log lines.
    pub async fn start(self) -> Result<Nats, Error> {
        let program = self.program().await?;
        let mut attempt = 1;
        loop {
            let [client, monitor, _] = ports::free::<3>()?;
            let ports = config::Ports { client, monitor, route: None };
            let config = self.node_config("nats", ports, Vec::new())?;
            let folder = self.node_folder("nats", false)?;
            match Node::start_ready(&program, folder, config).await {
                Err(Error::Start { log, .. }) if ports::was_taken(&log) && attempt < ports::ATTEMPTS => attempt += 1,
                outcome => return outcome.map(|node| Nats { node }),
            }
        }
    }

    /// Starts a cluster of so many servers; returns when it has a leader and every
    /// server follows it.
    ///
    /// # Errors
    ///
    /// As of [`NatsBuilder::start`].
    pub async fn start_cluster(self, nodes: usize) -> Result<NatsCluster, Error> {
        NatsCluster::start(&self, nodes).await
    }

    /// Finds the program, on a thread where it may block.
    pub(super) async fn program(&self) -> Result<PathBuf, Error> {
        let settings = self.settings.clone();
        tokio::task::spawn_blocking(move || locate::nats_server(&settings))
            .await
            .map_err(|error| Error::Io { action: "find nats-server".to_owned(), source: error.into() })?
    }

    /// The folder of one server, below the one asked for if it is one of several.
    pub(super) fn node_folder(&self, name: &str, several: bool) -> Result<Folder, Error> {
        match (&self.folder, &self.parent) {
            (Some(folder), _) if several => Folder::kept(&folder.join(name)),
            (Some(folder), _) => Folder::kept(folder),
            (None, Some(parent)) => Folder::ephemeral_in(parent, name),
            (None, None) => Folder::ephemeral(name),
        }
    }

    pub(super) fn node_config(&self, name: &str, ports: config::Ports, routes: Vec<u16>) -> Result<NodeConfig, Error> {
        Ok(NodeConfig {
            // Unique, so that no answer of a foreign server is taken for this one's.
            name: format!("{name}-{}", random::token()?),
            ports,
            routes,
            sync: self.sync,
            max_payload: self.max_payload,
            extra: self.extra.clone(),
        })
    }
}
