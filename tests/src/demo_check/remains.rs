//! What is left where: databases dropped, words searched for.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use kindred_embedded::{Postgres, Settings};
use kindred_eventsourcing::{EventStore as _, LogReader as _};
use kindred_jetstream::{ConnectSettings, Credentials, JetStreamStore, StoreOptions};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _};

use super::Cast;
use super::job::{Played, mails};
use crate::platform::Demo;

const CONTEXTS: [&str; 4] = ["membership", "posting", "matching", "notification"];

/// Drops every database but the vault, while the demo is stopped.
pub async fn drop_databases(data: &Path) -> anyhow::Result<()> {
    let postgres = Postgres::builder().settings(Settings::from_env()).folder(data.join("postgres")).start().await?;
    let owner: PgConnectOptions = postgres.url().parse()?;
    let mut connection = owner.database("postgres").connect().await?;
    for context in CONTEXTS {
        connection.execute(AssertSqlSafe(format!("DROP DATABASE kindred_{context} WITH (FORCE)"))).await?;
    }
    drop(connection);
    Ok(postgres.stop().await?)
}

/// None of the erased person's words is to be found anywhere.
pub async fn search(demo: &Demo, cast: &Cast, played: &Played) -> anyhow::Result<()> {
    let absent = |place: &str, text: &str| -> anyhow::Result<()> {
        for word in &played.words {
            ensure!(!text.contains(word.as_str()), "`{word}` is in {place}");
        }
        Ok(())
    };
    let thread = cast.mentor.get(&format!("/threads/{}", played.thread)).await?.to_string();
    absent("the API's thread", &thread)?;
    ensure!(thread.contains(&played.reply), "the other person's reply is gone: {thread}");
    for path in
        [format!("/threads/{}", played.thread), "/inbox".to_owned(), "/introductions".to_owned(), "/people".to_owned()]
    {
        absent("a page", &cast.mentor.page(&path).await?)?;
        absent("the API", &cast.mentor.get(&path).await?.to_string())?;
    }
    for mail in mails(&demo.data.join("mails"))? {
        absent("a mail", &mail)?;
    }
    search_log(demo, &absent).await?;
    search_databases(demo, &absent, &cast.newcomer.persona.name).await
}

async fn search_log(demo: &Demo, absent: &impl Fn(&str, &str) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let password = std::fs::read_to_string(demo.data.join("keys/servers.password"))?;
    let config = std::fs::read_to_string(demo.data.join("config/posting.toml"))?;
    let url = config.lines().find_map(|line| line.strip_prefix("urls = [\"")).and_then(|rest| rest.strip_suffix("\"]"));
    let mut settings = ConnectSettings::new([url.context("no address of the bus")?], "admin");
    settings.credentials = Credentials::Password { user: "admin".to_owned(), password };
    let client = kindred_jetstream::connect(&settings).await?;
    for context in CONTEXTS {
        let store = JetStreamStore::open(&client, context, None, StoreOptions::default()).await?;
        let (head, mut reader) = (store.head().await?, store.reader(0, None).await?);
        let (mut position, mut commits) = (0, 0);
        while position < head {
            let batch = reader.next(1_000, Duration::from_secs(5)).await?;
            ensure!(batch.position > position, "the log of {context} ends at {position}, not {head}");
            position = batch.position;
            commits += batch.commits.len();
            for commit in &batch.commits {
                for record in &commit.records {
                    absent(
                        &format!("the log of {context} at {}", commit.sequence),
                        &String::from_utf8_lossy(&record.data),
                    )?;
                }
            }
        }
        ensure!(commits > 0, "nothing was read of the log of {context}");
    }
    client.close().await;
    Ok(())
}

/// Every row of every table of every database, as text.
async fn search_databases(
    demo: &Demo,
    absent: &impl Fn(&str, &str) -> anyhow::Result<()>,
    handle: &str,
) -> anyhow::Result<()> {
    let password = std::fs::read_to_string(demo.data.join("postgres").join("superuser.password")).ok();
    let url = std::fs::read_to_string(demo.data.join("keys/membership.database-url"))?;
    let service: PgConnectOptions = url.parse()?;
    let owner = match password {
        Some(password) => service.username("postgres").password(password.trim()),
        None => service,
    };
    let mut rows = 0;
    for context in CONTEXTS.into_iter().chain(["vault"]) {
        let mut connection = owner.clone().database(&format!("kindred_{context}")).connect().await?;
        let tables: Vec<(String, String)> = sqlx::query_as(
            "SELECT schemaname::text, tablename::text FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
        )
        .fetch_all(&mut connection)
        .await?;
        for (schema, table) in tables {
            let dump = format!("SELECT t::text FROM \"{schema}\".\"{table}\" AS t");
            let lines: Vec<String> = sqlx::query_scalar(AssertSqlSafe(dump)).fetch_all(&mut connection).await?;
            rows += lines.len();
            for line in lines {
                absent(&format!("{context}: {schema}.{table}"), &line)?;
                ensure!(!line.contains(handle), "the name `{handle}` is in {context}: {schema}.{table}");
            }
        }
    }
    ensure!(rows > 100, "only {rows} rows were searched");
    Ok(())
}

/// An erasure takes nobody else's words.
pub async fn others_stay(cast: &Cast, played: &Played) -> anyhow::Result<()> {
    let thread = cast.patient.get(&format!("/threads/{}", played.thread)).await?.to_string();
    ensure!(thread.contains(&played.words[1]) && thread.contains(&played.reply), "words of others are gone: {thread}");
    Ok(())
}
