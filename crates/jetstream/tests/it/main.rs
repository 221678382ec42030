//! The store against real servers: one node, one node that groups, three nodes.

mod conformance;
mod proxy;
mod recorder;
mod replies;
mod support;
