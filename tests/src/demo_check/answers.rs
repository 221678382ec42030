//! Everything that the people of the play can read, to compare before and after.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;

use super::job::{community, items};
use super::{Cast, step};
use crate::client::Client;
use crate::platform::Demo;

/// Answers by who asked and what.
pub struct Answers(Vec<(String, Value)>);

impl Answers {
    /// Asks everything.
    pub async fn take(cast: &Cast) -> anyhow::Result<Self> {
        let mut answers = Vec::new();
        for client in cast.all() {
            for path in paths(client).await? {
                let answer = client.get(&path).await?;
                answers.push((format!("{} {path}", client.persona.role), plain(answer)));
            }
        }
        ensure!(answers.len() > 30, "only {} answers to compare", answers.len());
        Ok(Self(answers))
    }

    /// Refuses the first difference.
    pub fn same(&self, other: &Self) -> anyhow::Result<()> {
        ensure!(self.0.len() == other.0.len(), "{} answers became {}", self.0.len(), other.0.len());
        for ((name, before), (other_name, after)) in self.0.iter().zip(&other.0) {
            ensure!(name == other_name, "`{name}` became `{other_name}`");
            ensure!(before == after, "`{name}` was\n{before}\nand is\n{after}");
        }
        Ok(())
    }

    /// The same within a minute: a platform that starts may have to catch up.
    pub async fn same_soon(&self, cast: &Cast) -> anyhow::Result<()> {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let compared = match Self::take(cast).await {
                Ok(now) => self.same(&now),
                Err(error) => Err(error),
            };
            match compared {
                Ok(()) => return Ok(()),
                Err(error) if Instant::now() > deadline => return Err(error),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }
}

/// What does not depend on the moment of asking.
fn plain(mut answer: Value) -> Value {
    if let Some(object) = answer.as_object_mut() {
        for moving in ["expires_at", "authenticated_at", "stale"] {
            let _moment = object.remove(moving);
        }
    }
    answer
}

async fn paths(client: &Client) -> anyhow::Result<Vec<String>> {
    let mut paths: Vec<String> = [
        "/me",
        "/me/profile",
        "/me/notifications",
        "/me/blocks",
        "/communities?size=100",
        "/people",
        "/introductions?size=100",
        "/inbox?size=100",
    ]
    .map(str::to_owned)
    .to_vec();
    let community = community(client, "Thyroid circle").await?;
    paths.push(format!("/communities/{community}"));
    if client.get(&format!("/communities/{community}")).await?["your_state"] == "active" {
        let threads = format!("/communities/{community}/threads?size=100");
        let listed = client.get(&threads).await?;
        paths.push(threads);
        paths.push(format!("/communities/{community}/members?size=100"));
        for thread in items(&listed)? {
            paths.push(format!("/threads/{}?size=100", thread["thread_id"].as_str().context("no `thread_id`")?));
        }
    }
    Ok(paths)
}

/// Rebuilds and verifies every projection while the same reads go on.
pub async fn rebuild_while_reading(demo: &Demo, cast: &Cast, before: &Answers) -> anyhow::Result<()> {
    let stop = Arc::new(AtomicBool::new(false));
    let operating = async {
        let outcome = operate(demo).await;
        stop.store(true, Ordering::SeqCst);
        outcome
    };
    let reading = async {
        let mut reads = 0_usize;
        while !stop.load(Ordering::SeqCst) {
            let now = Answers::take(cast).await.context("a read failed during the rebuild")?;
            reads += now.0.len();
            before.same(&now).context("an answer changed during the rebuild")?;
        }
        anyhow::Ok(reads)
    };
    let (operated, reads) = tokio::join!(operating, reading);
    operated?;
    step(&format!("{} reads went on during the rebuild", reads?))
}

async fn operate(demo: &Demo) -> anyhow::Result<()> {
    let listed: Value = serde_json::from_str(&demo.operate(&["--output", "json", "projection", "list"]).await?)?;
    let live: Vec<&Value> = listed.as_array().into_iter().flatten().filter(|one| one["state"] == "live").collect();
    if live.len() < 8 {
        bail!("only {} live projections: {listed}", live.len());
    }
    for one in live {
        let (service, name) =
            (one["service"].as_str().unwrap_or_default(), one["projection"].as_str().unwrap_or_default());
        demo.operate(&["projection", "rebuild", service, name]).await?;
    }
    demo.operate(&["projection", "verify"]).await.map(drop)
}
