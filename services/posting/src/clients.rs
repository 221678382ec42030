//! Other services, as posting asks them.

mod membership;

pub use membership::MembershipClient;
