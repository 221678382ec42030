//! The demo's servers: NATS with the rights of each service, Postgres with a database and
//! a login for each, a mail sink; and the streams and tables in them.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures::future::LocalBoxFuture;
use kindred_embedded::{Durability, Nats, Postgres, Settings, SmtpSink, Sync};
use kindred_jetstream::{ConnectSettings, Credentials, permissions};
use kindred_vault::Vault;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::settings::Layout;
use crate::keys;
use crate::prepare::{CONTEXTS, OWN_TABLES, apply};

/// Bytes that each stream of the demo may hold.
const STREAM_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// The servers, and the secrets to enter them.
pub struct Environment {
    /// The bus.
    pub nats: Nats,
    /// The databases.
    pub postgres: Postgres,
    /// Where mails end.
    pub mails: SmtpSink,
    /// Of every user of bus and databases.
    pub password: String,
}

/// Which streams a service reads beside its own.
const fn reads(context: &str) -> &'static [&'static str] {
    match context.as_bytes() {
        b"notification" => &["membership", "posting", "matching"],
        b"membership" => &[],
        b"matching" => &["membership", "posting"],
        _ => &["membership"],
    }
}

impl Environment {
    /// Starts the servers on the folder of `settings` and makes what is missing in them.
    ///
    /// # Errors
    ///
    /// If a server does not start or refuses.
    pub async fn start(settings: Settings) -> anyhow::Result<Self> {
        Self::start_synced(settings, Sync::Interval).await
    }

    /// As [`Self::start`], and says when what the bus acknowledges is on the disk.
    ///
    /// # Errors
    ///
    /// As [`Self::start`].
    pub fn start_synced(settings: Settings, sync: Sync) -> LocalBoxFuture<'static, anyhow::Result<Self>> {
        Box::pin(Self::prepare(settings, sync))
    }

    async fn prepare(settings: Settings, sync: Sync) -> anyhow::Result<Self> {
        let data = settings.data.clone();
        let password = password(&data)?;
        let (nats, postgres) = tokio::try_join!(
            Nats::builder()
                .settings(settings.clone())
                .folder(data.join("nats"))
                .sync(sync)
                .config(users(&password))
                .start(),
            Postgres::builder()
                .settings(settings)
                .folder(data.join("postgres"))
                .durability(Durability::PowerLoss)
                .parameter("synchronous_commit", "on")
                .start(),
        )?;
        let mails = SmtpSink::start(data.join("mails")).await?;
        let environment = Self { nats, postgres, mails, password };
        environment.streams().await?;
        environment.databases().await?;
        Ok(environment)
    }

    async fn streams(&self) -> anyhow::Result<()> {
        let mut admin = ConnectSettings::new([self.nats.url()], "admin");
        admin.credentials = Credentials::Password { user: "admin".to_owned(), password: self.password.clone() };
        apply(&admin, 1, STREAM_BYTES, false).await.map(drop)
    }

    async fn databases(&self) -> anyhow::Result<()> {
        let owner: PgConnectOptions = self.postgres.url().parse().context("read Postgres' address")?;
        let mut connection = owner.clone().database("postgres").connect().await?;
        for context in CONTEXTS.into_iter().chain(["vault"]) {
            let name = format!("kindred_{context}");
            let known: Option<i32> = sqlx::query_scalar("SELECT 1 FROM pg_database WHERE datname = $1")
                .bind(&name)
                .fetch_optional(&mut connection)
                .await?;
            if known.is_none() {
                connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
            }
        }
        for context in CONTEXTS {
            let database = owner.clone().database(&format!("kindred_{context}"));
            kindred_projections::migrate(&database, &OWN_TABLES).await?;
            let login = login(context);
            let known: Option<i32> = sqlx::query_scalar("SELECT 1 FROM pg_roles WHERE rolname = $1")
                .bind(&login)
                .fetch_optional(&mut connection)
                .await?;
            if known.is_none() {
                connection.execute(AssertSqlSafe(format!("CREATE ROLE {login} LOGIN"))).await?;
            }
            // The password is hexadecimal digits and the login a constant: both can stand in a statement.
            let grant = format!(
                "ALTER ROLE {login} PASSWORD '{}'; GRANT kindred_projector, kindred_reader TO {login}",
                self.password
            );
            connection.execute(AssertSqlSafe(grant)).await?;
        }
        let vault = owner.clone().database("kindred_vault");
        Vault::migrate(&vault).await?;
        let mut vault = vault.connect().await?;
        let login = login("membership");
        let grant = format!(
            "GRANT USAGE ON SCHEMA public TO {login}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {login}"
        );
        vault.execute(AssertSqlSafe(grant)).await?;
        Ok(())
    }

    /// The URL of a database, for the service of `context`.
    #[must_use]
    pub fn database_url(&self, context: &str, database: &str) -> String {
        format!("postgres://{}:{}@127.0.0.1:{}/kindred_{database}", login(context), self.password, self.postgres.port())
    }

    /// Stops the servers, last what others stand on.
    ///
    /// # Errors
    ///
    /// If one does not end as it should.
    pub async fn stop(self) -> anyhow::Result<()> {
        drop(self.mails);
        let nats = self.nats.stop().await;
        self.postgres.stop().await?;
        Ok(nats?)
    }
}

fn login(context: &str) -> String {
    format!("kindred_{context}_service")
}

/// The servers' secret of this folder, made once.
fn password(data: &std::path::Path) -> anyhow::Result<String> {
    let folder = data.join("keys");
    let path: PathBuf = folder.join("servers.password");
    std::fs::create_dir_all(&folder).with_context(|| format!("make folder `{}`", folder.display()))?;
    if !path.exists() {
        let mut bytes = [0; 16];
        ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes)
            .ok()
            .context("draw random bytes")?;
        keys::write_secret(&path, &bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())?;
    }
    std::fs::read_to_string(&path).with_context(|| format!("read `{}`", path.display()))
}

/// Users of the bus: an owner, and each service with its own rights.
fn users(password: &str) -> String {
    let mut text = format!("authorization {{ users: [\n  {{ user: admin, password: \"{password}\" }}\n");
    for context in CONTEXTS {
        let block = permissions(context, reads(context), &format!("_INBOX_{context}"));
        text.push_str(&format!("  {{ user: {context}, password: \"{password}\", {block} }}\n"));
    }
    text.push_str("] }\n");
    text
}

/// Waits until every role says that it is ready.
///
/// # Errors
///
/// If one is not after `longest`.
pub async fn until_ready(layout: &Layout, longest: Duration) -> anyhow::Result<()> {
    let deadline = Instant::now() + longest;
    for (role, address) in &layout.health {
        let endpoint = tonic::transport::Endpoint::from_shared(format!("http://{address}"))?.connect_lazy();
        let mut client = HealthClient::new(endpoint);
        loop {
            let request = HealthCheckRequest { service: "readiness".to_owned() };
            let ready =
                client.check(request).await.is_ok_and(|answer| answer.get_ref().status() == ServingStatus::Serving);
            if ready {
                break;
            }
            anyhow::ensure!(
                Instant::now() < deadline,
                "role `{role}` did not become ready within {} s",
                longest.as_secs()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    Ok(())
}
