#![doc = include_str!("../README.md")]
//!
//! Reading order: [`service`] wires it, [`router`] is what a request passes, [`pages`] and
//! [`api`] are what answers, [`operations`] what both do, [`backends`] how services are
//! asked.

pub mod api;
pub mod backends;
pub mod codes;
pub mod config;
pub mod edge;
pub mod failure;
pub mod gateway;
pub mod model;
pub mod operations;
pub mod pages;
pub mod positions;
pub mod router;
pub mod server;
pub mod service;
pub mod session;
pub mod telemetry;
pub mod text;
pub mod wire;
