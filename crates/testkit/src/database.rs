//! A database per test on the shared Postgres, with roles and global tables in it.

use std::str::FromStr;

use anyhow::Context;
use kindred_projections::{Database, migrate};
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};
use uuid::Uuid;

/// Pool sizes of a test: small, as many tests run at once.
const CONNECTIONS: u32 = 8;

/// A database of one test's own.
#[derive(Debug, Clone)]
pub struct TestDatabase {
    server: PgConnectOptions,
    options: PgConnectOptions,
    name: String,
}

impl TestDatabase {
    /// A new database, migrated.
    ///
    /// # Errors
    ///
    /// The server cannot be started or does not do as asked.
    pub async fn create(own: &[&Migrator]) -> anyhow::Result<Self> {
        let database = Self::empty().await?;
        migrate(&database.options, own).await.context("migrate the test's database")?;
        Ok(database)
    }

    /// A new database with nothing in it.
    ///
    /// # Errors
    ///
    /// The server cannot be started or does not do as asked.
    pub async fn empty() -> anyhow::Result<Self> {
        let url = kindred_embedded::shared::postgres().await?;
        let server = PgConnectOptions::from_str(&url)?.disable_statement_logging();
        let name = format!("test_{}", Uuid::from_u128(random()?).simple());
        let database = Self { options: server.clone().database(&name), server, name };
        database.on_server(&format!("CREATE DATABASE \"{}\" STRATEGY WAL_LOG", database.name)).await?;
        Ok(database)
    }

    /// The superuser's way in.
    #[must_use]
    pub const fn administrator(&self) -> &PgConnectOptions {
        &self.options
    }

    /// The pools of a service.
    #[must_use]
    pub fn connect(&self) -> Database {
        Database::connect(&self.options, CONNECTIONS, CONNECTIONS)
    }

    /// A superuser's connection, which no row-level security binds.
    ///
    /// # Errors
    ///
    /// The server does not answer.
    pub async fn superuser(&self) -> anyhow::Result<PgConnection> {
        Ok(self.options.connect().await?)
    }

    /// Cuts every connection to it, as a crash of Postgres would.
    ///
    /// # Errors
    ///
    /// The server does not answer.
    pub async fn cut_connections(&self) -> anyhow::Result<()> {
        let name = &self.name;
        self.on_server(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"))
            .await
    }

    /// Drops it, with whoever is connected.
    ///
    /// # Errors
    ///
    /// The server does not answer.
    pub async fn remove(self) -> anyhow::Result<()> {
        self.on_server(&format!("DROP DATABASE \"{}\" WITH (FORCE)", self.name)).await
    }

    async fn on_server(&self, statement: &str) -> anyhow::Result<()> {
        let mut connection = self.server.connect().await.context("connect to the shared Postgres")?;
        connection.execute(AssertSqlSafe(statement)).await?;
        connection.close().await?;
        Ok(())
    }
}

fn random() -> anyhow::Result<u128> {
    let mut bytes = [0; 16];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes)
        .map_err(|_| anyhow::anyhow!("the system gives no randomness"))?;
    Ok(u128::from_le_bytes(bytes))
}
