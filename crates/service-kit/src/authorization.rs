//! Who may do what: Cedar policies in one file, decided on every call.
//!
//! # Promises
//!
//! * One action per RPC, named by its path (`kindred.posting.v1.Threads/Reply`). An RPC
//!   that no permit names does not pass.
//! * A subject that belongs to a tenant reaches no other; that rule stands first and no
//!   permit overrides it.
//! * A decision depends on the kind of subject, its roles, the service it comes through,
//!   the action, and whether the tenant is its own: nothing else. So it is made once for
//!   each combination and remembered.
//! * What depends on a community, an entity or its state is for the domain to decide.

mod decide;
mod policies;

use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;
use std::sync::OnceLock;

use crate::telemetry::{attribute, metric};

pub use decide::{Authorizer, Decision};
pub use policies::{PolicyError, SCHEMA_TYPES, action_schema};

/// Counts a call that a policy stopped.
pub(crate) fn count_denial(policy: &str) {
    static DENIED: OnceLock<Counter<u64>> = OnceLock::new();
    let counter = DENIED.get_or_init(|| metric::meter().u64_counter(metric::AUTHZ_DENIED).build());
    counter.add(1, &[KeyValue::new(attribute::POLICY, policy.to_owned())]);
}

#[cfg(test)]
mod tests;
