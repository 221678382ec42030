//! What the vault promises, tried from outside; the database tests on a real Postgres.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod cache;
mod format;
mod keeper;
mod postgres;
mod root_key;
mod seal;
mod support;
