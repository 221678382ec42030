//! Targets of log lines that somebody relies on: they pass whatever the filter says.

/// Signed heads of a service's stream, one line each.
pub const AUDIT_HEADS: &str = "kindred::audit::heads";
