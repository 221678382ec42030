//! The services that matching asks.

mod membership;

pub use membership::MembershipClient;
