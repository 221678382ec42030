//! Streams, databases, keys and settings of one test, and the binary that uses them.

mod admin;
mod platform;
mod serving;

pub use admin::Admin;
pub use platform::{Platform, path};
pub use serving::Serving;
