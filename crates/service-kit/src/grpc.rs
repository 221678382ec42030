//! The gRPC server and client of every service.
//!
//! # Promises
//!
//! * A call passes, from outside in: measuring and tracing, panic catching, the
//!   concurrency limit, the message size limit, the deadline, the caller's tokens, the
//!   policies. A handler sees only what passed all of them.
//! * A panic in a handler is one `INTERNAL` answer; the process and other calls go on.
//! * Stopping ends open streams with `UNAVAILABLE`, finishes unary calls, closes
//!   connections with GOAWAY.
//! * Health answers on a port of its own, in plaintext, so that a kubelet can ask.

mod certificate;
mod checked;
mod client;
mod connector;
mod deadline;
mod forward;
mod guard;
mod health;
mod incoming;
mod limits;
mod measured;
mod observe;
mod panics;
mod placed;
mod protocol;
mod request_body;
mod response_body;
mod server;
mod tls;

pub use checked::checked;
pub use client::{Credentials, ServiceChannel, channel};
pub use forward::{Forwarding, forwarding};
pub use guard::CallGuard;
pub use health::{Condition, Health, HealthServer};
pub use measured::MeasuredChannel;
pub use placed::{PlacedChannel, placed_channel};
pub use server::{BoundServer, GrpcServer, ServeError};
