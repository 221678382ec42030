//! What people can do, once for pages and JSON alike: ask the services, all at once where
//! one answer does not need another, and put names to ids in one batch.

pub mod communities;
pub mod conversations;
pub mod inbox;
pub mod introductions;
pub mod members;
pub mod mentoring;
pub mod operator;
pub mod people;
pub mod sign_in;
pub mod suggestions;
pub mod threads;

use kindred_proto::common;

/// Which part of a list is asked for.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// Where to go on; empty for the start.
    pub cursor: String,
    /// How many; 0 for the usual.
    pub size: u32,
}

impl Part {
    /// The first `size`.
    #[must_use]
    pub const fn first(size: u32) -> Self {
        Self { cursor: String::new(), size }
    }

    fn wire(&self) -> Option<common::Page> {
        Some(common::Page { cursor: self.cursor.clone(), size: self.size })
    }
}
