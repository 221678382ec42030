//! Real servers, really killed. One binary, one module per promise.

mod cache;
mod guard;
mod nats;
mod postgres;
mod shared;
mod smtp;
mod support;
mod wheel;
