//! The store against real servers: one node, one node that groups, three nodes.

mod conformance;
mod entering;
mod grouping;
mod opening;
mod permissions;
mod proxy;
mod reading;
mod recorder;
mod removal;
mod replies;
mod support;
