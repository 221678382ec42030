//! Who suits whom, with reasons and consent, and how two people are introduced. See the
//! README of this crate for what it owns, accepts, emits and listens to.

pub mod domain;

pub mod contract;

pub mod index;

pub mod evaluate;

pub mod application;
pub mod clients;
pub mod crowd;

pub mod projections;
pub mod read_model;
pub mod snapshots;

pub mod reactions;
pub mod replicas;

pub mod grpc;

pub mod service;

pub mod telemetry;
