//! The projector's promises, each tried on a real Postgres.

mod access;
mod ahead;
mod damage;
mod erasure;
mod exactly_once;
mod leases;
mod parking;
mod reactions;
mod rebuild;
mod removal;
mod support;
mod turning;
mod versions;
mod waiting;
