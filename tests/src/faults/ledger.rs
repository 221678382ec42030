//! What callers know: every command they gave, and how it ended as far as they were told.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anyhow::Context as _;
use kindred_ids::CommandId;

use super::action::Action;
use super::report::Counts;
use super::sender::{Answer, Way};
use super::world::Person;

/// A command and its end.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its id.
    pub id: CommandId,
    /// Who gave it.
    pub person: Arc<Person>,
    /// Over what.
    pub way: Way,
    /// What was asked for.
    pub action: Action,
    /// The last answer.
    pub answer: Answer,
    /// Whether any try ended in doubt.
    pub doubted: bool,
}

/// All commands, in the order of their ends; also in a file, for whoever looks into it.
pub struct Ledger {
    inner: Mutex<Inner>,
}

struct Inner {
    entries: Vec<Arc<Entry>>,
    counts: Counts,
    answered: Vec<(&'static str, Instant)>,
    file: File,
}

impl Ledger {
    /// An empty one.
    pub fn new(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("acknowledged.log");
        let file = File::create(&path).with_context(|| format!("create `{}`", path.display()))?;
        let answered = ["membership", "posting", "matching", "notification"].map(|context| (context, Instant::now()));
        let inner = Inner { entries: Vec::new(), counts: Counts::default(), answered: answered.to_vec(), file };
        Ok(Self { inner: Mutex::new(inner) })
    }

    /// Takes the end of a command that was first sent at `begun`.
    pub fn add(&self, entry: Entry, begun: Instant) -> anyhow::Result<()> {
        let (context, category) = entry.action.lands();
        let mut inner = self.lock();
        let counts = &mut inner.counts;
        match &entry.answer {
            Answer::Accepted(receipt) => {
                counts.accepted += 1;
                let line = format!("{} {context} {category} {} {}", entry.id, receipt.version, receipt.changed);
                writeln!(inner.file, "{line}").context("write the ledger")?;
            }
            Answer::Refused(_) => counts.refused += 1,
            Answer::Doubt(_) => counts.unknown += 1,
        }
        let sure = !matches!(entry.answer, Answer::Doubt(_));
        if sure {
            inner.counts.settled += u64::from(entry.doubted);
            let answered = inner.answered.iter_mut().filter(|(name, _)| *name == context);
            answered.for_each(|(_, last)| *last = begun.max(*last));
        }
        inner.entries.push(Arc::new(entry));
        Ok(())
    }

    /// Entries from a place on.
    pub fn since(&self, place: usize) -> Vec<Arc<Entry>> {
        self.lock().entries[place..].to_vec()
    }

    /// How commands ended so far.
    pub fn counts(&self) -> Counts {
        self.lock().counts
    }

    /// Contexts that have answered no command sent after `moment`.
    pub fn silent_since(&self, moment: Instant) -> Vec<&'static str> {
        let inner = self.lock();
        inner.answered.iter().filter(|(_, last)| *last < moment).map(|(context, _)| *context).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
