//! One server and a cluster: data, kills, pauses, users.

use std::time::Duration;

use kindred_embedded::{Nats, Sync};
use tokio::time::timeout;

use crate::support::{BareNats, Scratch, eventually, is_open};

#[tokio::test]
async fn a_restart_keeps_port_and_streams() -> anyhow::Result<()> {
    let mut nats = Nats::builder().sync(Sync::Always).start().await?;
    let mut client = BareNats::connect(&nats.url()).await?;
    client.make_stream(1).await?;
    client.publish().await?;
    let (port, folder) = (nats.port(), nats.folder().to_owned());
    nats.kill9().await;
    assert_eq!(nats.pid(), None);
    nats.restart().await?;
    assert_eq!(nats.port(), port);
    assert_eq!(BareNats::connect(&nats.url()).await?.count().await?, 1);
    nats.stop().await?;
    assert!(!is_open(port) && !folder.exists(), "the server left `{}` or its port behind", folder.display());
    Ok(())
}

#[tokio::test]
async fn a_named_folder_outlives_its_server_and_serves_one_at_a_time() -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    let nats = Nats::builder().folder(scratch.path()).start().await?;
    let mut client = BareNats::connect(&nats.url()).await?;
    client.make_stream(1).await?;
    client.publish().await?;
    drop(nats);
    // The first server may still be stopping: the second start waits for its end.
    let nats = Nats::builder().folder(scratch.path()).start().await?;
    assert_eq!(BareNats::connect(&nats.url()).await?.count().await?, 1);
    let refused = Nats::builder().folder(scratch.path()).start().await.expect_err("the folder is in use");
    assert!(refused.to_string().contains("in use by another running server"), "{refused}");
    nats.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_paused_server_is_silent_until_it_is_resumed() -> anyhow::Result<()> {
    let nats = Nats::builder().start().await?;
    let mut client = BareNats::connect(&nats.url()).await?;
    client.make_stream(1).await?;
    nats.pause();
    let silent = timeout(Duration::from_millis(300), client.count()).await;
    assert!(silent.is_err(), "a paused server answered {silent:?}");
    nats.resume();
    // The question asked during the pause is answered first.
    assert_eq!(client.count().await?, 0);
    Ok(())
}

#[tokio::test]
async fn added_configuration_decides_who_may_do_what() -> anyhow::Result<()> {
    let user = |publish: &str| {
        format!("authorization {{ users: [{{ user: u, password: p, permissions: {{ publish: \"{publish}\" }} }}] }}")
    };
    let mut nats = Nats::builder().config(user("$JS.API.>")).start().await?;
    let stranger = BareNats::connect(&nats.url()).await?.count().await;
    assert!(stranger.is_err(), "somebody without a password was answered {stranger:?}");
    let url = nats.url().replace("://", "://u:p@");
    let mut client = BareNats::connect(&url).await?;
    client.make_stream(1).await?;
    let refused = client.publish().await.expect_err("the user may not publish");
    assert!(refused.to_string().contains("Permissions Violation"), "{refused}");
    nats.reload(&user(">"))?;
    eventually("the new configuration is in force", || nats.log_tail().contains("Reloaded server configuration"))
        .await?;
    BareNats::connect(&url).await?.publish().await?;
    Ok(())
}

#[tokio::test]
async fn a_configuration_that_is_wrong_is_told_from_the_log() -> anyhow::Result<()> {
    let refused = Nats::builder().config("no_such_word: 1").start().await.expect_err("no such word");
    assert!(refused.to_string().contains("no_such_word"), "{refused}");
    Ok(())
}

#[tokio::test]
async fn a_cluster_loses_a_server_and_nothing_else() -> anyhow::Result<()> {
    let mut cluster = Nats::builder().start_cluster(3).await?;
    let mut client = BareNats::connect(&cluster.urls()[0]).await?;
    client.make_stream(3).await?;
    client.publish().await?;
    cluster.nodes_mut()[2].kill9().await;
    cluster.nodes_mut()[2].restart().await?;
    cluster.until_ready().await?;
    assert!(BareNats::connect(&cluster.urls()[2]).await?.count().await? >= 1);
    cluster.stop().await?;
    Ok(())
}
