//! The gRPC face of posting: parse, call, map.

mod messages;
mod threads;

pub use threads::ThreadsService;
