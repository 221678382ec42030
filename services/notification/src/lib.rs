//! Tells members what happened: in their inbox, and by mail if they want it.
//!
//! Read `domain` first (who is told, and what becomes of a message), then `reactions`
//! (which events of the other services lead there), `application` (the use cases and the
//! worker that sends), `mail` (what mails say), `projections` and `read_model` (what
//! queries read), `grpc`, and `service`, which puts it all together.

pub mod application;
pub mod clients;
pub mod config;
pub mod contract;
pub mod domain;
pub mod grpc;
pub mod mail;
pub mod projections;
pub mod reactions;
pub mod read_model;
pub mod service;
pub mod telemetry;

#[cfg(test)]
mod testing;
