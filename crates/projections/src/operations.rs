//! What an operator can ask of the projector and do to it.

use std::time::Duration;

use crate::Error;

/// See the module.
#[derive(Clone)]
pub struct Operations {
    pub(crate) inner: std::sync::Arc<()>,
}

/// Where one generation of a projection stands.
#[derive(Debug, Clone, PartialEq)]
pub struct GenerationStatus {
    /// The projection.
    pub projection: String,
    /// Version of its shape.
    pub version: u32,
    /// Number of the generation.
    pub generation: i64,
    /// The context whose stream it reads.
    pub context: String,
    /// `building`, `live`, `kept`, `dropping` or `gone`.
    pub state: String,
    /// What a building one is doing: `load`, `catch_up`, `compare`, `flip`.
    pub phase: String,
    /// What it is or was built for: `first`, `rebuild` or `verify`.
    pub purpose: String,
    /// The least sequence that all partitions have.
    pub position: u64,
    /// The last sequence of the stream; 0 if its log is not read by this process.
    pub head: u64,
    /// Events loaded so far.
    pub events: u64,
    /// Events a second while loading.
    pub rate: f64,
    /// Time left until loaded.
    pub left: Option<Duration>,
    /// Parked events.
    pub parked: u64,
    /// How a build ended.
    pub outcome: String,
    /// Why it does not get on.
    pub error: String,
}

/// One parked event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedEvent {
    /// Projection or reaction.
    pub consumer: String,
    /// Its generation; 0 for a reaction.
    pub generation: i64,
    /// Subject of the entity.
    pub subject: String,
    /// Sequence of the commit.
    pub sequence: u64,
    /// Index of the event in the commit.
    pub event_index: u32,
    /// Why; empty for one that waits behind another of its entity.
    pub error: String,
    /// Milliseconds since the epoch when it was parked.
    pub parked_at: i64,
}

impl Operations {
    /// Every generation of every projection in this database.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if Postgres does not answer.
    pub async fn list(&self) -> Result<Vec<GenerationStatus>, Error> {
        todo!()
    }

    /// Builds a projection anew and flips its views; returns the new generation's number.
    /// The work goes on in the background: see [`Self::finished`].
    ///
    /// # Errors
    ///
    /// [`Error::UnknownProjection`], [`Error::Refused`] if one is being built already.
    pub async fn rebuild(&self, projection: &str) -> Result<i64, Error> {
        let _ = projection;
        todo!()
    }

    /// Builds a projection anew, compares it with the live one, and drops it: proof that
    /// the read model is what the log says.
    ///
    /// # Errors
    ///
    /// As [`Self::rebuild`].
    pub async fn verify(&self, projection: &str) -> Result<i64, Error> {
        let _ = projection;
        todo!()
    }

    /// Waits until a rebuild or a verification has ended; how it ended.
    ///
    /// # Errors
    ///
    /// [`Error::TooLong`] after `longest`.
    pub async fn finished(
        &self,
        projection: &str,
        generation: i64,
        longest: Duration,
    ) -> Result<GenerationStatus, Error> {
        let _ = (projection, generation, longest);
        todo!()
    }

    /// Turns the views back to the generation kept since the last flip; its number.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] if none is kept.
    pub async fn rollback(&self, projection: &str) -> Result<i64, Error> {
        let _ = projection;
        todo!()
    }

    /// Drops a kept generation, or gives up one that is being built.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] if it is the live one.
    pub async fn discard(&self, projection: &str, generation: i64) -> Result<(), Error> {
        let _ = (projection, generation);
        todo!()
    }

    /// Parked events of one consumer, or of all.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if Postgres does not answer.
    pub async fn parked(&self, consumer: Option<&str>) -> Result<Vec<ParkedEvent>, Error> {
        let _ = consumer;
        todo!()
    }

    /// Applies the parked events of an entity again, in order; how many got through. The
    /// first that fails again stays parked, with all behind it.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] if nothing of the entity is parked.
    pub async fn replay(&self, consumer: &str, subject: &str, actor: &str, reason: &str) -> Result<u64, Error> {
        let _ = (consumer, subject, actor, reason);
        todo!()
    }

    /// Gives a parked event up; later ones of its entity stay until replayed.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] if it is not parked.
    pub async fn discard_parked(
        &self,
        consumer: &str,
        subject: &str,
        sequence: u64,
        actor: &str,
        reason: &str,
    ) -> Result<(), Error> {
        let _ = (consumer, subject, sequence, actor, reason);
        todo!()
    }
}
