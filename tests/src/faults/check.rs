//! What must hold, looked at while everybody rests.

mod notices;
mod shown;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use kindred_testkit::Seed;

use super::ledger::{Entry, Ledger};
use super::log::Log;
use super::platform::Platform;
use super::sender::{Answer, Receipt, Sender};
use super::world::{CONTEXTS, World};
use notices::Notices;
use shown::Shown;

/// How many acknowledged commands are sent again at each check.
const AGAIN: usize = 80;
/// How often a command is tried while nothing is struck.
const TRIES: u32 = 6;
/// How long what follows from the log may take to follow.
const SOON: Duration = Duration::from_secs(60);

/// Looks at all of it, each time at what is new.
pub struct Checker {
    sender: Sender,
    logs: Vec<Log>,
    seen: usize,
    notices: Notices,
    shown: Shown,
    seed: Seed,
}

/// What was looked at.
#[derive(Debug, Default)]
pub struct Found {
    commands: usize,
    again: usize,
    commits: usize,
    notices: usize,
    threads: usize,
    inboxes: usize,
    read_models: usize,
}

impl fmt::Display for Found {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { commands, again, commits, notices, threads, inboxes, read_models } = self;
        write!(
            formatter,
            "{commands} commands as they were answered, {again} sent again, {commits} commits without a gap, \
             {notices} notices once each, {threads} threads and {inboxes} inboxes as in the log, \
             {read_models} read models verified"
        )
    }
}

impl Checker {
    /// Takes what the world was made of as given.
    pub async fn new(platform: &Platform, world: Arc<World>) -> anyhow::Result<Self> {
        Ok(Self {
            sender: Sender::new(platform)?,
            logs: CONTEXTS.map(Log::new).into(),
            seen: 0,
            notices: Notices::default(),
            shown: Shown::new(world),
            seed: Seed::new(7),
        })
    }

    /// Looks.
    ///
    /// # Errors
    ///
    /// The first thing that does not hold.
    pub async fn check(&mut self, platform: &Platform, ledger: &Ledger) -> anyhow::Result<Found> {
        self.read_on(platform).await?;
        let entries = ledger.since(self.seen);
        self.seen += entries.len();
        for entry in &entries {
            self.stands(entry)?;
        }
        let again = self.send_again(platform, &entries).await?;
        self.nothing_parked(platform).await?;
        self.follows(platform).await?;
        caught_up(platform).await?;
        let (threads, inboxes) = self.shown.compare(&self.sender, &self.notices).await?;
        let read_models = verify(platform).await?;
        Ok(Found {
            commands: entries.len(),
            again,
            commits: self.logs.iter().map(Log::commits).sum(),
            notices: self.notices.count(),
            threads,
            inboxes,
            read_models,
        })
    }

    async fn read_on(&mut self, platform: &Platform) -> anyhow::Result<()> {
        for log in &mut self.logs {
            for commit in log.read_on(platform).await? {
                self.notices.take(log.context(), &commit)?;
                self.shown.take(log.context(), &commit)?;
            }
        }
        Ok(())
    }

    /// Whether the log says of a command what its caller was told.
    fn stands(&self, entry: &Entry) -> anyhow::Result<()> {
        let (context, category) = entry.action.lands();
        let log = self.logs.iter().find(|log| log.context() == context).context("a log of every context")?;
        let landed = log.of(entry.id).iter().filter(|landed| landed.key.category() == category);
        let versions: Vec<u64> = landed.map(|landed| landed.version).collect();
        let what = || format!("{entry:?} is in the log under versions {versions:?}");
        match &entry.answer {
            Answer::Accepted(Receipt { changed: true, version, .. }) => {
                ensure!(versions.len() == 1, "acknowledged, and not there once: {}", what());
                ensure!(!entry.action.tells_version() || versions[0] == *version, "another version: {}", what());
            }
            Answer::Accepted(_) => ensure!(versions.is_empty(), "said to change nothing, and did: {}", what()),
            Answer::Refused(_) if !entry.doubted => ensure!(versions.is_empty(), "refused, and there: {}", what()),
            Answer::Refused(_) | Answer::Doubt(_) => ensure!(versions.len() <= 1, "there twice: {}", what()),
        }
        Ok(())
    }

