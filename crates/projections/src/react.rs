//! One reaction: events in, commands out, at least once.
//!
//! Partitions react side by side, commits of one in order. One whose commit does not get
//! through falls behind and is tried again by itself; the others go on.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{self, StreamExt};
use kindred_eventsourcing::RecordedCommit;
use kindred_ids::Partition;
use tokio_util::sync::CancellationToken;

use crate::apply::{ParkRow, Records, park};
use crate::checkpoint::{self, ConsumerId, Mark, Owned};
use crate::consumer::{Consumer, ProcessError, Processed, Work};
use crate::pause::Pause;
use crate::reaction::Erased;
use crate::runner::chain;
use crate::transaction;
use crate::{Database, ReactError};

/// Partitions that react at the same time.
const TOGETHER: usize = 16;
/// Attempts before a partition falls behind.
const ATTEMPTS: u32 = 5;

/// See the module.
pub(crate) struct Reacting {
    pub id: ConsumerId,
    pub reaction: Arc<dyn Erased>,
    pub database: Database,
    pub stop: CancellationToken,
    /// How long one reaction may take.
    pub longest: Duration,
}

/// How far a partition came.
struct Came {
    owned: Owned,
    to: Mark,
    whole: bool,
    parked: Vec<ParkRow>,
}

impl Consumer for Reacting {
    fn id(&self) -> &ConsumerId {
        &self.id
    }

    fn host(&self) -> &str {
        &self.id.name
    }

    fn process<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<Processed, ProcessError>> {
        Box::pin(async move {
            let parked = self.parked().await?;
            let mut commits: BTreeMap<Partition, Vec<&RecordedCommit>> = BTreeMap::new();
            for commit in &work.commits {
                commits.entry(commit.key.partition()).or_default().push(commit);
            }
            let mut partitions: Vec<BoxFuture<'_, Came>> = Vec::with_capacity(work.moves.len());
            for (owned, mark) in &work.moves {
                let commits = commits.remove(&owned.partition).unwrap_or_default();
                partitions.push(Box::pin(self.partition(*owned, *mark, commits, &parked)));
            }
            let came: Vec<Came> = stream::iter(partitions).buffer_unordered(TOGETHER).collect().await;
            self.finish(came).await
        })
    }
}

impl Reacting {
    async fn parked(&self) -> Result<HashSet<String>, sqlx::Error> {
        let mut connection = self.database.projector().acquire().await?;
        Ok(Records::of_parked_only().read(&mut connection, &self.id).await?.parked)
    }

    async fn partition(
        &self,
        owned: Owned,
        mark: Mark,
        commits: Vec<&RecordedCommit>,
        parked: &HashSet<String>,
    ) -> Came {
        let mut came = Came { owned, to: owned.mark(), whole: false, parked: Vec::new() };
        let mut stuck = HashSet::new();
        for commit in commits {
            if self.reaction.wants(commit) {
                let subject = commit.key.subject(&self.id.context);
                if parked.contains(&subject) || stuck.contains(&subject) {
                    came.parked.push(ParkRow::behind(commit));
                } else {
                    match self.react(commit).await {
                        Ok(None) => {}
                        Ok(Some((event, reason))) => {
                            let consumer = &self.id.name;
                            tracing::error!(
                                "`{consumer}` parks `{subject}` from sequence {} on: {reason}",
                                commit.sequence
                            );
                            came.parked.push(ParkRow::fault(commit, event, reason));
                            stuck.insert(subject);
                        }
                        Err(Behind) => return came,
                    }
                }
            }
            came.to = Mark { sequence: commit.sequence, hash: commit.hash };
        }
        came.to = mark;
        came.whole = true;
        came
    }

    /// Reacts, a few times if need be; the event and reason if it never will.
    async fn react(&self, commit: &RecordedCommit) -> Result<Option<(usize, String)>, Behind> {
        let mut pause = Pause::default();
        for attempt in 1..=ATTEMPTS {
            // Cut short by a stop, it is done again elsewhere: its commands have the same ids.
            let reacted = tokio::select! {
                () = self.stop.cancelled() => return Err(Behind),
                reacted = tokio::time::timeout(self.longest, self.reaction.react(commit)) => reacted,
            };
            let error = match reacted {
                Ok(Ok(())) => return Ok(None),
                Ok(Err(ReactError::Poison { event, reason })) => return Ok(Some((event, reason))),
                Ok(Err(error @ ReactError::Transient(_))) => chain(&error),
                Err(_elapsed) => "it took too long".to_owned(),
            };
            let (consumer, sequence) = (&self.id.name, commit.sequence);
            tracing::warn!(attempt, error, "`{consumer}` could not react to sequence {sequence}");
            pause.rest(&self.stop).await;
        }
        Err(Behind)
    }

    /// Keeps how far each partition came.
    async fn finish(&self, came: Vec<Came>) -> Result<Processed, ProcessError> {
        let moves: Vec<(Owned, Mark)> = came
            .iter()
            .filter(|came| came.to.sequence > came.owned.sequence)
            .map(|came| (came.owned, came.to))
            .collect();
        let mut processed = Processed::default();
        for came in &came {
            let owned = Owned { sequence: came.to.sequence, hash: came.to.hash, ..came.owned };
            if came.whole { processed.moved.push(owned) } else { processed.behind.push(owned) }
        }
        let mut transaction = transaction::applying(self.database.projector(), "kindred").await?;
        let still = Records::of_parked_only().read(&mut transaction, &self.id).await?.parked;
        let freed = |row: &&ParkRow| row.waits() && !still.contains(&row.subject(&self.id));
        let faults: HashSet<String> = came
            .iter()
            .flat_map(|came| &came.parked)
            .filter(|row| !row.waits())
            .map(|row| row.subject(&self.id))
            .collect();
        if came.iter().flat_map(|came| &came.parked).any(|row| freed(&row) && !faults.contains(&row.subject(&self.id)))
        {
            return Err(ProcessError::Passing("parked events were replayed meanwhile".into()));
        }
        park(&mut transaction, &self.id, came.into_iter().flat_map(|came| came.parked).collect()).await?;
        let reached = checkpoint::compare_and_set(&mut transaction, &self.id, &moves).await?;
        let lost: Vec<Partition> =
            moves.iter().map(|(owned, _)| owned.partition).filter(|partition| !reached.contains(partition)).collect();
        if !lost.is_empty() {
            transaction.rollback().await?;
            return Err(ProcessError::Fenced(lost));
        }
        transaction.commit().await?;
        Ok(processed)
    }
}

/// The commit has to be waited for.
struct Behind;
