//! Conversations in communities: threads, replies, reactions. See the README of this crate
//! for what it owns, accepts, emits and listens to.

pub mod domain;

pub mod contract;

pub mod application;
pub mod clients;

pub mod projections;
pub mod read_model;

pub mod grpc;
pub mod service;
