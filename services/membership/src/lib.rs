//! Membership: programmes, tenants, communities, people, and the keys to what they wrote.

pub mod application;
pub mod contract;
pub mod domain;
