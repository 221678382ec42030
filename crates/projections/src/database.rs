//! A service's database: one pool that writes projections, one that reads them as a tenant.
//!
//! # Promises
//!
//! * The reading pool runs as `kindred_reader`: row-level security shows it only rows of
//!   the tenant that its transaction was begun for, and nothing before that.
//! * A transaction's tenant and search path end with it.

mod identity;
mod migrate;

use std::time::Duration;

use kindred_ids::Scope;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Postgres, Transaction};

pub use migrate::migrate;

use crate::transaction;

/// Schema of the global tables.
pub(crate) const GLOBAL: &str = "kindred";
/// Schema of the views that readers name.
pub(crate) const VIEWS: &str = "views";

/// How long a connection is waited for: no longer than a caller waits for its answer. A
/// pool that cannot connect tries again after pauses of up to a fifth of it.
const PATIENCE: Duration = Duration::from_secs(4);

/// See the module.
#[derive(Clone, Debug)]
pub struct Database {
    projector: PgPool,
    reader: PgPool,
}

impl Database {
    /// Pools of at most `writers` and `readers` connections, opened when needed. The user
    /// in `options` must be a member of `kindred_projector` and `kindred_reader`.
    #[must_use]
    pub fn connect(options: &PgConnectOptions, writers: u32, readers: u32) -> Self {
        let pool = |role: &str, search_path: &str, most: u32| {
            let options = options.clone().options([("role", role), ("search_path", search_path)]);
            let pool = PgPoolOptions::new().max_connections(most).acquire_timeout(PATIENCE);
            pool.connect_lazy_with(options)
        };
        Self { projector: pool("kindred_projector", GLOBAL, writers), reader: pool("kindred_reader", VIEWS, readers) }
    }

    /// A read-only transaction that sees the rows of one tenant (or of the programme)
    /// through the versioned views.
    ///
    /// # Errors
    ///
    /// [`sqlx::Error`] if Postgres does not answer.
    pub async fn read(&self, scope: &Scope) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        // A slug is letters, digits and hyphens, so it can stand in a literal.
        let tenant = scope.token();
        let begin = format!("BEGIN READ ONLY; SELECT set_config('kindred.tenant', '{tenant}', true)");
        self.reader.begin_with(AssertSqlSafe(begin)).await
    }

    /// A transaction that writes people's words and that no record of an erasure overlaps:
    /// whoever is on record in it is to be left out, whoever is recorded later is taken out
    /// of what it wrote.
    ///
    /// # Errors
    ///
    /// [`sqlx::Error`] if Postgres does not answer.
    pub async fn unerasing(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        transaction::applying(&self.projector, GLOBAL).await
    }

    /// The pool that runs as `kindred_reader`; outside of [`Self::read`] it sees no tenant.
    #[must_use]
    pub const fn reader(&self) -> &PgPool {
        &self.reader
    }

    /// The pool that runs as `kindred_projector`.
    #[must_use]
    pub const fn projector(&self) -> &PgPool {
        &self.projector
    }

    /// Closes both pools.
    pub async fn close(&self) {
        self.projector.close().await;
        self.reader.close().await;
    }
}
