//! A server's process, and what is needed to start it again as it was.

use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;

use super::cluster::Cluster;
use super::wire;
use crate::error::Error;
use crate::process::Process;

const SERVER: &str = "postgres";
/// How long a server may take to answer; recovery after a crash takes a while.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Server {
    cluster: Cluster,
    /// Present unless a restart failed half way.
    process: Option<Process>,
}

impl Server {
    pub async fn start(cluster: Cluster) -> Result<Self, Error> {
        let mut server = Self { cluster, process: None };
        match server.restart().await {
            Ok(()) => Ok(server),
            Err(error) => {
                server.abandon().await;
                Err(error)
            }
        }
    }

    pub async fn restart(&mut self) -> Result<(), Error> {
        self.end().await?;
        let cluster = &self.cluster;
        let process = Process::start(SERVER, &cluster.folder, cluster.guarded(), || cluster.disown_stranger()).await?;
        let pid = process.pid();
        let ready = process
            .until_ready(
                PATIENCE,
                || async move { cluster.says_ready(pid) && wire::takes_connections(cluster.port).await },
            )
            .await;
        self.process = Some(process);
        ready
    }

    /// Ends the process, gracefully if it still runs; the folder stays.
    async fn end(&mut self) -> Result<(), Error> {
        let Some(process) = self.process.take() else { return Ok(()) };
        process.end(Signal::INT).await
    }

    /// Leaves the folder as it is for another attempt.
    async fn abandon(&mut self) {
        if let Some(process) = self.process.take() {
            process.kill9().await;
            process.release();
        }
    }

    pub async fn kill9(&mut self) {
        if let Some(process) = &self.process {
            process.kill9().await;
            self.cluster.free_shared_memory();
        }
    }

    pub fn pause(&self) {
        self.process.iter().for_each(Process::pause);
    }

    pub fn resume(&self) {
        self.process.iter().for_each(Process::resume);
    }

    pub async fn stop(mut self) -> Result<(), Error> {
        let ended = self.end().await;
        self.cluster.folder.remove_if_ephemeral()?;
        ended
    }

    pub fn follow(self, leader: i32) {
        self.process.into_iter().for_each(|process| process.follow(leader));
    }

    pub fn url_of(&self, database: &str) -> String {
        let Cluster { password, port, .. } = &self.cluster;
        format!("postgres://postgres:{password}@127.0.0.1:{port}/{database}")
    }

    pub fn port(&self) -> u16 {
        self.cluster.port
    }

    pub fn password(&self) -> &str {
        &self.cluster.password
    }

    pub fn folder(&self) -> &Path {
        self.cluster.folder.path()
    }

    pub fn pid(&self) -> Option<i32> {
        self.process.as_ref().filter(|process| process.is_running()).map(Process::pid)
    }

    pub fn log_tail(&self) -> String {
        self.process.as_ref().map(Process::log_tail).unwrap_or_default()
    }
}
