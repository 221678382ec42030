//! Exact ranking: who or what scores best by what it has in common with a query, and who
//! goes with whom at the least cost.
//!
//! # Promises
//!
//! * Whole numbers decide: the same input gives the same answer on every machine, on any
//!   number of threads, and however an index came to be what it is.
//! * Nothing is left out: an answer is what counting every pair would give.
//!
//! Nothing here knows people, tenants or logs.

pub mod assignment;
mod best;
pub mod cooccurrence;
mod csr;
pub mod inference;
pub mod links;
mod lists;
pub mod outcomes;
mod postings;
mod slots;
mod sum;
mod top;
pub mod weight;

pub use best::{Best, Scratch};
pub use lists::{Ask, Clause, Lists, Merging, Repacked};
pub use postings::{Entry, ListId, Postings, Slot, Weighted};
pub use slots::Slots;
pub use top::{Query, Term};
