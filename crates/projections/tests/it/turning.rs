//! Views that are turned while what they showed is dropped.

use std::time::Duration;

use kindred_testkit::eventually;
use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::support::{Ledger, Platform, tenant};

/// As a process that has not noticed that it is to stop.
const USED: &str = "INSERT INTO kindred.workers VALUES ('00000000-0000-4000-8000-000000000001', '{}', 'infinity');
    UPDATE kindred.leases SET worker = '00000000-0000-4000-8000-000000000001' WHERE consumer = 'ledger' AND partition = 0;
    UPDATE kindred.generations SET state = 'dropping' WHERE projection = 'ledger' AND state = 'live'";
/// As a build holds the generations still ...
const HELD: &str = "SELECT FROM kindred.generations WHERE projection = 'ledger' AND state <> 'gone' FOR UPDATE";
/// ... and turns the views to its own tables, which must not have to wait for who drops others.
const TURNED: &str = "SET LOCAL lock_timeout = '50ms';
    CREATE SCHEMA elsewhere;
    DO $$ DECLARE place text; BEGIN
        SELECT schema_name INTO place FROM kindred.generations WHERE projection = 'ledger' AND state = 'dropping';
        EXECUTE format('CREATE TABLE elsewhere.ledger (LIKE %I.ledger)', place);
    END $$;
    CREATE OR REPLACE VIEW views.ledger_v1 WITH (security_invoker = true) AS SELECT * FROM elsewhere.ledger";
const UNUSED: &str = "DELETE FROM kindred.workers WHERE lease_until = 'infinity'";
const WAITS: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0";
const GONE: &str = "SELECT count(*) FROM kindred.generations WHERE projection = 'ledger' AND state = 'gone'";
const SHOWN: &str = "SELECT count(*) FROM pg_views WHERE schemaname = 'views' AND viewname = 'ledger_v1'";

#[tokio::test(flavor = "multi_thread")]
async fn who_turns_a_view_does_not_meet_who_drops_what_it_showed() {
    let mut platform = Platform::new().await;
    let first = platform.ledger(&Ledger::default()).await;
    let key = platform.writer.key(&tenant("riverside"));
    platform.writer.add(&key, 1).await;
    platform.settle(&first).await;
    let mut other = platform.test.superuser().await.expect("the superuser's way in");
    let mut turning = platform.test.superuser().await.expect("the superuser's way in");
    other.execute(USED).await.expect("it is to be dropped, and used");
    turning.execute("BEGIN").await.expect("a transaction");
    turning.execute(HELD).await.expect("the generations are held");
    other.execute(UNUSED).await.expect("nobody uses it any more");
    let number = async |connection: &mut PgConnection, statement: &'static str| -> i64 {
        sqlx::query_scalar(statement).fetch_one(connection).await.expect("a number")
    };
    let bound = Duration::from_secs(60);
    // Whoever drops it waits, a moment only.
    while number(&mut other, WAITS).await == 0 {
        tokio::task::yield_now().await;
    }
    turning.execute(TURNED).await.expect("the view is turned at once");
    turning.execute("COMMIT").await.expect("the view shows another table");
    eventually("it is dropped", bound, async || (platform.number(GONE).await == 1).then_some(())).await;
    assert_eq!(number(&mut other, SHOWN).await, 1, "the view is there, as it was turned");
    turning.close().await.expect("the end");
}
