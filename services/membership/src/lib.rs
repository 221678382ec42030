//! Membership: programmes, tenants, communities, people, and the keys to what they wrote.

pub mod application;
pub mod contract;
pub mod domain;
pub mod grpc;
pub mod projections;
pub mod reactions;
pub mod read_model;
pub mod service;
