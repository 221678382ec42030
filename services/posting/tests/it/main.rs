//! Posting as its callers and its databases see it: the rules over a log and a vault in
//! memory, the whole service over a real bus; membership answers as each test needs.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

mod batches;
mod commands;
mod comparing;
mod conversations;
mod erasure;
mod limits;
mod reading;
mod round_trips;
mod service;
mod similar;
mod standing;
