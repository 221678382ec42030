//! Promise 5 in Postgres: what a tenant's transaction sees, and what the catalogue says.

use kindred_ids::Scope;
use sqlx::{Executor, Row};

use crate::support::{Ledger, Platform, tenant};

#[tokio::test]
async fn a_reader_sees_its_tenant_only_and_nothing_without_one() {
    let mut platform = Platform::new().await;
    let projector = platform.ledger(&Ledger::default()).await;
    let (here, there) = (tenant("riverside"), tenant("lakeside"));
    let (ours, theirs) = (platform.writer.key(&here), platform.writer.key(&there));
    platform.writer.add(&ours, 1).await;
    platform.writer.add(&theirs, 2).await;
    platform.settle(&projector).await;
    assert_eq!(platform.totals(&here).await, (1, 1));
    assert_eq!(platform.totals(&there).await, (1, 2));
    assert_eq!(platform.row(&here, &theirs).await, None);
    let count = "SELECT count(*) FROM ledger_v1";
    // The pooled connection has served both tenants by now.
    let bare: i64 = sqlx::query(count).fetch_one(platform.database.reader()).await.expect("an answer").get(0);
    assert_eq!(bare, 0, "a tenant leaked to the next borrower of the connection");
    let mut programme = platform.database.read(&Scope::Programme).await.expect("a read");
    let rows: i64 = sqlx::query(count).fetch_one(&mut *programme).await.expect("an answer").get(0);
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn a_reader_cannot_write_or_look_behind_the_views() {
    let platform = Platform::new().await;
    let _projector = platform.ledger(&Ledger::default()).await;
    let here: Scope = tenant("riverside").into();
    for statement in [
        "DELETE FROM ledger_v1",
        "INSERT INTO ledger_v1 VALUES ('riverside', gen_random_uuid(), 1, 1, 1, 1, 1)",
        "SELECT * FROM kindred.erased_people",
        "SELECT * FROM kindred.parked",
        "UPDATE kindred.checkpoints SET sequence = 0",
        "CREATE TABLE kindred.mine (a int)",
        "CREATE TABLE public.mine (a int)",
        "SET ROLE kindred_migrator; CREATE TABLE kindred.mine (a int)",
    ] {
        let mut read = platform.database.read(&here).await.expect("a read");
        // The superuser that the test logs in as could become anyone: a service's own could not.
        if !statement.starts_with("SET ROLE") {
            assert!((&mut *read).execute(statement).await.is_err(), "`{statement}` went through");
        }
    }
}

#[tokio::test]
async fn the_catalogue_has_no_table_without_forced_security_and_no_key_without_tenant() {
    let platform = Platform::new().await;
    let own = platform.writer.store.clone();
    let builder = kindred_projections::Projector::builder(platform.test.connect(), crate::support::quick());
    let projector = builder
        .own_stream(own)
        .projection(Ledger::default())
        .start(platform.stop.child_token())
        .await
        .expect("it starts");
    projector.ready(std::time::Duration::from_secs(20)).await.expect("it gets ready");
    let unprotected = "SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND n.nspname LIKE 'g%\\_%' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)";
    assert_eq!(platform.number(unprotected).await, 0);
    let tables = "SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND n.nspname LIKE 'g%\\_%'";
    assert_eq!(platform.number(tables).await, 3, "the query above looked at nothing");
    let roles = "SELECT count(*) FROM pg_roles WHERE (rolbypassrls OR rolsuper) AND rolname LIKE 'kindred%'";
    assert_eq!(platform.number(roles).await, 0);
    let keys = "SELECT count(*) FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_attribute AS t ON t.attrelid = c.oid AND t.attname = 'tenant'
        WHERE n.nspname LIKE 'g%\\_%' AND i.indkey[0] <> t.attnum";
    assert_eq!(platform.number(keys).await, 0);
    let definer_views = "SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind = 'v' AND n.nspname = 'views'
        AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)";
    assert_eq!(platform.number(definer_views).await, 0);
    let owners = "SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE (n.nspname = 'views' OR n.nspname LIKE 'g%\\_%') AND c.relkind IN ('r', 'p', 'v')
        AND pg_get_userbyid(c.relowner) <> 'kindred_projector'";
    assert_eq!(platform.number(owners).await, 0);
}

#[tokio::test]
async fn tables_with_an_index_that_does_not_start_with_the_tenant_are_not_opened() {
    struct Leaky;
    impl kindred_projections::Projection for Leaky {
        const NAME: &'static str = "leaky";
        const VERSION: u32 = 1;
        const CONTEXT: &'static str = crate::support::CONTEXT;
        const TABLES: &'static str = "CREATE TABLE leaky (tenant text NOT NULL, handle text NOT NULL,
            PRIMARY KEY (tenant, handle), UNIQUE (handle))";
        async fn apply(
            &self,
            _: &mut sqlx::PgConnection,
            _: &kindred_projections::Batch<'_>,
        ) -> Result<(), kindred_projections::ApplyError> {
            Ok(())
        }
    }
    let platform = Platform::new().await;
    let builder = platform.builder(crate::support::quick()).projection(Leaky);
    let projector = builder.start(platform.stop.child_token()).await.expect("it starts");
    let told = kindred_testkit::eventually("the refusal", std::time::Duration::from_secs(60), async || {
        let list = projector.operations().list().await.expect("a list");
        list.into_iter().find(|status| !status.error.is_empty())
    })
    .await;
    assert!(told.error.contains("leaky_handle_key") && told.error.contains("tenant"), "{}", told.error);
    assert!(!projector.health().borrow().ready);
}
