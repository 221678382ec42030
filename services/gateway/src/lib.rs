//! The way in for browsers and programs: server-rendered pages and a JSON API over the
//! services, holding no state but a cookie.

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
pub mod service;
pub mod session;
pub mod text;
pub mod wire;
