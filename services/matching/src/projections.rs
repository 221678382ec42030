//! Matching's read models: what the log says, as rows to be read by pages.

pub mod introductions;

pub use introductions::Introductions;
