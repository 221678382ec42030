//! The service over gRPC: parse, call, map.

mod notifications;
mod status;
mod watch;

pub use notifications::NotificationsService;
