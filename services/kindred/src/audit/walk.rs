//! One walk over a stream, comparing heads on the way; memory holds what is still waited
//! for and one batch.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use kindred_eventsourcing::{EventStore, LogReader as _, RecordedCommit, Redactions, StoreError, Timestamp};
use kindred_ids::Partition;
use kindred_projections::PartitionHead;

use super::lines::Place;
use super::{Finding, text};

/// Commits read at once.
const BATCH: usize = 1_000;
/// How long a stream that says it goes on may be silent.
const PATIENCE: Duration = Duration::from_secs(5);

/// A head that was signed.
#[derive(Debug, Clone, Copy)]
struct Claim {
    sequence: u64,
    running: [u8; 16],
    at: Timestamp,
}

/// A partition: what the stream gives so far, and which heads it must still come to.
struct Course {
    head: PartitionHead,
    claims: VecDeque<Claim>,
}

/// See the module.
pub(super) struct Walk {
    courses: BTreeMap<Partition, Course>,
    /// What was lawfully removed counts at its place, as it did when the heads were signed.
    removed: Redactions,
    held: usize,
    findings: Vec<Finding>,
}

impl Walk {
    /// Compares heads, which come in the order of partitions and sequences.
    pub(super) fn new(heads: impl IntoIterator<Item = (Place, Timestamp)>) -> Self {
        let start = |partition| Course { head: PartitionHead::start(partition), claims: VecDeque::new() };
        let mut courses: BTreeMap<_, _> = Partition::all().map(|partition| (partition, start(partition))).collect();
        for ((partition, sequence, running), at) in heads {
            let course = Partition::new(partition).and_then(|partition| courses.get_mut(&partition));
            course.into_iter().for_each(|course| course.claims.push_back(Claim { sequence, running, at }));
        }
        Self { courses, removed: Redactions::default(), held: 0, findings: Vec::new() }
    }

    /// Reads a stream from its start to its end, or until nothing is waited for.
    pub(super) async fn read(&mut self, store: &impl EventStore) -> Result<(), StoreError> {
        let head = store.head().await?;
        self.removed = Redactions::of_stream(store).await?;
        let (mut reader, mut position) = (store.reader(0, None).await?, 0);
        while position < head && self.waits() {
            let batch = match reader.next(BATCH, PATIENCE).await {
                Err(StoreError::Unreadable { sequence, source }) => {
                    let what = format!("the message is no commit: {source}");
                    self.findings.push(Finding { partition: None, sequence: Some(sequence), what });
                    return Ok(());
                }
                batch => batch?,
            };
            // Nothing comes where the last messages were taken out.
            if batch.position == position {
                break;
            }
            position = batch.position;
            batch.commits.iter().for_each(|commit| self.take(commit));
        }
        self.end(head);
        Ok(())
    }

    /// How many heads hold.
    pub(super) const fn held(&self) -> usize {
        self.held
    }

    /// What does not, the first of each partition: all later ones rest on it.
    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    fn waits(&self) -> bool {
        self.courses.values().any(|course| !course.claims.is_empty())
    }

    fn take(&mut self, commit: &RecordedCommit) {
        let partition = commit.key.partition();
        self.hold(partition, commit.sequence - 1);
        if let Some(course) = self.courses.get_mut(&partition) {
            course.head = course.head.through(commit.sequence - 1, &self.removed).after(commit);
        }
        self.hold(partition, commit.sequence);
    }

    /// Compares a partition's heads up to and with `sequence`.
    fn hold(&mut self, partition: Partition, sequence: u64) {
        let Some(course) = self.courses.get_mut(&partition) else { return };
        while let Some(claim) = course.claims.front().copied().filter(|claim| claim.sequence <= sequence) {
            course.head = course.head.through(claim.sequence, &self.removed);
            let what = if course.head.sequence != claim.sequence {
                gone()
            } else if claim.running != course.head.running.0 {
                "the running hash is another one: a commit up to there was changed or taken out".to_owned()
            } else {
                course.claims.pop_front();
                self.held += 1;
                continue;
            };
            course.claims.clear();
            self.findings.push(finding(partition, claim, &what));
        }
    }

    fn end(&mut self, head: u64) {
        for (partition, course) in &mut self.courses {
            if let Some(claim) = course.claims.pop_front() {
                let cut = || format!("the tail was cut: the stream ends at {head}");
                let what = if claim.sequence > head { cut() } else { gone() };
                self.findings.push(finding(*partition, claim, &what));
                course.claims.clear();
            }
        }
    }
}

fn gone() -> String {
    "the stream holds no commit of the partition there".to_owned()
}

fn finding(partition: Partition, claim: Claim, what: &str) -> Finding {
    let what = format!("{what} (signed {})", text(claim.at));
    Finding { partition: Some(partition.number()), sequence: Some(claim.sequence), what }
}

#[cfg(test)]
mod tests;
