//! How near two sentences are in meaning, by a model that is loaded from a folder.
//!
//! # Promises
//!
//! * The same text and the same files give the same vector, whatever else is encoded with it.
//! * How near two vectors are is integer arithmetic.
//! * Nothing is fetched, and a folder that does not hold is refused when it is loaded.
//!
//! Nothing here knows people, tenants or logs.

mod bert;
mod encoder;
mod error;
mod files;
#[cfg(any(test, feature = "testing"))]
pub mod tiny;
mod vector;
mod version;

pub use encoder::Encoder;
pub use error::{EncodeError, LoadError};
pub use vector::{DIMENSIONS, Similarity, Vector, likeness, nearest, similarity};
pub use version::ModelVersion;
