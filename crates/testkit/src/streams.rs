//! Streams of any name on the shared NATS server, in an account of one test's own.

use anyhow::Context;
use kindred_embedded::shared;
use kindred_jetstream::{
    Client, ConnectSettings, Credentials, Durability, JetStreamStore, StoreOptions, StreamSettings, apply_streams,
    connect,
};

/// Room enough for a test, small enough for many.
const MAX_BYTES: u64 = 256 << 20;

/// The bus of one test.
#[derive(Debug, Clone)]
pub struct TestStreams {
    settings: ConnectSettings,
    client: Client,
}

impl TestStreams {
    /// An account with a stream for each of these contexts.
    ///
    /// # Errors
    ///
    /// The server cannot be started or does not do as asked.
    pub async fn create(contexts: &[&str]) -> anyhow::Result<Self> {
        let server = shared::nats().await?;
        let account = server.account()?;
        let mut settings = ConnectSettings::new(server.urls().iter().cloned(), "test");
        settings.credentials = Credentials::Password { user: account.user, password: account.password };
        let client = connect(&settings).await?;
        for context in contexts {
            let stream = StreamSettings::new(context).max_bytes(MAX_BYTES);
            apply_streams(&client, &stream).await.with_context(|| format!("make the stream of `{context}`"))?;
        }
        Ok(Self { settings, client })
    }

    /// How to enter, for a client of one's own.
    #[must_use]
    pub const fn settings(&self) -> &ConnectSettings {
        &self.settings
    }

    /// A client that may do everything in the account.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// The store of a context.
    ///
    /// # Errors
    ///
    /// The stream does not exist.
    pub async fn store(&self, context: &str) -> anyhow::Result<JetStreamStore> {
        let options = StoreOptions::default().durability(Durability::ProcessCrash);
        Ok(JetStreamStore::open(&self.client, context, None, options).await?)
    }
}
