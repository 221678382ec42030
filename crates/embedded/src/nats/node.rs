//! One server's process, and what is needed to start it again as it was.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::Signal;

use super::config::{NodeConfig, Ports};
use super::monitor;
use crate::error::{Attempt, Error};
use crate::folder::Folder;
use crate::guard::Guarded;
use crate::process::Process;

const SERVER: &str = "nats-server";
/// How long a server may take to end.
const GRACE: Duration = Duration::from_secs(10);
/// How long a server may take to answer; much data takes a while to be read back.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Node {
    program: PathBuf,
    folder: Folder,
    config: NodeConfig,
    /// Present unless a restart failed half way.
    process: Option<Process>,
}

impl Node {
    /// Starts a server that is alone and waits until JetStream is ready.
    pub async fn start_ready(program: &Path, folder: Folder, config: NodeConfig) -> Result<Self, Error> {
        let mut node = Self::new(program, folder, config);
        match node.restart().await {
            Ok(()) => Ok(node),
            Err(error) => {
                node.abandon().await;
                Err(error)
            }
        }
    }

    pub fn new(program: &Path, folder: Folder, config: NodeConfig) -> Self {
        Self { program: program.to_owned(), folder, config, process: None }
    }

    /// Starts the process; it may not answer yet.
    pub async fn launch(&mut self) -> Result<(), Error> {
        let file = self.write_config()?;
        let command = [self.program.clone().into_os_string(), "--config".into(), file.into_os_string()];
        let guarded = Guarded { command: Vec::<OsString>::from(command), stop_signal: "TERM", grace: GRACE };
        self.process = Some(Process::start(SERVER, &self.folder, guarded, || ()).await?);
        Ok(())
    }

    pub async fn restart(&mut self) -> Result<(), Error> {
        self.end().await?;
        self.launch().await?;
        self.until_answering().await
    }

    /// Waits until the server answers; one that is alone must be ready, too.
    pub async fn until_answering(&self) -> Result<(), Error> {
        let (name, Ports { monitor, route, .. }) = (&self.config.name, self.config.ports);
        self.until(|| async move {
            monitor::answers(monitor, name).await && (route.is_some() || monitor::is_healthy(monitor).await)
        })
        .await
    }

    /// Waits until the server follows the leader of a cluster of so many.
    pub async fn until_following(&self, nodes: usize) -> Result<(), Error> {
        let monitor = self.config.ports.monitor;
        self.until(|| async move { monitor::has_leader(monitor, nodes).await && monitor::is_healthy(monitor).await })
            .await
    }

    async fn until<P, F>(&self, probe: P) -> Result<(), Error>
    where
        P: Fn() -> F,
        F: Future<Output = bool>,
    {
        match &self.process {
            Some(process) => process.until_ready(PATIENCE, probe).await,
            None => Ok(()),
        }
    }

    /// Ends the process, gracefully if it still runs; the folder stays.
    async fn end(&mut self) -> Result<(), Error> {
        let Some(process) = self.process.take() else { return Ok(()) };
        process.end(Signal::TERM).await
    }

    /// Takes back a start that failed; a parent folder that others use stays.
    pub async fn abandon(&mut self) {
        if let Some(process) = self.process.take() {
            process.kill9().await;
            process.release();
        }
        self.folder.remove_own_if_ephemeral();
    }

    pub async fn kill9(&mut self) {
        if let Some(process) = &self.process {
            process.kill9().await;
        }
    }

    pub fn pause(&self) {
        self.process.iter().for_each(Process::pause);
    }

    pub fn resume(&self) {
        self.process.iter().for_each(Process::resume);
    }

    pub fn reload(&mut self, extra: &str) -> Result<(), Error> {
        extra.clone_into(&mut self.config.extra);
        self.write_config()?;
        self.process.iter().for_each(Process::reload);
        Ok(())
    }

    pub async fn stop(mut self) -> Result<(), Error> {
        let ended = self.end().await;
        self.folder.remove_if_ephemeral()?;
        ended
    }

    pub fn follow(self, leader: i32) {
        self.process.into_iter().for_each(|process| process.follow(leader));
    }

    fn write_config(&self) -> Result<PathBuf, Error> {
        let file = self.folder.path().join("nats.conf");
        fs::write(&file, self.config.render(self.folder.path())).attempt("write", &file)?;
        Ok(file)
    }

    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.config.ports.client)
    }

    pub fn monitor_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.config.ports.monitor)
    }

    pub fn ports(&self) -> Ports {
        self.config.ports
    }

    pub fn name(&self) -> &str {
        &self.config.name
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn pid(&self) -> Option<i32> {
        self.process.as_ref().filter(|process| process.is_running()).map(Process::pid)
    }

    pub fn log_tail(&self) -> String {
        self.process.as_ref().map(Process::log_tail).unwrap_or_default()
    }
}
