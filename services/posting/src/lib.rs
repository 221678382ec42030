//! Conversations in communities: threads, replies, reactions. See the README of this crate
//! for what it owns, accepts, emits and listens to.

pub mod domain;

pub mod contract;
