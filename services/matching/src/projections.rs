//! Matching's read models: what the log says, as rows to be read by pages.

pub mod introductions;
pub mod mentors;
mod note;
pub mod pairings;

pub use introductions::Introductions;
pub use mentors::Mentors;
pub use pairings::Pairings;
