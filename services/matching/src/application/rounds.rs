//! Rounds: those who wait are brought together with mentors who have a place.
//!
//! # Promises
//!
//! * A round that was started finishes once, whatever is killed meanwhile, and takes effect
//!   only once it has.
//! * Whoever a round asks a mentor for waits no longer, and waits again, since they first
//!   asked, if nothing comes of it; they are told of neither.

mod assign;
mod basis;
mod due;
mod follow;
mod hold;
mod put;

use kindred_eventsourcing::EventStore;
use kindred_projections::{Database, Waiter};

use super::{Application, Restraint};
use crate::domain::round::Mode;

/// When rounds run by themselves, and how long a mentor has to answer one.
#[derive(Debug, Clone, Copy)]
pub struct Rhythm {
    /// So many who wait are enough; 0 if rounds are for staff alone.
    pub from: usize,
    /// So long a wait is enough, however few wait.
    pub after_seconds: i64,
    /// How long what a round asked is open.
    pub answer_seconds: i64,
    /// How a round that runs by itself chooses.
    pub mode: Mode,
}

/// Holds rounds, and sees to what becomes of them.
#[derive(Clone)]
pub struct Rounds<S> {
    application: Application<S>,
    database: Database,
    waiter: Waiter,
    restraint: Restraint,
    rhythm: Rhythm,
}

impl<S: EventStore> Rounds<S> {
    /// Acts through `application` on what `database` holds.
    pub const fn new(
        application: Application<S>,
        database: Database,
        waiter: Waiter,
        restraint: Restraint,
        rhythm: Rhythm,
    ) -> Self {
        Self { application, database, waiter, restraint, rhythm }
    }
}
