//! Servers that tests share, as nextest's many processes or as one.

use futures::future::try_join_all;
use kindred_embedded::shared;
use sqlx::{Connection, PgConnection};

use crate::support::BareNats;

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

#[tokio::test]
async fn the_shared_postgres_is_one() -> anyhow::Result<()> {
    let urls = try_join_all((0..4).map(|_| shared::postgres())).await?;
    assert!(urls.windows(2).all(|pair| pair[0] == pair[1]));
    PgConnection::connect(&urls[0]).await?.ping().await?;
    Ok(())
}
