//! Taking a commit out: named first, then removed; given again, it goes on where it stopped.

use std::time::Duration;

use kindred_ids::{CommandId, EntityKey};

use super::{OrderReference, Redaction, Redactions};
use crate::{
    Actor, AppendError, ChainHash, CommitMeta, EventStore, LogDamaged, NewCommit, RecordedCommit, RequestHash,
    StoreError, Timestamp, Write, canonical,
};

/// How often the naming is tried again while its entity keeps changing.
const ATTEMPTS: u32 = 8;

/// A log from which an identity with the right to can take a message.
pub trait Removable: EventStore {
    /// Whether anything stands at a sequence, what readers skip among it.
    fn occupied(&self, sequence: u64) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Takes the message at a sequence out and overwrites its bytes; nothing there is fine.
    fn remove(&self, sequence: u64) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Asks to take one commit out of the log.
#[derive(Debug, Clone)]
pub struct Redact {
    /// Where it stands.
    pub sequence: u64,
    /// On which order.
    pub order: OrderReference,
    /// Who acts.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
}
canonical!(Redact { sequence, order } without { actor, at });

/// Why a commit was not taken out.
#[derive(Debug, thiserror::Error)]
pub enum RedactError {
    /// The log does not reach there.
    #[error("sequence {sequence} is not in the log of `{context}`, which ends at {head}")]
    NoSuch {
        /// Whose log.
        context: String,
        /// What was asked for.
        sequence: u64,
        /// Where the log ends.
        head: u64,
    },
    /// It is gone already, and lawfully.
    #[error("sequence {sequence} was removed already, on order `{order}`")]
    AlreadyRemoved {
        /// What was asked for.
        sequence: u64,
        /// On which order it went.
        order: String,
    },
    /// Its kind is never removed.
    #[error("sequence {sequence} is {what}, which is never removed")]
    Kept {
        /// What was asked for.
        sequence: u64,
        /// What it is.
        what: &'static str,
    },
    /// Others kept writing to its entity.
    #[error("the entity kept changing while its commit was named")]
    Conflict,
    /// It was not named; nothing was removed.
    #[error("name the commit that is to be removed")]
    Append(#[source] AppendError),
    /// The log does not answer or is damaged; nothing was removed.
    #[error(transparent)]
    Log(#[from] StoreError),
    /// It is named and may still stand.
    #[error("remove sequence {sequence}, which is named by now: the same command again goes on from here")]
    Remove {
        /// What was asked for.
        sequence: u64,
        /// What the log said.
        #[source]
        source: StoreError,
    },
}

impl Redact {
    /// Names the commit on its entity, and takes it out once that is acknowledged.
    ///
    /// # Errors
    ///
    /// [`RedactError`]; after [`RedactError::Remove`] the same again completes it.
    pub async fn run<S: Removable>(&self, store: &S) -> Result<Redaction, RedactError> {
        let redaction = self.name(store).await?;
        let sequence = self.sequence;
        store.remove(sequence).await.map_err(|source| RedactError::Remove { sequence, source })?;
        Ok(redaction)
    }

    /// The first half: from here on the commit counts no longer, and may be gone.
    ///
    /// # Errors
    ///
    /// As [`Self::run`].
    pub async fn name<S: Removable>(&self, store: &S) -> Result<Redaction, RedactError> {
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(Duration::from_millis(2 << attempt)).await;
            }
            let commit = self.commit(store).await?;
            let redaction = Redaction::of(&commit, &self.order);
            if let Some(named) = named(store, &redaction, &commit).await? {
                return Ok(named);
            }
            match self.append(store, &redaction).await {
                Ok(()) => return Ok(redaction),
                Err(AppendError::Conflict) => {}
                Err(error) => return Err(RedactError::Append(error)),
            }
        }
        Err(RedactError::Conflict)
    }

    /// What stands there, if it may go.
    async fn commit<S: Removable>(&self, store: &S) -> Result<RecordedCommit, RedactError> {
        let kept = |what| Err(RedactError::Kept { sequence: self.sequence, what });
        match store.at(self.sequence).await? {
            Some(commit) if commit.is_redaction() => kept("itself a redaction"),
            Some(commit) if commit.is_reservation() => kept("a reservation's commit"),
            Some(commit) => Ok(commit),
            None if store.occupied(self.sequence).await? => kept("a probe"),
            None => Err(self.absence(store).await?),
        }
    }

    async fn absence<S: Removable>(&self, store: &S) -> Result<RedactError, StoreError> {
        let (sequence, context) = (self.sequence, store.context().to_owned());
        if let Some(redaction) = Redactions::of_stream(store).await?.at(sequence) {
            return Ok(RedactError::AlreadyRemoved { sequence, order: redaction.order.clone() });
        }
        let head = store.head().await?;
        if sequence == 0 || sequence > head {
            return Ok(RedactError::NoSuch { context, sequence, head });
        }
        let what = "nothing stands there, and no redaction names it".to_owned();
        Err(LogDamaged { context, sequence, what }.into())
    }

    /// On the entity and on the marker, both or neither.
    async fn append<S: Removable>(&self, store: &S, redaction: &Redaction) -> Result<(), AppendError> {
        let (key, marker) = (redaction.key.clone(), redaction.marker());
        let tail = store.tail(&key).await?;
        let writes = vec![self.write(store, redaction, key, tail), self.write(store, redaction, marker, None)];
        store.append(writes).await.map(drop)
    }

    fn write<S: Removable>(
        &self,
        store: &S,
        redaction: &Redaction,
        key: EntityKey,
        tail: Option<RecordedCommit>,
    ) -> Write {
        let subject = redaction.key.subject(store.context());
        let command_id = CommandId::derived(&[b"redact", subject.as_bytes(), &redaction.version.to_be_bytes()]);
        let (expected, version, previous) =
            tail.map_or((0, 0, ChainHash::START), |tail| (tail.sequence, tail.meta.version, tail.hash));
        let meta = CommitMeta {
            command_id,
            version: version + 1,
            previous,
            actor: self.actor.clone(),
            causation: None,
            correlation: command_id.as_uuid(),
            request_hash: RequestHash::of(self),
            at: self.at,
            trace: None,
        };
        Write { key, expected, commit: NewCommit { meta, records: vec![redaction.record(store.context())] } }
    }
}

/// What was named of the commit before, by this command cut off or by another.
async fn named<S: EventStore>(
    store: &S,
    redaction: &Redaction,
    commit: &RecordedCommit,
) -> Result<Option<Redaction>, StoreError> {
    let Some(marker) = store.tail(&redaction.marker()).await? else { return Ok(None) };
    let mut known = Redactions::default();
    known.take(std::slice::from_ref(&marker))?;
    if let Some(known) = known.of_version(&commit.key, commit.meta.version).filter(|known| known.names(commit)) {
        return Ok(Some(known.clone()));
    }
    let what = "a redaction names another commit than stands there".to_owned();
    Err(LogDamaged { context: store.context().to_owned(), sequence: commit.sequence, what }.into())
}
