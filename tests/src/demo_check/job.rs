//! The main job: join, post, reply, match, ask to meet, accept, read both inboxes.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};
use tokio::process::Child;

use super::{Cast, step};
use crate::client::Client;
use crate::platform::Demo;

const SOON: Duration = Duration::from_secs(20);

/// What was written, to look for later.
pub struct Played {
    /// Words that only the first person wrote.
    pub words: Vec<String>,
    /// The thread.
    pub thread: String,
    /// The words of the reply.
    pub reply: String,
}

/// Plays the job; `who` tells two plays apart.
pub async fn play(cast: &Cast, first: &Client, second: &Client, who: &str) -> anyhow::Result<Played> {
    let community = community(first, "Thyroid circle").await?;
    let joined = first.command("POST", &format!("/communities/{community}/join"), json!({})).await?;
    let listed = first.get(&format!("/communities/{community}")).await?;
    ensure!(listed["your_state"] == "active", "after joining, the community says {}: {joined}", listed["your_state"]);
    step(&format!("{who}: joined a community and sees it at once"))?;

    let words = vec![format!("canarytitle{who}xq"), format!("canarytext{who}xq"), format!("canarynote{who}xq")];
    let started =
        json!({ "title": format!("A question {}", words[0]), "text": format!("How do you rest? {}", words[1]) });
    first.command("POST", &format!("/communities/{community}/threads"), started).await?;
    let threads = first.get(&format!("/communities/{community}/threads?size=100")).await?;
    let thread =
        items(&threads)?.iter().find(|one| one["title"].as_str().is_some_and(|title| title.contains(&words[0])));
    let thread = thread.context("the new thread is not in the list")?["thread_id"]
        .as_str()
        .context("no `thread_id`")?
        .to_owned();
    step(&format!("{who}: started a thread and sees it at once"))?;

    let reply = format!("Slowly, and with tea. replyfor{who}");
    second.command("POST", &format!("/threads/{thread}/replies"), json!({ "text": reply })).await?;
    let read = second.get(&format!("/threads/{thread}")).await?;
    ensure!(read.to_string().contains(&reply), "the reply is not in the thread: {read}");
    step(&format!("{who}: somebody replied and sees it at once"))?;

    matched(first).await?;
    step(&format!("{who}: found people, with reasons that add up to the score"))?;
    meet(first, second, &words[2]).await?;
    step(&format!("{who}: asked to meet, was accepted; both inboxes say so"))?;
    let _others = cast;
    Ok(Played { words, thread, reply })
}

/// The id of a community by its name.
pub async fn community(client: &Client, name: &str) -> anyhow::Result<String> {
    let all = client.get("/communities?size=100").await?;
    let found =
        items(&all)?.iter().find(|one| one["name"] == name).with_context(|| format!("no community `{name}`"))?;
    Ok(found["community_id"].as_str().context("no `community_id`")?.to_owned())
}

/// The entries of a page.
pub fn items(page: &Value) -> anyhow::Result<&Vec<Value>> {
    page["items"].as_array().with_context(|| format!("no list in {page}"))
}

async fn matched(client: &Client) -> anyhow::Result<()> {
    let people =
        client.until("/people", SOON, |people| people["matches"].as_array().is_some_and(|all| !all.is_empty())).await?;
    for one in people["matches"].as_array().into_iter().flatten() {
        let reasons = one["reasons"].as_array().context("a match without reasons")?;
        let sum: u64 = reasons.iter().filter_map(|reason| reason["weight"].as_u64()).sum();
        ensure!(!reasons.is_empty() && Some(sum) == one["score"].as_u64(), "reasons do not add up to the score: {one}");
        ensure!(one["member"]["is_you"] == false, "somebody was matched with themselves");
    }
    Ok(())
}

