//! Data, kills, pauses, durability.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use kindred_embedded::{Durability, Postgres, PostgresBuilder};
use sqlx::{Connection, Executor, PgConnection};
use tokio::time::timeout;

use crate::support::{Scratch, eventually, is_running};

fn fast() -> PostgresBuilder {
    Postgres::builder().durability(Durability::ProcessCrash)
}

async fn ask(connection: &mut PgConnection, question: &'static str) -> sqlx::Result<String> {
    sqlx::query_scalar(question).fetch_one(connection).await
}

#[tokio::test]
async fn a_killed_server_comes_back_with_what_was_committed() -> anyhow::Result<()> {
    let mut postgres = fast().parameter("synchronous_commit", "on").start().await?;
    let mut connection = PgConnection::connect(&postgres.url()).await?;
    connection.execute("CREATE TABLE kept (word text)").await?;
    connection.execute("INSERT INTO kept VALUES ('kept')").await?;
    let (port, folder) = (postgres.port(), postgres.folder().to_owned());
    postgres.kill9().await;
    assert_eq!(postgres.pid(), None);
    assert!(ask(&mut connection, "SELECT word FROM kept").await.is_err());
    postgres.restart().await?;
    assert_eq!(postgres.port(), port);
    let mut connection = PgConnection::connect(&postgres.url()).await?;
    assert_eq!(ask(&mut connection, "SELECT word FROM kept").await?, "kept");
    postgres.stop().await?;
    assert!(!folder.exists(), "`{}` was left behind", folder.display());
    Ok(())
}

#[tokio::test]
async fn a_named_folder_keeps_data_and_password() -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    let first = Postgres::builder().folder(scratch.path()).start().await?;
    let mut connection = PgConnection::connect(&first.url()).await?;
    assert_eq!(ask(&mut connection, "SHOW fsync").await?, "on");
    connection.execute("CREATE DATABASE kept").await?;
    let password = first.password().to_owned();
    first.stop().await?;
    let second = Postgres::builder().folder(scratch.path()).start().await?;
    assert_eq!(second.password(), password);
    PgConnection::connect(&second.url_of("kept")).await?;
    second.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_stale_process_file_that_names_a_living_stranger_is_no_obstacle() -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    let mut postgres = fast().folder(scratch.path()).start().await?;
    let file = scratch.path().join("data/postmaster.pid");
    let left = std::fs::read_to_string(&file)?;
    postgres.kill9().await;
    let (_, rest) = left.split_once('\n').unwrap_or_default();
    std::fs::write(&file, format!("{}\n{rest}", std::process::id()))?;
    postgres.restart().await?;
    PgConnection::connect(&postgres.url()).await?;
    postgres.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_paused_server_freezes_open_connections_too() -> anyhow::Result<()> {
    let postgres = fast().start().await?;
    let mut connection = PgConnection::connect(&postgres.url()).await?;
    postgres.pause();
    let silent = timeout(Duration::from_millis(300), ask(&mut connection, "SELECT 'early'")).await;
    assert!(silent.is_err(), "a paused server answered {silent:?}");
    postgres.resume();
    let mut connection = PgConnection::connect(&postgres.url()).await?;
    assert_eq!(ask(&mut connection, "SELECT 'late'").await?, "late");
    Ok(())
}

#[tokio::test]
async fn parameters_and_connections_are_as_asked_for() -> anyhow::Result<()> {
    let postgres = fast().max_connections(33).parameter("work_mem", "7MB").start().await?;
    let mut connection = PgConnection::connect(&postgres.url()).await?;
    assert_eq!(ask(&mut connection, "SHOW max_connections").await?, "33");
    assert_eq!(ask(&mut connection, "SHOW work_mem").await?, "7MB");
    assert_eq!(ask(&mut connection, "SHOW fsync").await?, "off");
    assert_eq!(ask(&mut connection, "SELECT lower('ÄÖ')").await?, "äö");
    let stranger = postgres.url().replace(postgres.password(), "guessed");
    assert!(PgConnection::connect(&stranger).await.is_err(), "a wrong password was taken");
    Ok(())
}

#[tokio::test]
async fn dropping_a_paused_server_leaves_no_process() -> anyhow::Result<()> {
    let postgres = fast().start().await?;
    let (pid, folder) = (postgres.pid().expect("it runs"), postgres.folder().to_owned());
    postgres.pause();
    drop(postgres);
    eventually("the server is gone", || !is_running(pid)).await?;
    eventually("its folder is gone", || !folder.exists()).await
}

#[tokio::test]
async fn a_folder_that_postgres_could_not_enter_is_refused_by_name() -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    let closed = scratch.path().join("closed");
    std::fs::create_dir(&closed)?;
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o700))?;
    let outcome = fast().folder(closed.join("inside")).start().await;
    if !rustix::process::geteuid().is_root() {
        // Postgres runs as the caller, who may enter.
        return Ok(outcome?.stop().await?);
    }
    let refused = outcome.expect_err("nobody but root may enter").to_string();
    let wanted = format!("`{}` is closed to others", closed.canonicalize()?.display());
    assert!(refused.contains(&wanted), "{refused}");
    Ok(())
}
