//! The log as it stands, read from outside: who did what to which entity, in order.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use kindred_eventsourcing::{ChainHash, EventStore as _, LogReader as _, RecordedCommit};
use kindred_ids::{CommandId, EntityKey};
use kindred_jetstream::{ConnectSettings, Credentials, JetStreamStore, StoreOptions};

use super::platform::Platform;

/// A commit, as far as the checks need it.
#[derive(Debug, Clone)]
pub struct Landed {
    /// On what.
    pub key: EntityKey,
    /// Its version after it.
    pub version: u64,
}

/// One context's log, read up to a place.
pub struct Log {
    context: &'static str,
    position: u64,
    tails: HashMap<EntityKey, (u64, ChainHash)>,
    by_command: HashMap<CommandId, Vec<Landed>>,
}

impl Log {
    /// Of a context, nothing read yet.
    pub fn new(context: &'static str) -> Self {
        Self { context, position: 0, tails: HashMap::new(), by_command: HashMap::new() }
    }

    /// Whose it is.
    pub const fn context(&self) -> &'static str {
        self.context
    }

    /// How many commits were read.
    pub fn commits(&self) -> usize {
        self.by_command.values().map(Vec::len).sum()
    }

    /// What a command did.
    pub fn of(&self, command: CommandId) -> &[Landed] {
        self.by_command.get(&command).map_or(&[], Vec::as_slice)
    }

    /// Reads on to the end; each commit must follow its entity's last one. Gives the new ones.
    pub async fn read_on(&mut self, platform: &Platform) -> anyhow::Result<Vec<RecordedCommit>> {
        let mut settings = ConnectSettings::new([platform.bus()], "admin");
        settings.credentials =
            Credentials::Password { user: "admin".to_owned(), password: platform.password().to_owned() };
        let client = kindred_jetstream::connect(&settings).await?;
        let store = JetStreamStore::follow(&client, self.context, None, StoreOptions::default()).await?;
        let (head, mut reader) = (store.head().await?, store.reader(self.position, None).await?);
        let mut new = Vec::new();
        while self.position < head {
            let batch = reader.next(5_000, Duration::from_secs(5)).await?;
            ensure!(
                batch.position > self.position,
                "the log of {} ends at {}, not at {head}",
                self.context,
                self.position
            );
            self.position = batch.position;
            for commit in batch.commits {
                self.take(&commit).with_context(|| format!("log of {} at {}", self.context, commit.sequence))?;
                new.push(commit);
            }
        }
        client.close().await;
        Ok(new)
    }

    fn take(&mut self, commit: &RecordedCommit) -> anyhow::Result<()> {
        let (version, hash) = self.tails.get(&commit.key).copied().unwrap_or((0, ChainHash::START));
        let key = &commit.key;
        ensure!(commit.meta.version == version + 1, "{key} goes from version {version} to {}", commit.meta.version);
        ensure!(
            commit.meta.previous == hash,
            "{key} does not follow its last commit at version {}",
            commit.meta.version
        );
        self.tails.insert(key.clone(), (commit.meta.version, commit.hash));
        let landed = self.by_command.entry(commit.meta.command_id).or_default();
        let twice = landed.iter().any(|one| one.key == *key);
        ensure!(!twice, "command {} is twice on {key}", commit.meta.command_id);
        landed.push(Landed { key: key.clone(), version: commit.meta.version });
        Ok(())
    }
}
