//! The server and client as others meet them: over real sockets.

mod callers;
mod health;
mod limits;
mod placed;
mod raw;
mod stopping;
mod support;
mod telemetry;
mod tls;
