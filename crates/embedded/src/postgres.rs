//! Postgres on loopback.

use std::path::Path;

use crate::error::Error;

mod builder;
mod cluster;
mod initialize;
mod server;
mod wire;

pub use builder::{Durability, PostgresBuilder};

use server::Server;

/// A running Postgres; dropping it stops the server.
#[derive(Debug)]
pub struct Postgres {
    server: Server,
}

impl Postgres {
    /// Describes a server to start.
    #[must_use]
    pub fn builder() -> PostgresBuilder {
        PostgresBuilder::new()
    }

    /// The superuser's address of the database `postgres`.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// The superuser's address of a database.
    #[must_use]
    pub fn url_of(&self, database: &str) -> String {
        self.server.url_of(database)
    }

    /// The port that clients connect to; a restart keeps it.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// The password of the superuser, who is called `postgres`.
    #[must_use]
    pub fn password(&self) -> &str {
        self.server.password()
    }

    /// The folder of its data and log.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.server.folder()
    }

    /// The server's process; `None` after [`Postgres::kill9`] or a crash.
    #[must_use]
    pub fn pid(&self) -> Option<i32> {
        self.server.pid()
    }

    /// The end of the server's log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        self.server.log_tail()
    }

    /// Kills the server and every one of its processes, as a crash would.
    pub async fn kill9(&mut self) {
        self.server.kill9().await;
    }

    /// Starts the server again on the same port and data, after a kill or instead of
    /// a graceful stop; returns when it has recovered and takes connections.
    ///
    /// # Errors
    ///
    /// [`Error::Start`] with the last log lines.
    pub async fn restart(&mut self) -> Result<(), Error> {
        self.server.restart().await
    }

    /// Freezes the server with its connections.
    pub fn pause(&self) {
        self.server.pause();
    }

    /// Lets a frozen server go on.
    pub fn resume(&self) {
        self.server.resume();
    }

    /// Stops the server: transactions are rolled back, connections closed, data
    /// written.
    ///
    /// # Errors
    ///
    /// [`Error::StillRunning`] if it had to be killed.
    pub async fn stop(self) -> Result<(), Error> {
        self.server.stop().await
    }

    pub(crate) fn follow(self, leader: i32) {
        self.server.follow(leader);
    }
}
