//! What is asked for when a Postgres is started.

use std::path::{Path, PathBuf};

use super::Postgres;
use super::cluster::Cluster;
use super::initialize::Initialize;
use super::server::Server;
use crate::error::Error;
use crate::folder::Folder;
use crate::identity;
use crate::locate;
use crate::ports;
use crate::settings::{self, Settings};

/// What a committed transaction outlives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Everything: each commit is on the disk.
    #[default]
    PowerLoss,
    /// A crash of the server's processes, not of the machine: nothing is synced. For
    /// tests.
    ProcessCrash,
}

/// Describes a Postgres; see [`Postgres::builder`].
#[derive(Debug, Clone)]
pub struct PostgresBuilder {
    settings: Settings,
    folder: Option<PathBuf>,
    parent: Option<PathBuf>,
    durability: Durability,
    max_connections: u16,
    parameters: Vec<(String, String)>,
}

impl PostgresBuilder {
    pub(super) fn new() -> Self {
        Self {
            settings: Settings::from_env(),
            folder: None,
            parent: None,
            durability: Durability::default(),
            max_connections: 200,
            parameters: Vec::new(),
        }
    }

    /// Says where the programs come from, instead of the environment.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Keeps data in this folder, also for the next start; else it goes with the
    /// server.
    #[must_use]
    pub fn folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.folder = Some(folder.as_ref().to_owned());
        self
    }

    /// What a committed transaction outlives; a power loss unless said otherwise.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// How many connections there may be at once; 200 unless said otherwise.
    #[must_use]
    pub fn max_connections(mut self, connections: u16) -> Self {
        self.max_connections = connections;
        self
    }

    /// Sets a server parameter, over what this crate sets.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    /// Makes an ephemeral folder in a given parent.
    pub(crate) fn parent(mut self, parent: &Path) -> Self {
        self.parent = Some(parent.to_owned());
        self
    }

    /// Starts the server, making its data first if the folder has none; returns when
    /// it takes connections.
    ///
    /// # Errors
    ///
    /// No program, a folder closed to the user that Postgres runs as, no port, or
    /// [`Error::Start`] with the last log lines.
    pub async fn start(self) -> Result<Postgres, Error> {
        let programs = self.programs().await?;
        identity::require_reachable(&programs, settings::CACHE)?;
        let folder = self.server_folder()?;
        identity::require_reachable(folder.path(), "TMPDIR, or the folder given")?;
        let synced = self.durability == Durability::PowerLoss;
        let password = Initialize { programs: &programs, folder: &folder, synced }.run().await?;
        let mut cluster = Cluster { programs, folder, password, port: 0, parameters: self.all_parameters() };
        for _ in 1..ports::ATTEMPTS {
            [cluster.port] = ports::free()?;
            match Server::start(cluster.clone()).await {
                Err(Error::Start { log, .. }) if ports::was_taken(&log) => {}
                outcome => return outcome.map(|server| Postgres { server }),
            }
        }
        [cluster.port] = ports::free()?;
        Server::start(cluster).await.map(|server| Postgres { server })
    }

    fn server_folder(&self) -> Result<Folder, Error> {
        match (&self.folder, &self.parent) {
            (Some(folder), _) => Folder::kept(folder),
            (None, Some(parent)) => Folder::ephemeral_in(parent, "postgres"),
            (None, None) => Folder::ephemeral("postgres"),
        }
    }

    /// Finds the programs, on a thread where it may block.
    async fn programs(&self) -> Result<PathBuf, Error> {
        let settings = self.settings.clone();
        tokio::task::spawn_blocking(move || locate::postgres_bin(&settings))
            .await
            .map_err(|error| Error::Io { action: "find postgres".to_owned(), source: error.into() })?
    }

    /// Later ones win.
    fn all_parameters(&self) -> Vec<(String, String)> {
        let connections = self.max_connections.to_string();
        let common = [
            ("listen_addresses", "127.0.0.1"),
            ("unix_socket_directories", ""),
            ("max_connections", connections.as_str()),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
            ("log_line_prefix", "%m [%p] %d "),
            // After a crash, one call instead of one for each of some thousand files.
            ("recovery_init_sync_method", "syncfs"),
        ];
        let unsynced = [
            ("fsync", "off"),
            ("synchronous_commit", "off"),
            ("full_page_writes", "off"),
            ("wal_level", "minimal"),
            ("max_wal_senders", "0"),
            ("autovacuum_naptime", "10s"),
            // Removed with the folder, where a killed server leaves shared memory behind.
            ("dynamic_shared_memory_type", "mmap"),
        ];
        let unsynced = unsynced.iter().filter(|_| self.durability == Durability::ProcessCrash);
        let fixed = common.iter().chain(unsynced).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        fixed.chain(self.parameters.clone()).collect()
    }
}
