//! Membership rules as pure functions over events.
//!
//! # Promises
//!
//! * Nothing here performs I/O, reads a clock or draws randomness; callers pass those
//!   values in, so a replay always yields the same state.
//! * A member is registered at most once, an erased member never acts again, and a
//!   community has one membership per person, for ever.

pub mod block;
pub mod community;
pub mod consent;
pub mod member;
pub mod membership;
pub mod programme;
pub mod session;
pub mod sign_in_link;
pub mod tenant;
pub mod value;
