//! What every Kindred service stands on, so that a service holds only what is its own.
//!
//! # Promises
//!
//! * A setting that is unknown, missing or out of range ends the start with one line that
//!   names the key and where it came from; secrets come from files and are never printed.
//! * A call reaches a handler only with a verified [`caller::Caller`], permitted by the
//!   one policy table, inside its deadline and the size limit. No row, no passage.
//! * Every failure leaves as one of the [`error::ErrorCode`]s, without SQL or stacks.
//! * A process says honestly how it ended: drained, cut short, or crashed.
//! * Domain code reads no clock: it is given one.

pub mod authorization;
pub mod caller;
pub mod clock;
pub mod config;
pub mod error;
pub mod grpc;
pub mod input;
pub mod lifecycle;
pub mod position;
pub mod telemetry;
