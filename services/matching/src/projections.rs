//! Matching's read models: what the log says, as rows to be read by pages.

pub mod introductions;
pub mod mentor_waits;
pub mod mentors;
mod note;
pub mod pairings;
pub mod rounds;

pub use introductions::Introductions;
pub use mentor_waits::MentorWaits;
pub use mentors::Mentors;
pub use pairings::Pairings;
pub use rounds::Rounds;
