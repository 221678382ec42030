//! Matching as its callers and its database see it, over logs and a vault in memory, and
//! its index over a real stream.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

mod asking;
mod evaluating;
mod finding;
mod listing;
mod mentoring;
mod mentors;
mod pairings;
mod places;
mod releasing;
mod replicas;
mod rounds;
mod rounds_once;
mod snapshots;
mod speaking;
mod split;
mod stream;
mod weighing;
mod writing;
