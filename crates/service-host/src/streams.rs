//! The streams of a service: its own and those that it follows, each known again.
//!
//! # Promises
//!
//! * A stream that is another one than that which this service's rows come from is not
//!   served: its sequences mean something else.
//! * The identity of a stream met for the first time is kept before anything is read of it.

use std::str::FromStr;

use anyhow::Context as _;
use kindred_jetstream::{
    Client, ConnectSettings, Credentials, JetStreamStore, StoreOptions, StreamIdentity, stream_name,
};
use kindred_projections::Database;

use crate::config::ServiceConfig;

/// See the module.
pub(crate) struct Streams {
    bus: Client,
    database: Database,
    options: StoreOptions,
}

impl Streams {
    /// Enters the bus as the service of `context`; what it knows of streams is in `database`.
    ///
    /// # Errors
    ///
    /// If a setting does not hold or the bus cannot be entered.
    pub(crate) async fn connect(context: &str, config: &ServiceConfig<()>, database: Database) -> anyhow::Result<Self> {
        let bus = kindred_jetstream::connect(&bus_settings(context, config)?).await?;
        Ok(Self { bus, database, options: options(config) })
    }

    /// The service's own stream.
    ///
    /// # Errors
    ///
    /// If it cannot be served, is another one than before, or the database does not answer.
    pub(crate) async fn own(&self, context: &str) -> anyhow::Result<JetStreamStore> {
        let known = self.known(context).await?;
        let store = JetStreamStore::open(&self.bus, context, known.as_ref(), self.options.clone()).await?;
        self.remember(context, known, &store).await?;
        Ok(store)
    }

    /// The stream of another service.
    ///
    /// # Errors
    ///
    /// As of [`Self::own`].
    pub(crate) async fn followed(&self, context: &str) -> anyhow::Result<JetStreamStore> {
        let known = self.known(context).await?;
        let store = JetStreamStore::follow(&self.bus, context, known.as_ref(), self.options.clone()).await?;
        self.remember(context, known, &store).await?;
        Ok(store)
    }

    async fn known(&self, context: &str) -> anyhow::Result<Option<StreamIdentity>> {
        let attempt = || format!("ask the service's database which stream `{}` is", stream_name(context));
        let kept = self.database.stream_identity(context).await.with_context(attempt)?;
        kept.map(|kept| StreamIdentity::from_str(&kept)).transpose().with_context(attempt)
    }

    async fn remember(
        &self,
        context: &str,
        known: Option<StreamIdentity>,
        store: &JetStreamStore,
    ) -> anyhow::Result<()> {
        if known.is_some() {
            return Ok(());
        }
        let kept = self.database.remember_stream(context, store.identity().as_str()).await;
        kept.with_context(|| format!("keep in the service's database which stream `{}` is", store.stream()))
    }
}

fn bus_settings(context: &str, config: &ServiceConfig<()>) -> anyhow::Result<ConnectSettings> {
    let mut settings = ConnectSettings::new(config.nats.urls.clone(), context);
    if let (Some(user), Some(password)) = (&config.nats.user, config.nats.password()?) {
        settings.credentials = Credentials::Password { user: user.clone(), password: password.expose().to_owned() };
    }
    if let Some(file) = &config.nats.creds_file {
        settings.credentials = Credentials::File(file.clone());
    }
    settings.ca_file.clone_from(&config.nats.ca_file);
    settings.certificate = config.nats.cert_file.clone().zip(config.nats.key_file.clone());
    Ok(settings)
}

fn options(config: &ServiceConfig<()>) -> StoreOptions {
    let attempt = config.nats.request_timeout_millis.duration();
    StoreOptions { durability: config.log.durability, attempt, ..StoreOptions::default() }
}