async fn meet(first: &Client, second: &Client, note: &str) -> anyhow::Result<()> {
    let asked = json!({ "member_id": second.persona.member_id, "note": format!("May we talk? {note}") });
    first.command("POST", "/introductions", asked).await?;
    let inbox = |kind: &'static str, actor: String| {
        move |inbox: &Value| {
            items(inbox).is_ok_and(|all| {
                all.iter().any(|one| one["kind"] == kind && one["actor"]["member_id"] == actor.as_str())
            })
        }
    };
    second.until("/inbox?size=100", SOON, inbox("introduction_requested", first.persona.member_id.clone())).await?;
    let from_first = |all: &Value| {
        let from = first.persona.member_id.as_str();
        items(all).ok()?.iter().find(|one| one["from"]["member_id"] == from && one["state"] == "open").cloned()
    };
    let listed = second.until("/introductions?size=100", SOON, |all| from_first(all).is_some()).await?;
    let introduction = from_first(&listed).context("no introduction")?;
    ensure!(
        introduction["note"].as_str().is_some_and(|text| text.contains(note)),
        "the note is not shown: {introduction}"
    );
    let id = introduction["introduction_id"].as_str().context("no `introduction_id`")?;
    second.command("POST", &format!("/introductions/{id}/answer"), json!({ "accept": true })).await?;
    first.until("/inbox?size=100", SOON, inbox("introduction_accepted", second.persona.member_id.clone())).await?;
    first.until("/inbox?size=100", SOON, inbox("reply", second.persona.member_id.clone())).await?;
    Ok(())
}

/// A mail came to `client`, and no mail holds what was written, a condition or a group's name.
pub async fn mails_are_silent(data: &Path, client: &Client, played: &Played) -> anyhow::Result<()> {
    let folder = data.join("mails");
    let deadline = std::time::Instant::now() + SOON;
    loop {
        let mails = mails(&folder)?;
        for mail in &mails {
            let spoken = played.words.iter().map(String::as_str).chain([
                "Thyroid",
                "Hashimoto",
                "diabetes",
                played.reply.as_str(),
            ]);
            for word in spoken {
                ensure!(!mail.contains(word), "a mail holds `{word}`");
            }
        }
        if mails.iter().any(|mail| mail.contains(&client.persona.email)) {
            return Ok(());
        }
        if std::time::Instant::now() > deadline {
            bail!(
                "no mail came to {} within {} s; {} mails are there",
                client.persona.email,
                SOON.as_secs(),
                mails.len()
            );
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The texts of all mails.
pub fn mails(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).context("read the mails")? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "eml") {
            texts.push(String::from_utf8_lossy(&std::fs::read(path)?).into_owned());
        }
    }
    Ok(texts)
}

/// Every role a process of its own, each service twice: the second copy shares the work.
pub fn start_roles(demo: &Demo) -> anyhow::Result<Vec<Child>> {
    let mut roles = Vec::new();
    for service in ["membership", "posting", "matching", "notification"] {
        roles.push(demo.role(service, &[])?);
        let elsewhere = [("KINDRED__SERVER__LISTEN", "127.0.0.1:0"), ("KINDRED__SERVER__HEALTH_LISTEN", "127.0.0.1:0")];
        roles.push(demo.role(service, &elsewhere)?);
    }
    roles.push(demo.role("gateway", &[])?);
    Ok(roles)
}

/// Erases a member by their own wish and waits for the certificate.
pub async fn erase(cast: &Cast, client: &Client) -> anyhow::Result<()> {
    client.command("POST", "/me/erasure", json!({ "handle": client.persona.name })).await?;
    let path = format!("/members/{}/erasure", client.persona.member_id);
    let erasure =
        cast.privacy_officer.until(&path, Duration::from_secs(120), |one| one["certificate"].is_string()).await?;
    let confirmations = erasure["confirmations"].as_array().map(Vec::len);
    ensure!(confirmations == Some(4), "the certificate rests on {confirmations:?} confirmations");
    Ok(())
}
