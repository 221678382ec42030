//! Roles, schemas and global tables: made once, by an administrator's identity.

use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor};

use crate::Error;
use crate::error::Attempt;

static GLOBAL: Migrator = sqlx::migrate!("./migrations");

/// Makes the roles and schemas and runs the migrations of the global tables, then `own`
/// ones, as `kindred_migrator` and with its search path on the global schema.
///
/// Repeating it changes nothing, and several processes may run it at once. Numbers below
/// 100 belong to the projector.
///
/// # Errors
///
/// [`Error::Database`] or [`Error::Migrate`].
pub async fn migrate(administrator: &PgConnectOptions, own: &[&Migrator]) -> Result<(), Error> {
    let attempt = "prepare the roles and schemas of the database";
    let mut connection = administrator.connect().await.attempt(attempt)?;
    connection.execute(include_str!("roles.sql")).await.attempt(attempt)?;
    for migrator in std::iter::once(&GLOBAL).chain(own.iter().copied()) {
        let migrator = Migrator { ignore_missing: true, ..shallow(migrator) };
        migrator.run(&mut connection).await.map_err(Error::Migrate)?;
    }
    connection.close().await.attempt(attempt)
}

/// The same migrations; each migrator would otherwise refuse those of the others.
fn shallow(migrator: &Migrator) -> Migrator {
    Migrator { migrations: migrator.migrations.clone(), table_name: migrator.table_name.clone(), ..Migrator::DEFAULT }
}
