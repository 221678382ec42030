//! What membership does about its own events.

mod destroy_key;

pub use destroy_key::DestroyKey;
