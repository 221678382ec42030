//! Posting: the service of conversations in communities.
#![doc = include_str!("../README.md")]

pub mod domain;

pub mod contract;

pub mod application;
pub mod clients;

pub mod projections;
pub mod read_model;

pub mod grpc;
pub mod service;
pub mod telemetry;
