//! Servers that tests share, as nextest's many processes or as one.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use futures::future::try_join_all;
use kindred_embedded::shared;
use sqlx::{Connection, PgConnection};

use crate::support::{BareNats, Scratch, eventually, is_open};

#[tokio::test]
async fn all_that_ask_get_the_same_server_and_accounts_of_their_own() -> anyhow::Result<()> {
    let servers = try_join_all((0..4).map(|_| shared::nats())).await?;
    assert!(servers.windows(2).all(|pair| pair[0].url() == pair[1].url()));
    for server in servers {
        // The same stream name in each: they would collide in one account.
        let mut client = BareNats::connect(&server.account()?.urls[0]).await?;
        client.make_stream(1).await?;
        client.publish().await?;
        assert_eq!(client.count().await?, 1);
    }
    Ok(())
}

#[tokio::test]
async fn the_shared_account_cannot_look_into_others() -> anyhow::Result<()> {
    let server = shared::nats().await?;
    BareNats::connect(&server.account()?.urls[0]).await?.make_stream(1).await?;
    let outside = BareNats::connect(server.url()).await?.count().await;
    assert!(outside.is_err(), "a stream of an account is seen from outside: {outside:?}");
    Ok(())
}

#[tokio::test]
async fn the_shared_cluster_replicates() -> anyhow::Result<()> {
    let account = shared::nats_cluster().await?.account()?;
    assert_eq!(account.urls.len(), 3);
    let mut client = BareNats::connect(&account.urls[0]).await?;
    client.make_stream(3).await?;
    client.publish().await?;
    Ok(())
}

/// Where the process that is killed writes what it started.
const REPORT: &str = "KINDRED_TEST_SHARED_REPORT";

#[tokio::test]
async fn without_a_run_shared_servers_end_with_the_process_that_asked() -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    let (mut parent, port) = process_that_asks(scratch.path(), "").await?;
    assert!(is_open(port));
    parent.kill()?;
    parent.wait()?;
    eventually("the server is gone", || !is_open(port)).await
}

#[tokio::test]
async fn a_server_that_the_environment_names_is_used_as_it_is() -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    let (mut parent, port) = process_that_asks(scratch.path(), "nats://127.0.0.1:7").await?;
    parent.kill()?;
    parent.wait()?;
    assert_eq!(port, 7);
    Ok(())
}

/// Starts a process of its own that asks for the shared NATS; returns the port it got.
async fn process_that_asks(folder: &Path, named: &str) -> anyhow::Result<(Child, u16)> {
    let report = folder.join("report");
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--exact", "shared::process_that_asks_and_is_killed", "--ignored"]);
    command.env_remove("NEXTEST_RUN_ID").env("KINDRED_TEST_NATS", named).env(REPORT, &report);
    let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    eventually("it has got an answer", || report.is_file()).await?;
    let port = std::fs::read_to_string(&report)?.parse()?;
    Ok((process, port))
}

/// Not a test: the process that is killed.
#[tokio::test]
#[ignore = "run by another test in a process of its own"]
async fn process_that_asks_and_is_killed() -> anyhow::Result<()> {
    let Some(report) = std::env::var_os(REPORT).map(PathBuf::from) else { return Ok(()) };
    let url = shared::nats().await?.url().to_owned();
    let (_, port) = url.rsplit_once(':').unwrap_or_default();
    let unfinished = report.with_extension("unfinished");
    std::fs::write(&unfinished, port)?;
    std::fs::rename(&unfinished, &report)?;
    std::future::pending().await
}

#[tokio::test]
async fn the_shared_postgres_is_one() -> anyhow::Result<()> {
    let urls = try_join_all((0..4).map(|_| shared::postgres())).await?;
    assert!(urls.windows(2).all(|pair| pair[0] == pair[1]));
    PgConnection::connect(&urls[0]).await?.ping().await?;
    Ok(())
}