    /// Sends some acknowledged commands again, and all that are in doubt.
    async fn send_again(&mut self, platform: &Platform, entries: &[Arc<Entry>]) -> anyhow::Result<usize> {
        let changed = |entry: &&Arc<Entry>| matches!(&entry.answer, Answer::Accepted(receipt) if receipt.changed);
        let mut accepted: Vec<&Arc<Entry>> = entries.iter().filter(changed).collect();
        while accepted.len() > AGAIN {
            let place = self.seed.below(accepted.len() as u64) as usize;
            accepted.swap_remove(place);
        }
        for entry in &accepted {
            self.replays(entry).await?;
        }
        let doubtful: Vec<&Arc<Entry>> =
            entries.iter().filter(|entry| matches!(entry.answer, Answer::Doubt(_))).collect();
        let mut settled = Vec::new();
        for entry in &doubtful {
            let answer = self.surely(entry).await?;
            // From here on it is sure: refused means that it never came to be.
            settled.push(Entry { answer, doubted: false, ..Entry::clone(entry) });
        }
        // A command that was there twice would be found here.
        self.read_on(platform).await?;
        for entry in accepted.iter().map(|entry| &***entry).chain(&settled) {
            self.stands(entry)?;
        }
        Ok(accepted.len() + doubtful.len())
    }

    /// The first receipt comes again.
    async fn replays(&self, entry: &Entry) -> anyhow::Result<()> {
        let Answer::Accepted(first) = &entry.answer else { bail!("only what was accepted is replayed") };
        let answer = self.surely(entry).await?;
        let Answer::Accepted(second) = answer else { bail!("{entry:?} was sent again and answered {answer:?}") };
        let same = Receipt { replayed: true, ..first.clone() };
        ensure!(second == same, "{entry:?} was sent again and answered {second:?}");
        Ok(())
    }

    /// Sends a command while nothing is struck: it cannot stay in doubt.
    async fn surely(&self, entry: &Entry) -> anyhow::Result<Answer> {
        let mut doubts = Vec::new();
        for _ in 0..TRIES {
            match self.sender.send(&entry.person, entry.way, entry.id, &entry.action).await? {
                Answer::Doubt(why) => doubts.push(why),
                sure => return Ok(sure),
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        bail!("{entry:?} stays in doubt though nothing is struck: {}", doubts.join(" / "))
    }

    async fn nothing_parked(&self, platform: &Platform) -> anyhow::Result<()> {
        let parked = platform.operate(&["--output", "json", "parked", "list"]).await?;
        let parked: serde_json::Value = serde_json::from_str(&parked).context("read what is parked")?;
        ensure!(parked.as_array().is_some_and(Vec::is_empty), "something is parked: {parked}");
        Ok(())
    }

    /// Waits until everybody was told what concerns them.
    async fn follows(&mut self, platform: &Platform) -> anyhow::Result<()> {
        let deadline = std::time::Instant::now() + SOON;
        while let Some(missing) = self.notices.missing() {
            ensure!(std::time::Instant::now() < deadline, "nobody was told within {} s: {missing}", SOON.as_secs());
            tokio::time::sleep(Duration::from_millis(200)).await;
            self.read_on(platform).await?;
        }
        self.notices.none_too_many()
    }
}

/// Waits until every live read model has reached the end of its log.
async fn caught_up(platform: &Platform) -> anyhow::Result<()> {
    let deadline = std::time::Instant::now() + SOON;
    loop {
        let listed = platform.operate(&["--output", "json", "projection", "list"]).await?;
        let listed: serde_json::Value = serde_json::from_str(&listed).context("read the list of projections")?;
        let live = listed.as_array().into_iter().flatten().filter(|one| one["state"] == "live");
        let behind: Vec<String> =
            live.filter(|one| one["behind_events"] != 0).map(|one| one["projection"].to_string()).collect();
        if behind.is_empty() {
            return Ok(());
        }
        ensure!(std::time::Instant::now() < deadline, "{behind:?} did not catch up within {} s", SOON.as_secs());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Builds every read model anew beside the live one and compares; how many.
async fn verify(platform: &Platform) -> anyhow::Result<usize> {
    let runs = CONTEXTS.map(|context| async move {
        let output = platform.operate(&["--output", "json", "projection", "verify", context]).await?;
        anyhow::Ok(output.lines().filter(|line| line.contains("\"phase\":\"done\"")).count())
    });
    let verified: usize = futures::future::try_join_all(runs).await?.into_iter().sum();
    ensure!(verified >= 8, "only {verified} read models were verified");
    Ok(verified)
}
