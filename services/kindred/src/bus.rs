//! How a command of the bus's owner enters it.

use std::path::PathBuf;

use anyhow::Context as _;
use kindred_jetstream::{ConnectSettings, Credentials};
use kindred_service_kit::config::Secret;

/// Where the bus is, and who asks.
#[derive(Debug, clap::Args)]
pub struct Bus {
    /// Servers of the bus.
    #[arg(long, value_delimiter = ',', required = true)]
    nats: Vec<String>,
    /// Name of a user with the rights of the bus's owner.
    #[arg(long)]
    user: Option<String>,
    /// File with that user's password.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// PEM file with the authority of the servers' certificates.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
}

impl Bus {
    /// What a client needs to enter.
    ///
    /// # Errors
    ///
    /// If a user has no password, or its file cannot be read.
    pub fn settings(&self) -> anyhow::Result<ConnectSettings> {
        let mut settings = ConnectSettings::new(self.nats.clone(), "admin");
        if let Some(user) = self.user.clone() {
            let file = self.password_file.as_deref().context("`--password-file` is required with `--user`")?;
            let password = Secret::read("password_file", file)?.expose().to_owned();
            settings.credentials = Credentials::Password { user, password };
        }
        settings.ca_file.clone_from(&self.ca_file);
        Ok(settings)
    }
}
