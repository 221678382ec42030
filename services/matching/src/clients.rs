//! The services that matching asks.

mod membership;
mod replicas;

pub use membership::MembershipClient;
pub use replicas::Replicas;
