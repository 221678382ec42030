//! The store against real servers.

mod smoke;
