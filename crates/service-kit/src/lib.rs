//! What every Kindred service stands on, so that a service holds only what is its own.
#![doc = include_str!("../README.md")]

pub mod authorization;
pub mod avoidance;
pub mod caller;
pub mod clock;
pub mod config;
pub mod error;
pub mod grpc;
pub mod input;
pub mod lifecycle;
pub mod placement;
pub mod position;
pub mod telemetry;
