//! The main job of the demo, played over HTTP as its people, through stops and kills.

mod answers;
mod job;
mod remains;

use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures::future::LocalBoxFuture;

use crate::client::Client;
use crate::platform::{Demo, free_port};
use answers::Answers;

/// Plays everything; each step prints a line.
///
/// # Errors
///
/// The first thing that does not hold.
pub fn run() -> LocalBoxFuture<'static, anyhow::Result<()>> {
    // Boxed, so that it is compiled here and not again in the binary.
    Box::pin(play())
}

async fn play() -> anyhow::Result<()> {
    let begun = Instant::now();
    let folder = Folder::new()?;
    let port = free_port()?;
    let demo = Demo::start(&folder.0, port).await?;
    step(&format!("the demo is ready after {:.1} s", demo.took.as_secs_f64()))?;
    let cast = Cast::of(demo.personas()?)?;
    let first = job::play(&cast, &cast.newcomer, &cast.mentor, "first").await?;
    job::mails_are_silent(&folder.0, &cast.newcomer, &first).await?;
    step("a mail came to the newcomer, without a word of what was written")?;

    let before = Answers::take(&cast).await?;
    answers::rebuild_while_reading(&demo, &cast, &before).await?;
    step("every projection was rebuilt and verified while it was read; no answer failed, was empty or stale")?;
    before.same(&Answers::take(&cast).await?).context("after the rebuild")?;

    demo.stop().await?;
    step("Ctrl-C stopped everything")?;
    remains::drop_databases(&folder.0).await?;
    let demo = Demo::start(&folder.0, port).await?;
    let cast = Cast::of(demo.personas()?)?;
    before.same_soon(&cast).await.context("after dropping every database but the vault")?;
    step(&format!(
        "every database but the vault was dropped; after {:.1} s all answers are the same",
        demo.took.as_secs_f64()
    ))?;

    demo.kill9().await?;
    let demo = Demo::start(&folder.0, port).await?;
    let cast = Cast::of(demo.personas()?)?;
    before.same_soon(&cast).await.context("after kill -9")?;
    step(&format!("kill -9 of the platform: after {:.1} s all answers are the same", demo.took.as_secs_f64()))?;
    demo.stop().await?;

    let demo = Demo::start_servers(&folder.0, port).await?;
    let roles = job::start_roles(&demo)?;
    let cast = Cast::of(demo.personas()?)?;
    cast.newcomer.until("/me", Duration::from_secs(90), |_| true).await.context("wait for the roles")?;
    before.same_soon(&cast).await.context("with every role a process of its own")?;
    let second = job::play(&cast, &cast.neighbor_of_newcomer, &cast.patient, "second").await?;
    step("the job was played again with every role a process of its own and two replicas of each service")?;

    job::erase(&cast, &cast.newcomer).await?;
    step("the newcomer was erased; the certificate is there")?;
    remains::search(&demo, &cast, &first).await?;
    step("none of the newcomer's words is in pages, API, log, databases or mails")?;
    remains::others_stay(&cast, &second).await?;
    step("what others wrote is still there")?;
    for mut role in roles {
        role.kill().await?;
    }
    demo.stop().await?;
    step(&format!("all held, in {:.0} s", begun.elapsed().as_secs_f64()))
}

/// Says a step at once.
fn step(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "ok  {line}")?;
    Ok(out.flush()?)
}

/// The people of the play.
pub struct Cast {
    /// Knows nobody yet.
    pub newcomer: Client,
    /// Lives with the same condition.
    pub mentor: Client,
    /// A member of the same communities.
    pub patient: Client,
    /// Looks after the community; plays the newcomer's part the second time.
    pub neighbor_of_newcomer: Client,
    /// Follows erasures.
    pub privacy_officer: Client,
}

impl Cast {
    fn of(personas: Vec<Client>) -> anyhow::Result<Self> {
        let mut personas: Vec<Option<Client>> = personas.into_iter().map(Some).collect();
        let mut take = |role: &str| -> anyhow::Result<Client> {
            let found = personas.iter_mut().find(|one| one.as_ref().is_some_and(|one| one.persona.role == role));
            found.and_then(Option::take).with_context(|| format!("no persona has the role `{role}`"))
        };
        Ok(Self {
            newcomer: take("newcomer")?,
            mentor: take("mentor")?,
            patient: take("patient")?,
            neighbor_of_newcomer: take("moderator")?,
            privacy_officer: take("privacy officer")?,
        })
    }

    fn all(&self) -> [&Client; 5] {
        [&self.newcomer, &self.mentor, &self.patient, &self.neighbor_of_newcomer, &self.privacy_officer]
    }
}

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> anyhow::Result<Self> {
        // Outside of root's home: Postgres runs as nobody there.
        let path = std::env::temp_dir().join(format!("kindred-demo-check-{}", std::process::id()));
        std::fs::create_dir_all(&path).with_context(|| format!("make folder `{}`", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if std::env::var_os("KINDRED_KEEP").is_none() {
            let _removed = std::fs::remove_dir_all(&self.0);
        }
    }
}
