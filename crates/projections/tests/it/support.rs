//! What the tests share: a log to write to, read models to look at, and a projector over both.

mod ledger;
mod platform;
mod writer;

pub use ledger::Ledger;
pub use platform::{BOUND, Platform, quick, reaches};
pub use writer::{CONTEXT, Writer, subject, tenant};
