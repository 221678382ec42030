//! The services that matching asks.

mod membership;
mod posting;
mod replicas;

pub use membership::MembershipClient;
pub use posting::PostingClient;
pub use replicas::Replicas;
