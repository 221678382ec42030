//! What holds the platform to its promises from outside: as its users, its operators and
//! its bad days would.

pub mod bench;
pub mod client;
pub mod demo_check;
pub mod faults;
pub mod match_quality;
pub mod platform;
