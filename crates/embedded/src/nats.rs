//! NATS with JetStream: one server, or a cluster of them.

use std::path::Path;

use crate::error::Error;

mod builder;
mod cluster;
mod config;
mod monitor;
mod node;

pub use builder::{NatsBuilder, Sync};
pub use cluster::NatsCluster;

use node::Node;

/// A running `nats-server` with JetStream; dropping it stops the server.
#[derive(Debug)]
pub struct Nats {
    node: Node,
}

impl Nats {
    /// Describes a server to start.
    #[must_use]
    pub fn builder() -> NatsBuilder {
        NatsBuilder::new()
    }

    /// Where clients connect, without credentials.
    #[must_use]
    pub fn url(&self) -> String {
        self.node.url()
    }

    /// The port that clients connect to; a restart keeps it.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.node.ports().client
    }

    /// Where monitoring answers, as in `<monitor_url>/healthz`.
    #[must_use]
    pub fn monitor_url(&self) -> String {
        self.node.monitor_url()
    }

    /// The server's own name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.node.name()
    }

    /// The folder of its configuration, log and streams.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.node.folder()
    }

    /// The server's process; `None` after [`Nats::kill9`] or a crash.
    #[must_use]
    pub fn pid(&self) -> Option<i32> {
        self.node.pid()
    }

    /// The end of the server's log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        self.node.log_tail()
    }

    /// Kills the server, as a crash of its process would.
    pub async fn kill9(&mut self) {
        self.node.kill9().await;
    }

    /// Starts the server again on the same ports and data, after a kill or instead of
    /// a graceful stop; returns when it answers. One of a cluster may then still be
    /// waiting for the others: see [`NatsCluster::until_ready`].
    ///
    /// # Errors
    ///
    /// [`Error::Start`] with the last log lines.
    pub async fn restart(&mut self) -> Result<(), Error> {
        self.node.restart().await
    }

    /// Freezes the server: it keeps its connections and answers nothing.
    pub fn pause(&self) {
        self.node.pause();
    }

    /// Lets a frozen server go on.
    pub fn resume(&self) {
        self.node.resume();
    }

    /// Has the server read its configuration anew, `extra` in the place of what
    /// [`NatsBuilder::config`] gave.
    ///
    /// # Errors
    ///
    /// The configuration cannot be written.
    pub fn reload(&mut self, extra: &str) -> Result<(), Error> {
        self.node.reload(extra)
    }

    /// Stops the server gracefully and waits for its end.
    ///
    /// # Errors
    ///
    /// [`Error::StillRunning`] if it had to be killed.
    pub async fn stop(self) -> Result<(), Error> {
        self.node.stop().await
    }

    pub(crate) fn follow(self, leader: i32) {
        self.node.follow(leader);
    }
}
