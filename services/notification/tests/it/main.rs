//! Notification with its database, its mail server and, in `service`, all that it stands on.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod batches;
mod delivery;
mod erasure;
mod inbox;
mod mails;
mod service;
mod support;
mod watch;
