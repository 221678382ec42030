//! Posting as its callers and its databases see it, over a log in memory, a vault in
//! memory and a membership that answers as each test needs.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

mod batches;
mod commands;
mod erasure;
mod limits;
mod reading;
mod standing;
