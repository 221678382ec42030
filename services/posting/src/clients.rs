//! Other services, as posting asks them.

mod matching;
mod membership;

pub use matching::MatchingClient;
pub use membership::MembershipClient;
