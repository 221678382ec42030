//! Membership: the service of who belongs where, and of the keys.
#![doc = include_str!("../README.md")]

pub mod application;
pub mod contract;
pub mod domain;
pub mod grpc;
pub mod projections;
pub mod reactions;
pub mod read_model;
pub mod service;
