//! The right to send: one row, held by one process at a time.
//!
//! It stands among the projector's own leases: the mail sender is one more worker of this
//! database, played by whichever process holds its row. Holder and end are in one row, so
//! that of two who take it at once one loses.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use kindred_projections::Database;
use sqlx::{query_file, query_file_scalar};
use uuid::Uuid;

use crate::application::{LedgerError, SendingLease};

/// The worker that sends mails, whoever plays it: the UUID of eight bytes `mail-out`.
const SENDER: Uuid = Uuid::from_u128(0x6d61_696c_2d6f_7574_0000_0000_0000_0000);

/// A lease in the service's own database. Its end is reckoned from before the question was
/// asked, so this process never believes in it longer than the database does.
#[derive(Debug)]
pub struct DatabaseLease {
    database: Database,
    holder: String,
    length: Duration,
    held_until: Mutex<Option<Instant>>,
}

impl DatabaseLease {
    /// A lease of `length`, for the process that calls itself `holder`.
    #[must_use]
    pub fn new(database: Database, holder: Uuid, length: Duration) -> Self {
        Self { database, holder: format!("mail:{}", holder.simple()), length, held_until: Mutex::new(None) }
    }

    fn known(&self) -> Option<Instant> {
        *self.held_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn know(&self, until: Option<Instant>) -> Option<Instant> {
        *self.held_until.lock().unwrap_or_else(PoisonError::into_inner) = until;
        until
    }

    async fn ask(&self) -> Result<Option<Instant>, sqlx::Error> {
        let before = Instant::now();
        let held = query_file_scalar!("src/read_model/lease_hold.sql", SENDER, self.holder, self.length.as_secs_f64())
            .fetch_optional(self.database.projector())
            .await?;
        Ok(self.know(held.map(|_held| before + self.length)))
    }
}

impl SendingLease for DatabaseLease {
    fn hold(&self) -> BoxFuture<'_, Result<Option<Instant>, LedgerError>> {
        Box::pin(async move {
            // Two thirds of it left is enough: no question for every mail.
            let fresh = Instant::now() + self.length * 2 / 3;
            if let Some(until) = self.known().filter(|until| *until > fresh) {
                return Ok(Some(until));
            }
            self.ask().await.map_err(|source| LedgerError { attempt: "hold the sending lease", source })
        })
    }

    fn release(&self) -> BoxFuture<'_, Result<(), LedgerError>> {
        Box::pin(async move {
            self.know(None);
            let released = query_file!("src/read_model/lease_release.sql", SENDER, self.holder)
                .execute(self.database.projector())
                .await;
            released.map(drop).map_err(|source| LedgerError { attempt: "give the sending lease back", source })
        })
    }
}
