//! The tables of a generation: made bare, opened to readers, shown by views, dropped.
//!
//! # Promises
//!
//! * A reader can enter a schema only once every table in it has its indexes, forced
//!   row-level security and policies.
//! * Unique keys and indexes of tenant tables start with the tenant, so that no tenant
//!   can feel another's rows.
//! * Every column has a hash, by which generations are compared.

use sqlx::{AssertSqlSafe, Executor, PgConnection};

use crate::Error;
use crate::database::VIEWS;
use crate::error::Attempt;
use crate::projection::Declaration;

/// A table of a generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub name: String,
    /// Whether it has a column `tenant`, and so is for readers.
    pub tenant: bool,
}

/// Makes the schema and its bare tables; the search path must be on it.
pub(crate) async fn make(connection: &mut PgConnection, schema: &str, declaration: &Declaration) -> Result<(), Error> {
    let attempt = "make the tables of a generation";
    connection.execute(AssertSqlSafe(format!("CREATE SCHEMA \"{schema}\""))).await.attempt(attempt)?;
    connection.execute(AssertSqlSafe(declaration.tables.to_owned())).await.attempt(attempt)?;
    for Table { name, .. } in list(connection, schema).await? {
        // A column that has no hash is refused here, not at the end of the first rebuild.
        let row = format!("json_populate_record(NULL::\"{schema}\".\"{name}\", '{{}}')");
        connection.execute(AssertSqlSafe(format!("SELECT hash_record_extended({row}, 0)"))).await.attempt(attempt)?;
    }
    Ok(())
}

/// Adds indexes, security and grants; the search path must be on the schema.
pub(crate) async fn open(connection: &mut PgConnection, schema: &str, declaration: &Declaration) -> Result<(), Error> {
    let attempt = "open the tables of a generation";
    connection.execute("SET LOCAL maintenance_work_mem = '256MB'").await.attempt(attempt)?;
    connection.execute(AssertSqlSafe(declaration.indexes.to_owned())).await.attempt(attempt)?;
    check_keys(connection, schema, declaration).await?;
    let mut statements = String::new();
    for table in list(connection, schema).await? {
        statements.push_str(&protect(&table));
    }
    statements.push_str(&format!("GRANT USAGE ON SCHEMA \"{schema}\" TO kindred_reader;"));
    connection.execute(AssertSqlSafe(statements)).await.attempt(attempt)?;
    Ok(())
}

fn protect(table: &Table) -> String {
    let name = &table.name;
    let mut statements = format!(
        "ALTER TABLE \"{name}\" ENABLE ROW LEVEL SECURITY; ALTER TABLE \"{name}\" FORCE ROW LEVEL SECURITY; \
         CREATE POLICY projector ON \"{name}\" TO kindred_projector USING (true) WITH CHECK (true);"
    );
    if table.tenant {
        statements.push_str(&format!(
            "CREATE POLICY tenant ON \"{name}\" FOR SELECT TO kindred_reader \
             USING (tenant = nullif(current_setting('kindred.tenant', true), '')); \
             GRANT SELECT ON \"{name}\" TO kindred_reader;"
        ));
    }
    statements
}

/// Every table of a schema.
pub(crate) async fn list(connection: &mut PgConnection, schema: &str) -> Result<Vec<Table>, Error> {
    let rows = sqlx::query_file!("src/tables/list.sql", schema)
        .fetch_all(connection)
        .await
        .attempt("list the tables of a generation")?;
    Ok(rows.into_iter().map(|row| Table { name: row.name, tenant: row.tenant }).collect())
}

async fn check_keys(connection: &mut PgConnection, schema: &str, declaration: &Declaration) -> Result<(), Error> {
    let row = sqlx::query_file!("src/tables/keys_without_tenant.sql", schema)
        .fetch_optional(connection)
        .await
        .attempt("check the indexes of a generation")?;
    let Some(row) = row else { return Ok(()) };
    let problem = format!("index `{}` does not start with `tenant`", row.name);
    Err(Error::Tables { projection: declaration.name.to_owned(), problem })
}

/// Points the views of a version at a schema's tables.
pub(crate) async fn show(connection: &mut PgConnection, schema: &str, version: i32) -> Result<(), Error> {
    let tables = list(connection, schema).await?;
    let statements: String = tables
        .iter()
        .filter(|table| table.tenant)
        .map(|Table { name, .. }| {
            let view = format!("{VIEWS}.\"{name}_v{version}\"");
            format!(
                "CREATE OR REPLACE VIEW {view} WITH (security_invoker = true) AS SELECT * FROM \"{schema}\".\"{name}\"; \
                 GRANT SELECT ON {view} TO kindred_reader;"
            )
        })
        .collect();
    connection.execute(AssertSqlSafe(statements)).await.attempt("point the views at a generation")?;
    Ok(())
}

/// Lets the planner know what a bulk load brought.
pub(crate) async fn analyze(connection: &mut PgConnection, schema: &str) -> Result<(), Error> {
    for Table { name, .. } in list(connection, schema).await? {
        let statement = format!("ANALYZE \"{schema}\".\"{name}\"");
        connection.execute(AssertSqlSafe(statement)).await.attempt("analyze a loaded table")?;
    }
    Ok(())
}

/// Drops a schema with all in it, and views that still show it.
pub(crate) async fn drop_schema(connection: &mut PgConnection, schema: &str) -> Result<(), sqlx::Error> {
    connection.execute(AssertSqlSafe(format!("DROP SCHEMA IF EXISTS \"{schema}\" CASCADE"))).await.map(drop)
}
