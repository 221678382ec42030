//! The platform's parts together, on real servers.

mod journeys;
mod removal;
