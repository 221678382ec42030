//! The configuration that every stream of the log must have, field by field.

use serde_json::{Map, Value, json};

use super::{StreamIdentity, StreamSettings, stream_name, subject_filter};
use crate::message::{MAX_BODY, MAX_HEADERS};

/// Names of our metadata.
mod metadata {
    pub const IDENTITY: &str = "kindred-identity";
    pub const SCHEMA: &str = "kindred-schema";
}

/// Layout of subjects, headers and bodies.
const SCHEMA: &str = "1";

/// A field of a stream's configuration is not what it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` of stream `{stream}` is {found}, it must be {wanted}")]
pub struct ConfigMismatch {
    /// Which stream.
    pub stream: String,
    /// Which field.
    pub field: String,
    /// What the server has.
    pub found: String,
    /// What it must have.
    pub wanted: String,
}

/// Fields that take messages away, copy them or change them: none may be set.
const FORBIDDEN: [&str; 10] = [
    "mirror",
    "sources",
    "republish",
    "subject_transform",
    "sealed",
    "no_ack",
    "allow_rollup_hdrs",
    "allow_msg_ttl",
    "allow_msg_schedules",
    "allow_msg_counter",
];

/// What does not depend on a deployment.
pub(super) fn fixed(context: &str) -> Map<String, Value> {
    let Value::Object(map) = json!({
        "name": stream_name(context),
        "subjects": [subject_filter(context)],
        "retention": "limits",
        "storage": "file",
        "discard": "new",
        "max_age": 0,
        "max_msgs": -1,
        "max_msgs_per_subject": -1,
        "max_consumers": -1,
        "max_msg_size": MAX_BODY + MAX_HEADERS,
        "duplicate_window": 120_000_000_000_u64,
        "allow_direct": true,
        "allow_atomic": true,
        "deny_purge": true,
        "deny_delete": false,
        "compression": "s2",
    }) else {
        unreachable!("the literal is an object")
    };
    map
}

/// The whole configuration.
pub(super) fn wanted(settings: &StreamSettings, identity: &StreamIdentity) -> Map<String, Value> {
    let mut map = fixed(&settings.context);
    map.insert("num_replicas".to_owned(), json!(settings.replicas));
    map.insert("max_bytes".to_owned(), json!(settings.max_bytes));
    map.insert("metadata".to_owned(), json!({ metadata::SCHEMA: SCHEMA, metadata::IDENTITY: identity.as_str() }));
    map
}

/// The configuration that a service needs, whatever the operator chose.
pub(crate) fn needed(context: &str) -> Map<String, Value> {
    let mut map = fixed(context);
    map.insert("metadata".to_owned(), json!({ metadata::SCHEMA: SCHEMA }));
    map
}

/// What the server has, with what we want over it; what an operator added and we do not
/// forbid stays.
pub(super) fn merge(mut found: Map<String, Value>, wanted: &Map<String, Value>) -> Map<String, Value> {
    for name in FORBIDDEN {
        found.remove(name);
    }
    for (name, value) in wanted {
        match (found.get_mut(name), value) {
            (Some(Value::Object(kept)), Value::Object(more)) => kept.extend(more.clone()),
            _ => drop(found.insert(name.clone(), value.clone())),
        }
    }
    found
}

/// The identity in a stream's metadata.
pub(crate) fn identity(config: &Map<String, Value>) -> Option<StreamIdentity> {
    config.get("metadata")?.get(metadata::IDENTITY)?.as_str()?.parse().ok()
}

/// How many copies a stream has.
pub(crate) fn replicas(config: &Map<String, Value>) -> u64 {
    config.get("num_replicas").and_then(Value::as_u64).unwrap_or(1)
}

/// Compares what the server has with what must be.
pub(crate) fn compare(
    stream: &str,
    found: &Map<String, Value>,
    wanted: &Map<String, Value>,
) -> Result<(), ConfigMismatch> {
    let mismatch = |field: &str, found: &Value, wanted: &Value| ConfigMismatch {
        stream: stream.to_owned(),
        field: field.to_owned(),
        found: found.to_string(),
        wanted: wanted.to_string(),
    };
    for (field, wanted) in wanted {
        let found = found.get(field).unwrap_or(&Value::Null);
        match wanted {
            Value::Object(parts) => {
                for (part, wanted) in parts {
                    let found = found.get(part).unwrap_or(&Value::Null);
                    if !same(found, wanted) {
                        return Err(mismatch(&format!("{field}.{part}"), found, wanted));
                    }
                }
            }
            _ if !same(found, wanted) => return Err(mismatch(field, found, wanted)),
            _ => {}
        }
    }
    for field in FORBIDDEN {
        let found = found.get(field).unwrap_or(&Value::Null);
        if !same(found, &Value::Bool(false)) && !same(found, &Value::Null) {
            return Err(mismatch(field, found, &Value::Null));
        }
    }
    match found.get("persist_mode").and_then(Value::as_str) {
        None | Some("" | "default") => Ok(()),
        Some(mode) => Err(mismatch("persist_mode", &json!(mode), &json!("default"))),
    }
}

/// Equal, where the server leaves out what is false, zero or empty.
fn same(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Null, Value::Bool(false)) => true,
        (Value::Null, Value::Number(number)) => number.as_u64() == Some(0),
        (found, wanted) => found == wanted,
    }
}
